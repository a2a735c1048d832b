"""One predicate, rendered for a QuerySet, for one condition, and for a list: the same rows each time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.paging import View, page
from duyen.entities.scope import MOST_BRANCHES, Scope
from duyen.entities.sql import name
from duyen.foundation.access.actor import AccessFacts, Actor
from duyen.foundation.access.rules import ScopeFacts, UnitTree
from duyen.foundation.access.words import READ, Door
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

#: Ids that no owner, unit or record has: they fill a scope beyond the number of single branches.
_STRANGERS = range(9_000_000, 9_000_000 + MOST_BRANCHES + 5)


@pytest.fixture
def customers(cast: Cast, customers: Entity) -> Entity:
    """Customers of every owner in every unit, two of each, some without an owner of the cast."""
    owners = [cast.users[who].pk for who in ("seller", "teller", "colleague", "outsider")]
    units = [cast.unit(code).pk for code in ("HP1", "HP2", "HD1")]
    rows = [
        {"name": f"Khách {number}", "kind": "INDIVIDUAL", "owner": owner, "unit": unit}
        for number, (owner, unit) in enumerate([(o, u) for o in owners for u in units] * 2)
    ]
    standard.create_many(customers, actor=cast.actor("director"), rows=rows)
    return customers


def _actor(facts: ScopeFacts) -> Actor:
    """An actor with exactly these facts for reading customers."""
    access = AccessFacts(
        user_id=1,
        epoch=0,
        day=dt.date(2026, 11, 20),
        tree=UnitTree({}, {}),
        grants={},
        field_levels={},
        home_unit_id=None,
        role_codes=frozenset(),
        _scopes={("customers", READ): facts},
    )
    return Actor(name="Random", door=Door.WEB, user_id=1, facts=access)


def _ids(sql: str, params: tuple[Any, ...]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def _by_list(entity: Entity, actor: Actor, view: View) -> list[int]:
    ids: list[int] = []
    after: str | None = None
    while True:
        found = page(entity, entity.listing(), actor=actor, view=view, after=after)
        ids += [row["id"] for row in found.rows]
        if found.next is None:
            return ids
        after = found.next


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_gives_the_same_rows_in_every_rendering(cast: Cast, customers: Entity, data: st.DataObject) -> None:
    rows = list(customers.model._default_manager.order_by("pk").values_list("pk", "owner_id", "unit_id"))
    many = frozenset(_STRANGERS) if data.draw(st.booleans()) else frozenset()
    facts = ScopeFacts(
        everything=data.draw(st.sampled_from([False, False, False, True])),
        owners=frozenset(data.draw(st.sets(st.sampled_from([row[1] for row in rows])))) | many,
        units=frozenset(data.draw(st.sets(st.sampled_from([row[2] for row in rows])))) | many,
        shared=frozenset(data.draw(st.sets(st.sampled_from([row[0] for row in rows]), max_size=4))),
    )
    view = View(
        sort=data.draw(st.sampled_from(["", "name", "-name", "-created_at", "name,-created_at"])),
        limit=data.draw(st.integers(1, 30)),
        q=data.draw(st.sampled_from(["", "", "khach"])),
    )

    expected = sorted(
        record for record, owner, unit in rows if facts.covers(record_id=record, owner_id=owner, unit_id=unit)
    )

    actor, scope, table = _actor(facts), customers.scope, name(customers.table)
    assert sorted(customers.rows(actor).values_list("pk", flat=True)) == expected
    whole = scope.as_sql(facts, "t")
    assert sorted(_ids(f"SELECT t.id FROM {table} t WHERE {whole.text}", whole.params)) == expected
    parts = scope.branches(
        facts, "t", leading=data.draw(st.sampled_from([frozenset(), frozenset({"owner_id", "unit_id"})]))
    )
    found = {
        row for part in parts for row in _ids(f"SELECT t.id FROM {table} t WHERE {part.text}", part.params)
    }
    assert sorted(found) == expected
    listed = _by_list(customers, actor, view)
    assert len(listed) == len(set(listed))
    assert sorted(listed) == expected


@pytest.mark.parametrize(
    "facts", [ScopeFacts(), ScopeFacts(owners=frozenset({1})), ScopeFacts(everything=True)]
)
def test_a_company_wide_scope_asks_only_whether_the_right_is_there(facts: ScopeFacts) -> None:
    scope = Scope(owner="", unit="")

    opens = not facts.is_empty
    assert (scope.as_sql(facts, "t").text == "TRUE") is opens
    assert ([part.text for part in scope.branches(facts, "t")] == ["TRUE"]) is opens
