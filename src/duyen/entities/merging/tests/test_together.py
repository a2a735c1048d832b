"""Merges beside each other and beside other writes: one way or the other, and never half."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import OperationalError, connection

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound, StaleVersion
from duyen.entities.merging.merging import merge
from duyen.entities.merging.tests.conftest import Make, Take, everything
from duyen.entities.merging.undoing import UndoneBefore, unmerge
from duyen.entities.models import Merge, MergedRecord, MergedRow
from duyen.entities.performing import perform
from duyen.foundation.audit.models import History
from duyen.kernel.errors import DomainError
from duyen.modules.parties.models import Party, Tie
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def _together(*calls: Callable[[], object]) -> list[object]:
    """Let each call run in a thread of its own, all at once, and collect what they gave or raised."""
    answers: list[object] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            answers[place] = call()
        except Exception as error:  # noqa: BLE001 - what a thread raised is what the test looks at
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _hangs_on_nothing_merged() -> bool:
    gone = list(MergedRecord.objects.filter(stands=True).values_list("record_id", flat=True))
    return not Tie.objects.filter(party_id__in=gone).exists() and not (
        Tie.objects.filter(to_party_id__in=gone).exists()
    )


def test_lets_overlapping_merges_through_one_after_the_other(
    cast: Cast, customers: Entity, make: Make, take: Take
) -> None:
    ids = [make(f"Công ty {n}", kind="ORGANISATION") for n in range(4)]
    people = [make(f"Người {n}", entity="contacts") for n in range(4)]
    for company, person in zip(ids, people, strict=True):
        take("add_contact", company, contact=person)
    versions = dict(Party.objects.values_list("pk", "version"))
    actor = cast.actor("seller")

    def merging(survivor: int, *others: int) -> Callable[[], object]:
        return lambda: merge(customers, survivor, others, actor=actor, versions=versions)

    a, b, c, d = ids
    answers = _together(merging(a, b), merging(b, a), merging(c, b), merging(d, c, a), merging(a, b))

    refused = [each for each in answers if isinstance(each, Exception)]
    assert all(isinstance(each, (StaleVersion, NotFound)) for each in refused), refused
    done = len(answers) - len(refused)
    assert done >= 1
    assert (
        Merge.objects.count()
        == History.objects.filter(verb="customers.merge", kind="U").values("operation").distinct().count()
        == done
    )
    standing = customers.rows(actor).count()
    assert standing + MergedRecord.objects.filter(stands=True).count() == 4
    assert _hangs_on_nothing_merged()
    assert Tie.objects.count() == 4


@pytest.mark.parametrize("verb", ["set_parent", "add_contact"])
def test_ties_nothing_to_what_goes_meanwhile(
    cast: Cast, customers: Entity, contacts: Entity, make: Make, verb: str
) -> None:
    actor = cast.actor("seller")
    is_parent = verb == "set_parent"
    for _round in range(5):
        company = make("Công ty", kind="ORGANISATION")
        kind = {"kind": "ORGANISATION"} if is_parent else {"entity": "contacts"}
        stays, goes = make("Một", **kind), make("Một nữa", **kind)
        versions = dict(Party.objects.values_list("pk", "version"))
        entity = customers if is_parent else contacts

        def tie(company: int = company, goes: int = goes) -> object:
            told = {"parent": goes} if is_parent else {"contact": goes}
            return perform(customers, verb, company, actor=actor, arguments=told)

        def merging(
            stays: int = stays, goes: int = goes, versions: dict[int, int] = versions, entity: Entity = entity
        ) -> object:
            return merge(entity, stays, [goes], actor=actor, versions=versions)

        answers = _together(tie, merging)

        refused = [each for each in answers if isinstance(each, Exception)]
        assert all(isinstance(each, DomainError) for each in refused), refused
        assert _hangs_on_nothing_merged()


def test_undoes_once_when_two_ask(cast: Cast, customers: Entity, make: Make) -> None:
    first, second = make("A"), make("B", note="x")
    before = everything()
    actor = cast.actor("seller")
    versions = dict(Party.objects.values_list("pk", "version"))
    done = merge(customers, first, [second], actor=actor, versions=versions)

    answers = _together(*[lambda: unmerge(done.operation.id, actor=actor) for _time in range(3)])

    assert sum(isinstance(each, UndoneBefore) for each in answers) == 2
    assert everything() == before


def test_leaves_nothing_half_done_when_it_is_killed(
    cast: Cast, customers: Entity, make: Make, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make("Bình", entity="contacts")
    first, second = make("A", kind="ORGANISATION"), make("B", kind="ORGANISATION")
    take("add_contact", second, contact=person)
    before = everything(), History.objects.count()
    versions = dict(Party.objects.values_list("pk", "version"))

    def die(_ids: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    dying = replace(customers.merge_rules, settle=die)
    actor = cast.actor("seller")
    for each in (customers, *customers.relatives):
        monkeypatch.setattr(each, "merging", dying)
    with pytest.raises(OperationalError):
        merge(customers, first, [second], actor=actor, versions=versions)
    monkeypatch.undo()
    connection.close()

    assert (everything(), History.objects.count()) == before
    assert not Merge.objects.exists()
    assert not MergedRow.objects.exists()
