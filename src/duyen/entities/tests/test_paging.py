"""A list page: the right rows, in order, each once, whatever the order and depth."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.listing import Sort
from duyen.entities.paging import TooManyToSort, View, page
from duyen.entities.patience import TooSlow
from duyen.entities.scope import Kind
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.models import FieldRight
from duyen.foundation.org.models import Role
from duyen.kernel.text import sort_key
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_BIRTH = Sort("born_on", "Birth date", "born_on", nullable=True)


def _walk(entity: Entity, cast: Cast, view: View, *, who: str = "director") -> list[int]:
    """Turn all pages and give the ids as they came."""
    ids: list[int] = []
    after: str | None = None
    while True:
        found = page(entity, entity.listing(), actor=cast.actor(who), view=view, after=after)
        ids += [row["id"] for row in found.rows]
        if found.next is None:
            return ids
        after = found.next


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    births=st.lists(st.none() | st.dates(dt.date(1990, 1, 1), dt.date(1990, 1, 4)), min_size=1, max_size=14),
    order=st.sampled_from(["born_on", "-born_on", "name,born_on", "-name,-born_on", "born_on,-name"]),
    limit=st.integers(1, 4),
)
def test_turns_pages_without_losing_or_doubling_a_row(
    cast: Cast, customers: Entity, births: list[dt.date | None], order: str, limit: int
) -> None:
    listing = replace(customers.listing(), sorts=(*customers.listing().sorts, _BIRTH))
    entity = replace(customers, lists=[listing], lifecycle=None)
    names = ("Ấn", "An", "Ẩn", "Đặng")
    rows = [
        {"name": names[place % 4], "kind": "INDIVIDUAL", "born_on": birth}
        for place, birth in enumerate(births)
    ]
    made, _operation = standard.create_many(customers, actor=cast.actor("director"), rows=rows)

    walked = [
        row_id
        for row_id in _walk(entity, cast, View(sort=order, limit=limit))
        if row_id in {m.id for m in made}
    ]

    expected = [(m.id, names[place % 4], births[place]) for place, m in enumerate(made)]
    assert walked == [row[0] for row in _sorted(expected, order)]


def _sorted(
    rows: list[tuple[int | None, str, dt.date | None]], order: str
) -> list[tuple[int | None, str, dt.date | None]]:
    """Order in Python as the database should: unknown values last, then the id as the first order goes."""
    rows = sorted(rows, key=lambda row: row[0] or 0, reverse=order.startswith("-"))
    for word in reversed(order.split(",")):
        descending, name = word.startswith("-"), word.removeprefix("-")
        if name == "name":
            rows = sorted(rows, key=lambda row: sort_key(row[1]), reverse=descending)
            continue
        known = sorted((r for r in rows if r[2]), key=lambda row: row[2] or dt.date.min, reverse=descending)
        rows = known + [row for row in rows if row[2] is None]
    return rows


def test_shows_each_person_only_her_own_part(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    sellers, tellers = make_customer(by="seller"), make_customer(by="teller")
    colleagues, outsiders = make_customer(by="colleague"), make_customer(by="outsider")

    seen = {who: set(_walk(customers, cast, View(), who=who)) for who in cast.users}

    assert seen == {
        "seller": {sellers},
        "teller": {sellers, tellers},
        "manager": {sellers, tellers, colleagues},
        "colleague": {colleagues},
        "care_agent": {sellers, tellers, colleagues},
        "outsider": {outsiders},
        "director": {sellers, tellers, colleagues, outsiders},
        "admin": set(),
    }


def test_costs_the_same_number_of_queries_for_3_rows_and_for_50(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    for _ in range(3):
        make_customer()
    actor = cast.actor("director")
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(customers, customers.listing(), actor=actor, view=View())
    for _ in range(47):
        make_customer()

    with CaptureQueriesContext(connection) as many:
        found = page(customers, customers.listing(), actor=actor, view=View())

    assert len(found.rows) == 50
    assert len(many) == len(few) == 1


@pytest.mark.parametrize("after", ["x", "e30:abc", "", "WyJuYW1lIl0:forged"])
def test_refuses_a_forged_cursor(cast: Cast, customers: Entity, after: str) -> None:
    actor = cast.actor("director")

    with pytest.raises(BadRequest):
        page(customers, customers.listing(), actor=actor, view=View(), after=after or "::")


def test_refuses_a_cursor_of_another_order(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer()
    make_customer()
    actor, listing = cast.actor("director"), customers.listing()
    first = page(customers, listing, actor=actor, view=View(limit=1))

    with pytest.raises(BadRequest):
        page(customers, listing, actor=actor, view=View(limit=1, sort="-name"), after=first.next)


@pytest.mark.parametrize("order", ["tags", "addresses", "castle", "name,code,kind,industry", "-"])
def test_refuses_an_order_that_there_is_not(cast: Cast, customers: Entity, order: str) -> None:
    with pytest.raises(BadRequest):
        page(customers, customers.listing(), actor=cast.actor("director"), view=View(sort=order))


def test_orders_few_rows_by_any_field_that_the_reader_may_see(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    trade = make_customer("Một", industry="TRADE", born_on="1990-01-02", by="seller")
    none = make_customer("Hai", by="manager")
    farm = make_customer("Ba", industry="AGRICULTURE", born_on="1991-01-02", by="teller")

    walked = {
        order: _walk(customers, cast, View(sort=order, limit=1))
        for order in ("industry", "-industry", "born_on", "-born_on", "owner", "code", "-kind,name")
    }

    assert walked == {
        "industry": [farm, trade, none],
        "-industry": [trade, farm, none],
        "born_on": [trade, farm, none],
        "-born_on": [farm, trade, none],
        "owner": [trade, none, farm],
        "code": sorted([trade, none, farm], key=_code),
        "-kind,name": [farm, none, trade],
    }


def _code(record_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM parties_party WHERE id = %s", [record_id])
        return str(cursor.fetchone()[0])


def test_refuses_to_order_too_many_rows_without_an_index_and_says_by_what_instead(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.paging.MOST_SORTED", 2)
    ids = [make_customer(f"Khách {number}", industry="TRADE" if number else "") for number in range(3)]
    actor, listing = cast.actor("director"), customers.listing()

    with pytest.raises(TooManyToSort, match="Ngành"):
        page(customers, listing, actor=actor, view=View(sort="industry"))
    narrowed = View(sort="-industry", filter=["industry", "eq", "TRADE"])
    found = page(customers, listing, actor=actor, view=narrowed)

    assert [row["id"] for row in found.rows] == [ids[2], ids[1]]


def test_stops_looking_after_a_while_and_says_what_is_quicker(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer()
    monkeypatch.setattr("duyen.entities.patience.MOST_MILLISECONDS", 50)
    slow = Kind(customers.kind.q, customers.kind.sql + " AND (SELECT pg_sleep(0.4)) IS NOT NULL")
    actor, listing = cast.actor("seller"), customers.listing()
    view = View(filter=["note", "contains", "abc"])

    with pytest.raises(TooSlow, match="ngành"):
        page(replace(customers, kind=slow, lifecycle=None), listing, actor=actor, view=view)

    assert len(page(customers, listing, actor=actor, view=View()).rows) == 1


def test_orders_by_no_field_that_is_hidden(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer()
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="born_on", level="hidden")

    with pytest.raises(BadRequest):
        page(customers, customers.listing(), actor=cast.actor("seller"), view=View(sort="born_on"))


@pytest.mark.parametrize("few", [0, 2, 1_000])
def test_turns_the_pages_of_a_filter_alike_whether_what_fits_is_rare_or_frequent(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("duyen.entities.paging.FEW_FITTING", few)
    names = ("Ấn", "An", "Ẩn", "Đặng", "Ánh")
    made = {
        name: make_customer(name, is_key_account=True, by=by)
        for name, by in zip(names, ("seller", "teller", "colleague", "manager", "seller"), strict=True)
    }
    make_customer("Không", by="seller")
    view = View(filter=["is_key_account", "eq", True], limit=2)

    walked = {who: _walk(customers, cast, view, who=who) for who in ("manager", "seller", "outsider")}

    assert walked["manager"] == [made[name] for name in sorted(names, key=sort_key)]
    assert walked["seller"] == [made[name] for name in ("Ánh", "Ấn")]
    assert walked["outsider"] == []


def test_orders_by_given_name_as_people_are_called(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = {name: make_customer(name) for name in ("Phạm Ngọc Hưng", "Vũ Thị An", "Lê Văn Ấn", "Đỗ Đức Ánh")}

    walked = _walk(customers, cast, View(sort="given_name"))

    assert walked == [made[name] for name in ("Vũ Thị An", "Đỗ Đức Ánh", "Lê Văn Ấn", "Phạm Ngọc Hưng")]
