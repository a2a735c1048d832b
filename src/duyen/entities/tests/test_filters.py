"""The filter language: strict, bounded, and blind to what the actor may not see."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.paging import View, page
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.kernel.clock import stopped
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _found(customers: Entity, actor: Actor, tree: object) -> set[int]:
    view = View(filter=tree, limit=200)
    return {row["id"] for row in page(customers, customers.listing(), actor=actor, view=view).rows}


def test_joins_groups_and_kinds_of_fields(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    first = make_customer("Ánh Dương", tags=["vip"], phones=["0912345678"], born_on="1990-05-01")
    second = make_customer(
        "Bình Minh", is_key_account=True, addresses=[{"line": "1", "province": "Hải Phòng"}]
    )
    make_customer("Cẩm Tú")
    actor = cast.actor("seller")
    either = {"or": [["tags", "eq", ["vip"]], ["is_key_account", "eq", True]]}

    assert _found(customers, actor, either) == {first, second}
    assert _found(customers, actor, {"and": [either, ["province", "contains", "hai phong"]]}) == {second}
    assert _found(customers, actor, ["phones", "eq", "0912 345 678"]) == {first}
    assert _found(customers, actor, ["born_on", "between", ["1990-01-01", "1990-12-31"]]) == {first}
    assert _found(customers, actor, ["name", "starts", "anh d"]) == {first}
    assert _found(customers, actor, ["emails", "empty", True]) == {first, second} | _rest(
        customers, actor, "cam"
    )


def _rest(customers: Entity, actor: Actor, start: str) -> set[int]:
    return _found(customers, actor, ["name", "starts", start])


def test_finds_a_personal_number_only_whole(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer(tax_code="031190000012")
    actor = cast.actor("seller")

    assert _found(customers, actor, ["tax_code", "eq", "031190000012"]) == {record}
    with pytest.raises(BadRequest):
        _found(customers, actor, ["tax_code", "starts", "03119"])


def test_filters_through_links_among_what_one_may_read(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer()
    make_customer(by="colleague")

    assert _found(customers, cast.actor("manager"), ["unit.code", "eq", "HP1"]) == {record}
    assert _found(customers, cast.actor("director"), ["owner.full_name", "contains", "hanh"]) == {record}


@pytest.mark.parametrize(
    "tree",
    [
        "name",
        {"not": [["name", "eq", "x"]]},
        {"and": []},
        {"and": [["name", "eq"]]},
        ["colour", "eq", "red"],
        ["name", "like", "x"],
        ["name; DROP TABLE parties_party", "eq", "x"],
        ["name", "contains", ""],
        ["born_on", "between", ["2020-01-01"]],
        ["is_key_account", "eq", "perhaps"],
        ["owner.unit.parent.name", "eq", "x"],
        ["kind", "in", []],
        ["kind", "eq", "ROBOT"],
        ["owner", "eq", -1],
        ["owner", "in", ["9" * 5000]],
        {"and": [["name", "eq", "x"]] * 51},
    ],
)
def test_refuses_what_it_does_not_understand(cast: Cast, customers: Entity, tree: object) -> None:
    with pytest.raises(BadRequest):
        _found(customers, cast.actor("director"), tree)


def test_knows_no_field_that_is_hidden_from_the_actor(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer(note="bí mật")
    trail.begin(system_actor("tests"), "tests.hide")
    FieldRight.objects.create(
        role=Role.objects.get(code="SALES_REP"), entity="customers", field="note", level="hidden"
    )

    with pytest.raises(BadRequest, match="“note”"):
        _found(customers, cast.actor("seller"), ["note", "contains", "bi mat"])
    assert len(_found(customers, cast.actor("teller"), ["note", "contains", "bi mat"])) == 1


def test_finds_what_lies_within_a_period_by_name(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    # In Hải Phòng it is one o'clock on 1 March.
    with stopped(dt.datetime(2030, 2, 28, 18, 0, tzinfo=dt.UTC)):
        first = make_customer(known_since="2030-02-28")
        second = make_customer(known_since="2030-03-31")
        actor = cast.actor("seller")

        assert _found(customers, actor, ["known_since", "within", "this_month"]) == {second}
        assert _found(customers, actor, ["known_since", "within", "yesterday"]) == {first}
        assert _found(customers, actor, ["created_at", "within", "today"]) == {first, second}
        assert _found(customers, actor, ["created_at", "within", "last_month"]) == set()
        with pytest.raises(BadRequest):
            _found(customers, actor, ["known_since", "within", "soon"])


def test_keeps_words_for_whoever_reads(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    sellers, tellers = make_customer(by="seller"), make_customer(by="teller")
    colleagues, managers = make_customer(by="colleague"), make_customer(by="manager")
    mine, here, below = (
        ["owner", "in", ["@me"]],
        ["unit", "in", ["@my_unit"]],
        ["unit", "in", ["@my_units"]],
    )

    seen = {
        who: [_found(customers, cast.actor(who), tree) for tree in (mine, here, below)]
        for who in ("seller", "manager")
    }

    assert seen["seller"] == [{sellers}, {sellers}, {sellers}]
    assert seen["manager"] == [{managers}, {managers}, {sellers, tellers, colleagues, managers}]
    assert _found(customers, cast.actor("manager"), ["owner", "ne", ["@me"]]) == {
        sellers,
        tellers,
        colleagues,
    }
    assert _found(customers, cast.actor("manager"), ["owner", "eq", "@me"]) == {managers}


@pytest.mark.parametrize(
    "tree",
    [
        ["owner", "eq", "@my_unit"],
        ["name", "eq", "@me"],
        ["unit", "in", ["@me"]],
        ["owner", "in", ["@nobody"]],
    ],
)
def test_refuses_a_word_where_it_means_nothing(cast: Cast, customers: Entity, tree: object) -> None:
    if tree == ["name", "eq", "@me"]:
        assert _found(customers, cast.actor("seller"), tree) == set()
    else:
        with pytest.raises(BadRequest):
            _found(customers, cast.actor("seller"), tree)


def test_refuses_a_persons_word_from_the_system(customers: Entity) -> None:
    with pytest.raises(BadRequest):
        _found(customers, system_actor("test"), ["owner", "in", ["@me"]])


def test_reads_days_of_moments_whole_and_periods_from_outside(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    with stopped(dt.datetime(2026, 11, 10, 16, 59, tzinfo=dt.UTC)):  # 23:59 on the 10th in Vietnam
        late = make_customer("Đêm muộn", born_on="1990-05-01")
        actor = cast.actor("seller")
    with stopped(dt.datetime(2026, 11, 10, 17, 0, tzinfo=dt.UTC)):  # midnight
        next_day = make_customer("Hôm sau")

    def at(operator: str, operand: object) -> set[int]:
        return _found(customers, actor, ["created_at", operator, operand])

    assert at("lte", "10/11/2026") == {late}
    assert at("gt", "2026-11-10") == {next_day}
    assert at("lt", "11/11/2026") == {late}
    assert at("between", ["10/11/2026", "10/11/2026"]) == {late}
    assert at("gte", "2026-11-10T17:00:00Z") == {next_day}
    with stopped(dt.datetime(2026, 11, 11, 3, 0, tzinfo=dt.UTC)):
        assert at("within", "today") == {next_day}
        assert at("not_within", "today") == {late}
        outside = ["born_on", "not_within", "this_year"]
        assert _found(customers, actor, outside) == {late, next_day}


def test_takes_several_values_that_must_not_be(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer("A", industry="TRADE"), make_customer("B", industry="MINING")
    farm, none = make_customer("C", industry="AGRICULTURE"), make_customer("D")

    found = _found(customers, cast.actor("seller"), ["industry", "ne", ["TRADE", "MINING"]])

    assert found == {farm, none}
