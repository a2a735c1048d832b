"""Undoing a merge: all that nobody touched since is as before, and what cannot go back is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.bulk.running import start_undo
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.history import history
from duyen.entities.merging.going_back import Why
from duyen.entities.merging.merging import merge
from duyen.entities.merging.standing import survivor_of
from duyen.entities.merging.tests.conftest import Make, MergeThem, Take, everything
from duyen.entities.merging.undoing import MergedSince, UndoneBefore, account_of, unmerge
from duyen.entities.models import Merge
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.sharing import share
from duyen.entities.undo import Undone
from duyen.foundation.audit.models import History
from duyen.kernel.errors import DomainError
from duyen.modules.parties.actions.ties import CircleOfParents
from duyen.modules.parties.models import Party, Tie
from duyen.modules.parties.words import PartyRole
from duyen.testing.cast import Cast, set_the_stage

pytestmark = pytest.mark.django_db


def test_puts_everything_back_as_it_was(
    cast: Cast, customers: Entity, make: Make, take: Take, merge_them: MergeThem
) -> None:
    bình, cúc = make("Bình", entity="contacts"), make("Cúc", entity="contacts")
    first = make("Công ty An", kind="ORGANISATION", phones=["0912345678"])
    second = make("Cty An", kind="ORGANISATION", phones=["0987654321"], tax_code="0100233488")
    take("add_contact", first, contact=bình, is_main=True)
    take("add_contact", second, contact=bình, job_title="Kế toán")
    take("add_contact", second, contact=cúc, is_main=True)
    take("set_parent", first, parent=second)
    share(customers, second, actor=cast.actor("manager"), user=cast.user("outsider").pk)
    before = everything()

    done = merge_them(first, second, by="manager")
    told = account_of(done.operation.id, actor=cast.actor("manager"))
    assert told.is_whole
    unmerge(done.operation.id, actor=cast.actor("manager"))

    assert everything() == before
    assert survivor_of("parties", second) is None
    verbs = [step.verb for step in history(customers, first, actor=cast.actor("seller")).steps]
    assert verbs[:2] == ["unmerge", "merge"]


def test_leaves_and_names_what_changed_since_on_either_side(
    cast: Cast, customers: Entity, make: Make, take: Take, merge_them: MergeThem
) -> None:
    bình, cúc, dung = (make(name, entity="contacts") for name in ("Bình", "Cúc", "Dung"))
    first = make("Công ty An", kind="ORGANISATION", note="một")
    second = make("Cty An", kind="ORGANISATION", note="hai", phones=["0987654321"])
    take("add_contact", second, contact=bình)
    take("add_contact", second, contact=cúc)
    done = merge_them(first, second)
    seller = cast.actor("seller")
    standard.change(customers, first, actor=seller, values={"note": "ba"}, version=done.version)
    take("end_tie", first, tie=Tie.objects.get(party_id=cúc).pk)
    take("add_contact", first, contact=dung)
    # Somebody deletes a tie past all doors, as an erasure might.
    with pytest.MonkeyPatch.context():
        Tie.objects.filter(party_id=bình).delete()

    foretold = account_of(done.operation.id, actor=seller)
    _done, told = unmerge(done.operation.id, actor=seller)

    for account in (foretold, told, account_of(done.operation.id, actor=seller)):
        assert [each.name for each in account.fields_left] == ["note"]
        assert [each.name for each in account.fields_back] == ["phones"]
        ties = next(each for each in account.rows if each.table == "parties_tie")
        assert ties.back == 1
        assert set(ties.left) == {Why.GONE}
        assert ties.names == {Why.GONE: ["Bình → Công ty An"]}
        assert [count for _label, count in account.added] == [1]
        assert not account.is_whole
    rows = dict(Party.objects.filter(pk__in=[first, second]).values_list("pk", "note"))
    assert rows == {first: "ba", second: "hai"}
    assert Party.objects.get(pk=first).phones == []
    assert Tie.objects.get(party_id=cúc).to_party_id == second
    assert Tie.objects.get(party_id=dung).to_party_id == first


def test_names_a_row_that_hangs_elsewhere_now(
    cast: Cast, make: Make, take: Take, merge_them: MergeThem
) -> None:
    person = make("Bình", entity="contacts")
    first, second, third = (make(name, kind="ORGANISATION") for name in ("A", "B", "C"))
    take("add_contact", second, contact=person)
    done = merge_them(first, second)
    Tie.objects.update(to_party_id=third)

    _done, told = unmerge(done.operation.id, actor=cast.actor("seller"))

    ties = next(each for each in told.rows if each.table == "parties_tie")
    assert (ties.back, set(ties.left)) == (0, {Why.ELSEWHERE})
    assert ties.names == {Why.ELSEWHERE: ["Bình → C"]}
    assert Tie.objects.get().to_party_id == third


def test_takes_merges_back_in_any_order_unless_one_went_into_the_other(
    cast: Cast, make: Make, merge_them: MergeThem
) -> None:
    first, second, third = (make(name, phones=[f"091234567{n}"]) for n, name in enumerate("ABC"))
    seller = cast.actor("seller")
    before = everything()
    inner, outer = merge_them(second, third), merge_them(first, second)

    with pytest.raises(MergedSince):
        unmerge(inner.operation.id, actor=seller)
    assert isinstance(account_of(inner.operation.id, actor=cast.actor("seller")).why_not, MergedSince)
    unmerge(outer.operation.id, actor=seller)
    unmerge(inner.operation.id, actor=seller)
    with pytest.raises(UndoneBefore):
        unmerge(inner.operation.id, actor=seller)

    assert everything() == before


def test_puts_a_dropped_tie_back_to_where_its_end_went_since(
    cast: Cast, make: Make, take: Take, merge_them: MergeThem
) -> None:
    bình, bình_too = make("Bình", entity="contacts"), make("Bình", entity="contacts")
    first, second = (make(name, kind="ORGANISATION") for name in ("A", "B"))
    take("add_contact", first, contact=bình)
    take("add_contact", second, contact=bình)
    seller = cast.actor("seller")
    before = everything()
    companies = merge_them(first, second)
    people = merge_them(bình_too, bình, entity="contacts")

    unmerge(companies.operation.id, actor=seller)
    assert set(Tie.objects.values_list("party_id", "to_party_id")) == {(bình_too, first), (bình_too, second)}
    unmerge(people.operation.id, actor=seller)

    assert everything() == before


def test_lets_a_contact_be_one_again(cast: Cast, make: Make, merge_them: MergeThem) -> None:
    contact, customer = make("Bình", entity="contacts"), make("Bình")
    before = everything()
    done = merge_them(contact, customer, entity="customers")
    assert Party.objects.get(pk=contact).role_mask == PartyRole.CUSTOMER | PartyRole.CONTACT

    unmerge(done.operation.id, actor=cast.actor("seller"))

    assert everything() == before


def test_is_open_after_a_year_and_by_the_ordinary_undo(cast: Cast, make: Make, merge_them: MergeThem) -> None:
    first, second = make("A"), make("B", note="x")
    before = everything()
    done = merge_them(first, second)
    Merge.objects.update(at=Merge.objects.get().at - dt.timedelta(days=400))

    undone = start_undo(done.operation.id, actor=cast.actor("seller"))

    assert isinstance(undone, Undone)
    assert everything() == before
    assert [each.id for each in undone.done] == [first]


def test_needs_the_rights_of_the_merge(cast: Cast, make: Make, merge_them: MergeThem) -> None:
    first, second = make("A"), make("B")
    done = merge_them(first, second)
    before = everything(), History.objects.count()

    with pytest.raises(NotAllowed):
        unmerge(done.operation.id, actor=cast.actor("teller"))
    with pytest.raises(NotFound):
        unmerge(done.operation.id, actor=cast.actor("outsider"))

    assert (everything(), History.objects.count()) == before


_PARTY = st.fixed_dictionaries(
    {
        "phones": st.lists(st.sampled_from(["0912345678", "0987654321", "0903111222"]), max_size=3),
        "tags": st.lists(st.sampled_from(["vip", "VIP", "quà", "nợ"]), max_size=3),
        "note": st.sampled_from(["", "một", "hai"]),
        "industry": st.sampled_from(["", "TRADE", "CONSTRUCTION"]),
    }
)
#: Steps between five companies (0 to 4) and three people (5 to 7).
_STEP = st.tuples(
    st.sampled_from(["add_contact", "add_legal_representative", "set_parent"]),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(5, 7),
    st.booleans(),
)


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_merge_and_its_undo_leave_everything_as_it_was(db: None, data: Any) -> None:
    """For any parties, ties and shares; and the survivor's lists are the same in any order of the others."""

    with transaction.atomic():
        cast = set_the_stage()
        actor, customers = cast.actor("director"), entity_named("customers")
        ids = _people(customers, actor, cast, data)
        merged = data.draw(st.permutations(range(5)))[: data.draw(st.integers(2, 4))]
        survivor, *others = (ids[place] for place in merged)
        before = everything()
        united = []
        for order in (others, others[::-1]):
            versions = dict(Party.objects.values_list("pk", "version"))
            try:
                done = merge(customers, survivor, order, actor=actor, versions=versions)
            except CircleOfParents:
                assert everything() == before
                break
            row = Party.objects.get(pk=survivor)
            united.append((sorted(row.phones), sorted(tag.casefold() for tag in row.tags)))
            assert not Tie.objects.filter(party_id__in=others).exists()
            assert not Tie.objects.filter(to_party_id__in=others).exists()
            unmerge(done.operation.id, actor=actor)
            assert everything() == before
        assert len(set(map(repr, united))) <= 1
        transaction.set_rollback(True)


def _people(customers: Entity, actor: Any, cast: Cast, data: Any) -> list[int]:
    ids = [
        standard.create(
            customers,
            actor=actor,
            values={"name": f"Công ty {n}", "kind": "ORGANISATION", **data.draw(_PARTY)},
        ).id
        for n in range(5)
    ]
    ids += [
        standard.create(entity_named("contacts"), actor=actor, values={"name": f"Người {n}"}).id
        for n in range(3)
    ]
    for verb, one, other, person, flag in data.draw(st.lists(_STEP, max_size=12)):
        told: dict[str, object] = {"parent": ids[other]} if verb == "set_parent" else {"contact": ids[person]}
        if verb == "add_contact":
            told["is_main"] = flag
        try:
            perform(customers, verb, ids[one], actor=actor, arguments=told)
        except DomainError:
            continue
    for place in data.draw(st.lists(st.integers(0, 4), max_size=3)):
        share(customers, ids[place], actor=actor, user=cast.user("outsider").pk, may_change=place % 2 == 0)
    return ids
