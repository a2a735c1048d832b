"""What hangs on a record: nothing is forgotten, links of any entity follow, many cost as few queries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from duyen.entities.entity import Entity
from duyen.entities.fields import Link, Text
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging import hangings
from duyen.entities.merging.checks import check_merges
from duyen.entities.merging.tests.conftest import Make, MergeThem
from duyen.entities.merging.undoing import unmerge
from duyen.entities.models import SavedView
from duyen.entities.registry import BadDeclaration, all_entities
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.database.health import Level
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import now
from duyen.modules.consents.models import Consent
from duyen.modules.parties.models import Party, PartyInRole, Tie
from duyen.modules.parties.tests.conftest import Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_knows_every_foreign_key_to_a_party(customers: Entity) -> None:
    found = set(hangings.foreign_keys_to(Party))

    assert found == {
        (PartyInRole, "party_id"),
        (Tie, "party_id"),
        (Tie, "to_party_id"),
        (Consent, "party_id"),
    }
    hangings.check()


def test_stops_the_start_over_a_table_that_nobody_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    told = hangings._told["parties"]
    without_ties = [each for each in told if each.model is not Tie]
    careless = [replace(each, gives_way=()) if each.model is Tie else each for each in told]

    for left, named in ((without_ties, "Tie.party_id points at parties"), (careless, "could break")):
        monkeypatch.setitem(hangings._told, "parties", left)
        with pytest.raises(BadDeclaration, match=named):
            hangings.check()
    monkeypatch.setitem(hangings._told, "parties", told)
    monkeypatch.setattr(hangings, "_by_name", [])
    with pytest.raises(BadDeclaration, match="Share keeps records"):
        hangings.check()
    assert Share in hangings.named_tables()


@pytest.fixture
def linked_views(monkeypatch: pytest.MonkeyPatch) -> Entity:
    """Declare an entity with a link to customers, over a table with versions that is there anyway."""
    entity = Entity(
        model=SavedView,
        name="linked_views",
        label="View",
        labels="Views",
        icon="list",
        fields=[Text("name"), Link("customer", to="customers", column="place")],
        lists=[Listing("all", "All", columns="name", sorts=(Sort("name", "Name", "name"),))],
        form=["name"],
    )
    known = [*all_entities(), entity]
    monkeypatch.setattr(hangings, "all_entities", lambda: known)
    monkeypatch.setattr("duyen.entities.merging.undoing.all_entities", lambda: known)
    return entity


def _view_of(cast: Cast, party_id: int) -> SavedView:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.view")
        return SavedView.objects.create(
            entity="customers",
            name="Của tôi",
            state={},
            owner=cast.user("seller"),
            audience="me",
            place=party_id,
            created_at=now(),
            updated_at=now(),
        )


def test_lets_the_links_of_any_entity_follow_and_come_back(
    cast: Cast, linked_views: Entity, make: Make, merge_them: MergeThem
) -> None:
    first, second = make("A"), make("B")
    view = _view_of(cast, second)

    done = merge_them(first, second)
    moved = SavedView.objects.get(pk=view.pk)
    late = _view_of(cast, first)
    _done, told = unmerge(done.operation.id, actor=cast.actor("seller"))

    assert (moved.place, moved.version) == (first, 2)
    back = SavedView.objects.get(pk=view.pk)
    assert (back.place, back.version) == (second, 3)
    assert SavedView.objects.get(pk=late.pk).place == first
    assert [count for _label, count in told.added] == [1]
    assert [(str(each.label), each.back) for each in told.rows] == [("Views", 1)]


def test_asks_the_database_as_often_for_many_rows_as_for_few(
    cast: Cast, make: Make, take: Take, merge_them: MergeThem
) -> None:
    counts = []
    for many in (2, 25):
        first, second = make("A", kind="ORGANISATION"), make("B", kind="ORGANISATION")
        for number in range(many):
            take("add_contact", second, contact=make(f"Người {number}", entity="contacts"))
        with CaptureQueriesContext(connection) as merging:
            done = merge_them(first, second)
        with CaptureQueriesContext(connection) as undoing:
            unmerge(done.operation.id, actor=cast.actor("seller"))
        counts.append((len(merging), len(undoing)))

    assert counts[0] == counts[1]


def test_check_names_what_hangs_on_a_merged_record(
    cast: Cast, make: Make, take: Take, merge_them: MergeThem
) -> None:
    person = make("Bình", entity="contacts")
    first, second = make("A", kind="ORGANISATION"), make("B", kind="ORGANISATION")
    take("add_contact", second, contact=person)
    merge_them(first, second)
    assert [each.level for each in check_merges()] == [Level.GOOD]

    # As a program would that knows no merge.
    Tie.objects.update(to_party_id=second)

    (found,) = check_merges()
    assert found.level is Level.WARNING
    assert "1 rows of parties_tie" in found.line
