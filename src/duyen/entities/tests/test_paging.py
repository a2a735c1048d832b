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
from duyen.entities.paging import View, page
from duyen.entities.tests.conftest import MakeCustomer
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
    """Order in Python as the database should: unknown values last, then the id."""
    rows = sorted(rows, key=lambda row: row[0] or 0)
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


def test_refuses_an_order_that_is_not_declared(cast: Cast, customers: Entity) -> None:
    with pytest.raises(BadRequest, match="name, given_name, created_at"):
        page(customers, customers.listing(), actor=cast.actor("director"), view=View(sort="phones"))


def test_orders_by_given_name_as_people_are_called(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = {name: make_customer(name) for name in ("Phạm Ngọc Hưng", "Vũ Thị An", "Lê Văn Ấn", "Đỗ Đức Ánh")}

    walked = _walk(customers, cast, View(sort="given_name"))

    assert walked == [made[name] for name in ("Vũ Thị An", "Đỗ Đức Ánh", "Lê Văn Ấn", "Phạm Ngọc Hưng")]
