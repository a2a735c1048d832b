"""A list of any entity costs as many queries for fifty rows as for three, as a page, in part, and by REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from tests.permissions.asking import HTMX, Door, People
from tests.permissions.planting import SYSTEM, Stage, words_of
from tests.permissions.table import table

MOST_QUERIES = 12
#: What a page of one lane asks: three statements at most, within the time that it may take.
MOST_OF_A_LANE, _MOST_LANES = 6, 8
ENTITIES = sorted(table().entities)
_FEW, _MANY = 3, 50


def _doors(name: str) -> list[Door]:
    boards = [
        Door(
            f"board {each.name}",
            "GET",
            f"/{name}?view={each.name}&list={entity_named(name).lists[0].name}&own=1",
        )
        for each in entity_named(name).boards
    ]
    dated = [
        Door(shape.name, "GET", f"/{name}?view={shape.name}")
        for shape in (entity_named(name).calendar, entity_named(name).months)
        if shape is not None
    ]
    return [
        *boards,
        *dated,
        Door("page", "GET", f"/{name}"),
        Door("rows", "GET", f"/{name}", headers=HTMX),
        Door("words", "GET", f"/{name}?q={name}", headers={**HTMX, "HX-Target": "found"}),
        Door("printed", "GET", f"/{name}/print"),
        Door("totals", "GET", f"/{name}/totals", headers=HTMX),
        Door("REST", "GET", f"/{name}", is_api=True),
        Door("REST search", "GET", f"/search?q={name}", is_api=True),
    ]


@pytest.mark.parametrize("name", ENTITIES)
def test_lists_fifty_rows_at_the_cost_of_three(name: str, stage: Stage, people: People) -> None:
    entity = entity_named(name)
    who = next(who for who in ("manager", "admin") if not table().entities[name].is_closed(who))
    _fill(stage, entity, _FEW)
    few = {door.name: _cost(people, who, door) for door in _doors(name)}

    _fill(stage, entity, _MANY)

    for door in _doors(name):
        many = _cost(people, who, door)
        if door.name.startswith("board"):
            # Each lane is a list; a full one is found sooner than one that is not.
            most = MOST_QUERIES + MOST_OF_A_LANE * _MOST_LANES
            assert many <= few[door.name] <= most, (
                f"{name}, {door.name}: {few[door.name]}, then {many} queries"
            )
            continue
        assert many == few[door.name], (
            f"{name}, {door.name}: {few[door.name]} queries for few rows, {many} for many"
        )
        assert many <= MOST_QUERIES, f"{name}, {door.name}: {many} queries"


def _fill(stage: Stage, entity: Entity, count: int) -> None:
    """Make records of several owners and units, each with a value in every field."""
    expected = table().entities[entity.name]
    first = expected.records[0]
    before = entity.model._default_manager.count()
    keepers: list[dict[str, Any]] = [
        {"owner": stage.users[who].pk, "unit": stage.cast.unit(unit).pk}
        for who, unit in (("seller", "HP1"), ("teller", "HP1"), ("colleague", "HP2"))
    ]
    rows = [
        words_of(stage, expected, first, 10_000 + before + number)
        | (keepers[number % len(keepers)] if expected.keepers else {})
        | _apart(stage, entity, before + number)
        for number in range(count)
    ]
    made, _operation = standard.create_many(entity, actor=SYSTEM, rows=rows)
    assert all(each.id for each in made), [each.problems for each in made if each.id is None][:1]


def _apart(stage: Stage, entity: Entity, number: int) -> dict[str, Any]:
    """Give what keeps records apart: a list names a product once, so each price is for one of its own.

    Each has a plan as well: a page without any plan would ask for one name less. Of a deal no more than its
    whole commission is shared out, so each share is of a deal of its own.
    """
    if entity.name == "commissions":
        keeper = {"owner": stage.users["seller"].pk, "unit": stage.cast.unit("HP1").pk}
        return {"opportunity": _made(stage, "opportunities", 10_000 + number, **keeper)}
    if entity.name != "price_lines":
        return {}
    product = _made(stage, "products", 50_000 + number)
    return {"product": product, "plan": _made(stage, "plans", 50_000 + number, product=product)}


def _made(stage: Stage, name: str, number: int, **values: Any) -> int:
    """Make one more record like the first of an entity's table, and give its number."""
    expected = table().entities[name]
    words = words_of(stage, expected, expected.records[0], number)
    return standard.create(entity_named(name), actor=SYSTEM, values=words | values).id


def _cost(people: People, who: str, door: Door) -> int:
    people.ask(who, door)
    with CaptureQueriesContext(connection) as captured:
        answer = people.answer(who, door)
    assert answer.status_code == 200, door.name
    return len(captured)
