"""One write on many records: as each alone, all in one operation, and a bad one stops no good one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.bulk.keeping import delete_many, hand_over_many, restore_many
from duyen.entities.bulk.outcomes import Outcome, SetDone, reason_of
from duyen.entities.bulk.rules import Fate, Mode
from duyen.entities.bulk.stepping import for_sets, perform_many
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.performing import NotNow, perform
from duyen.entities.tests.conftest import MakeCustomer
from duyen.entities.undo import undo
from duyen.foundation.audit.models import History
from duyen.kernel.errors import DomainError
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_STAMPS = {"id", "code", "code_unit_id", "created_at", "updated_at", "relationship_since", "search"}
_rows = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Công ty TNHH Ánh Dương", "Lê Văn Ấn"]),
        "kind": st.sampled_from(["INDIVIDUAL", "ORGANISATION"]),
    },
    optional={
        "honorific": st.sampled_from(["chị", "anh"]),
        "industry": st.sampled_from(["", "CONSTRUCTION"]),
        "tags": st.sampled_from([[], ["vip"]]),
        "note": st.sampled_from(["", "gọi lại"]),
    },
).filter(lambda row: row["kind"] == "INDIVIDUAL" or "honorific" not in row)
_values = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["INDIVIDUAL", "ORGANISATION"]),
        "honorific": st.sampled_from(["", "chị"]),
        "industry": st.sampled_from(["", "CONSTRUCTION", "MOON"]),
        "name": st.sampled_from(["", "Công ty TNHH Ánh Dương"]),
        "tags": st.sampled_from([[], ["vip"], ["vip", "tết"]]),
        "born_on": st.sampled_from([None, "1990-02-03", "2990-02-03"]),
        "owner": st.sampled_from(["seller", "teller", "nobody"]),
        "colour": st.just("red"),
    },
)


def _columns(record_id: int) -> dict[str, Any]:
    found = Party.objects.filter(pk=record_id).values().get()
    return {column: value for column, value in found.items() if column not in _STAMPS}


def _alone(entity: Entity, record_id: int, cast: Cast, who: str, values: Mapping[str, object]) -> str:
    """Change one record by the single form, and say what came of it."""
    try:
        done = standard.change(entity, record_id, actor=cast.actor(who), values=values, version=1)
    except InvalidValues as error:
        return "invalid: " + ",".join(sorted({each.field for each in error.problems}))
    except DomainError as error:
        return error.code
    return "changed" if done.version > 1 else "unchanged"


def _in_a_set(outcome: Outcome) -> str:
    if isinstance(outcome.error, InvalidValues):
        return "invalid: " + ",".join(sorted({each.field for each in outcome.error.problems}))
    return outcome.error.code if outcome.error else outcome.fate.value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["seller", "teller", "outsider"]), _rows), min_size=1, max_size=5
    ),
    values=_values,
    who=st.sampled_from(["seller", "manager", "care_agent", "outsider"]),
)
def test_does_to_each_row_of_a_set_what_it_does_to_one(
    cast: Cast, customers: Entity, rows: list[tuple[str, dict[str, Any]]], values: dict[str, Any], who: str
) -> None:
    if "owner" in values:
        values["owner"] = cast.users[values["owner"]].pk if values["owner"] in cast.users else 999_999
    singles, together = (
        [standard.create(customers, actor=cast.actor(by), values=row).id for by, row in rows] for _ in "12"
    )

    alone = [_alone(customers, each, cast, who, values) for each in singles]
    try:
        done = change_many(customers, together, actor=cast.actor(who), values=values)
        in_a_set = [_in_a_set(each) for each in done.outcomes]
    except InvalidValues as error:  # the values themselves: as on each row that is open at all
        told = "invalid: " + ",".join(sorted({each.field for each in error.problems}))
        in_a_set = [each if not each.startswith("invalid") else told for each in alone]

    assert in_a_set == alone
    assert [_columns(each) for each in together] == [_columns(each) for each in singles]


def test_writes_a_set_by_one_statement_under_one_operation(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    ids, seller = [make_customer() for _ in range(30)], cast.actor("seller")

    with CaptureQueriesContext(connection) as asked:
        done = change_many(customers, ids, actor=seller, values={"industry": "CONSTRUCTION"})

    assert len(done.of(Fate.CHANGED)) == 30
    # What locks, opens the trail, marks savepoints, holds the weights of the score and the definitions, asks
    # who may not be changed; the write is one more.
    assert len(asked) == 10
    told = History.objects.filter(operation=done.operation.id)
    assert (told.count(), {each.record_version for each in told}) == (30, {2})
    assert Party.objects.filter(industry="CONSTRUCTION", version=2).count() == 30


@pytest.mark.parametrize(
    ("mode", "kept"),
    [
        (Mode.ADD, [["Vip", "tết"], ["vip", "tết"], ["tết", "vip"]]),
        (Mode.REMOVE, [[], [], ["tết"]]),
        (Mode.REPLACE, [["vip"], ["vip"], ["vip"]]),
    ],
)
def test_adds_takes_away_and_replaces_tags(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, mode: Mode, kept: list[list[str]]
) -> None:
    ids = [make_customer(tags=tags) for tags in (["Vip"], [], ["tết"])]
    given = ["vip", "tết"] if mode is Mode.ADD else ["vip"]

    change_many(customers, ids, actor=cast.actor("seller"), values={"tags": given}, modes={"tags": mode})

    assert [Party.objects.get(pk=each).tags for each in ids] == kept


def test_refuses_more_tags_than_a_record_holds(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    full = make_customer(tags=[f"nhãn {number}" for number in range(20)])

    done = change_many(
        customers, [full], actor=cast.actor("seller"), values={"tags": ["vip"]}, modes={"tags": Mode.ADD}
    )

    assert _fates(done) == ["refused"]
    assert "20" in reason_of(customers, done.outcomes[0])
    assert Party.objects.get(pk=full).version == 1


def test_refuses_rows_that_somebody_else_changed_and_names_both_values(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    stale, beside, fresh = (make_customer(industry="") for _ in range(3))
    teller = cast.actor("teller")
    standard.change(customers, stale, actor=teller, values={"industry": "EDUCATION"}, version=1)
    standard.change(customers, beside, actor=teller, values={"note": "gọi lại"}, version=1)

    seen = dict.fromkeys((stale, beside, fresh), 1)
    values = {"industry": "CONSTRUCTION"}
    done = change_many(
        customers, [stale, beside, fresh], actor=cast.actor("seller"), values=values, seen=seen
    )

    assert _fates(done) == ["refused", "changed", "changed"]
    error = done.outcomes[0].error
    assert isinstance(error, StaleVersion)
    assert (error.clashes[0].yours, error.clashes[0].theirs) == ("CONSTRUCTION", "EDUCATION")
    assert Party.objects.get(pk=stale).industry == "EDUCATION"
    assert Party.objects.get(pk=beside).note == "gọi lại"


def test_names_what_is_gone_and_what_is_closed(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    mine, foreign, gone = make_customer(), make_customer(by="outsider"), make_customer()
    standard.delete(customers, gone, actor=cast.actor("seller"))
    ids = [mine, foreign, gone, 999_999]

    done = delete_many(customers, ids, actor=cast.actor("care_agent"))
    changed = change_many(customers, ids, actor=cast.actor("care_agent"), values={"note": "x"})

    kinds = [type(each.error) for each in done.outcomes]
    assert kinds == [NotAllowed, NotFound, NotFound, NotFound]
    assert _fates(changed) == ["changed", "refused", "refused", "refused"]
    assert Party.objects.get(pk=foreign).note == ""


def test_lets_one_row_that_the_database_refuses_stop_no_other(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [make_customer(f"Khách {number}") for number in range(8)]
    monkeypatch.setattr(customers, "rules", [])
    # A name that no rule forbids and the table's own constraint does.
    monkeypatch.setattr(
        customers,
        "complete",
        lambda values, _actor: values.update(name="" if values["name"] == "Khách 5" else "B"),
    )

    done = change_many(customers, ids, actor=cast.actor("seller"), values={"note": "x"})

    assert [each.id for each in done.of(Fate.REFUSED)] == [ids[5]]
    assert reason_of(customers, done.outcomes[5])
    assert Party.objects.filter(name="B", note="x").count() == 7
    assert Party.objects.get(pk=ids[5]).version == 1


def test_deletes_restores_and_undoes_a_set(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    ids, seller = [make_customer() for _ in range(3)], cast.actor("seller")

    done = delete_many(customers, ids, actor=seller, reason="trùng")
    assert not customers.rows(seller).exists()
    restore_many(customers, ids[:1], actor=seller)
    assert _fates(restore_many(customers, ids[:1], actor=seller)) == ["refused"]
    undone = undo(done.operation.id, actor=seller)

    assert [each.id for each in undone.done] == ids[1:]
    assert customers.rows(seller).count() == 3


def test_hands_over_those_that_may_be_and_leaves_the_others(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    mine, foreign = make_customer(), make_customer(by="outsider")
    heir = cast.user("colleague").pk
    theirs = make_customer(by="colleague")

    done = hand_over_many(customers, [mine, foreign, theirs], actor=cast.actor("manager"), owner=heir)

    assert _fates(done) == ["changed", "refused", "unchanged"]
    assert Party.objects.get(pk=mine).owner_id == heir
    assert Party.objects.get(pk=foreign).owner_id == cast.user("outsider").pk


def test_hands_over_to_nobody_who_may_no_longer_sign_in(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    mine = make_customer()

    with pytest.raises(InvalidValues):
        hand_over_many(customers, [mine], actor=cast.actor("manager"), owner=999_999)

    assert Party.objects.get(pk=mine).version == 1


def test_takes_a_command_with_those_whose_state_allows_it(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    fresh, lost, seller = make_customer(), make_customer(), cast.actor("seller")
    perform(customers, "lose", lost, actor=seller, arguments={"note": "chuyển nhà"})

    done = perform_many(customers, "start", [fresh, lost], actor=seller, arguments={"note": "ký rồi"})

    assert _fates(done) == ["changed", "refused"]
    assert isinstance(done.outcomes[1].error, NotNow)
    row = Party.objects.get(pk=fresh)
    assert (row.relationship_state, row.version) == ("ONBOARDING", 2)
    assert History.objects.get(operation=done.operation.id).note == "ký rồi"


def test_does_by_a_set_of_one_what_a_command_does_to_one(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    one, other, seller = make_customer(), make_customer(), cast.actor("seller")

    perform(customers, "start", one, actor=seller, arguments={"note": "ký rồi"})
    perform_many(customers, "start", [other], actor=seller, arguments={"note": "ký rồi"})

    assert _columns(one) == _columns(other)


def test_offers_only_the_steps_that_take_sets_and_that_one_may_take(cast: Cast, customers: Entity) -> None:
    offered = {
        who: {each.verb for each in for_sets(customers, cast.actor(who))} for who in ("seller", "director")
    }

    assert "start" in offered["seller"]
    assert "add_contact" not in offered["seller"]
    assert offered["director"] - offered["seller"] == {"terminate"}
    with pytest.raises(NotFound):
        perform_many(customers, "add_contact", [1], actor=cast.actor("seller"), arguments={})


def test_undoes_of_a_set_what_still_holds_and_names_the_rest(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    ids, seller = [make_customer(note="cũ") for _ in range(4)], cast.actor("seller")
    values = {"note": "mới", "industry": "CONSTRUCTION"}
    done = change_many(customers, ids, actor=seller, values=values)
    standard.change(customers, ids[1], actor=seller, values={"note": "mới nữa"}, version=2)
    hand_over_many(
        customers,
        ids[3:],
        actor=cast.actor("director"),
        owner=cast.user("outsider").pk,
        unit=cast.unit("HD1").pk,
    )

    undone = undo(done.operation.id, actor=seller)

    rows = [Party.objects.get(pk=each) for each in ids]
    assert [(row.note, row.industry) for row in rows] == [
        ("cũ", ""),
        ("mới nữa", ""),
        ("cũ", ""),
        ("mới", "CONSTRUCTION"),
    ]
    assert undone.left == ("note",)
    assert [each.id for each in undone.refused] == ids[3:]


def _fates(done: SetDone) -> list[str]:
    return [each.fate.value for each in done.outcomes]
