"""Lists and boards of what is under way read a page of it, however many deals are closed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from duyen.entities import paging
from duyen.entities.paging import View, conditions
from duyen.entities.registry import entity_named
from duyen.entities.sorting import read_orders
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.opportunities.tests.conftest import Make, stage_at
from duyen.testing.cast import Cast
from duyen.testing.plans import plan_of

pytestmark = pytest.mark.django_db(transaction=True)
_CLOSED, _OPEN = 6_000, 3_000
_IN_ORDER = ("opportunities_to_close", "opportunities_under_way")
_UNDER_WAY = ["state", "in", ["OPEN", "ON_HOLD"]]


def _fill(made: int) -> None:
    """Put many deals beside the first one: the closed ones were to close first, as it is everywhere."""
    own = {
        "code": "'T-' || n",
        "name": "'Mạng ' || n",
        "state": f"CASE WHEN n <= {_CLOSED} THEN 'WON' ELSE 'OPEN' END",
        "closed_on": f"CASE WHEN n <= {_CLOSED} THEN current_date - 1 END",
        "expected_close": f"current_date + (n - {_CLOSED}) / 10",
    }
    kept = [
        str(each.column)
        for each in Opportunity._meta.concrete_fields
        if not each.primary_key and not each.generated
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        trail.begin(system_actor("tests"), "tests.fill")
        cursor.execute(
            f"INSERT INTO opportunities_opportunity ({', '.join(kept)})"
            f" SELECT {', '.join(own.get(column, column) for column in kept)}"
            " FROM opportunities_opportunity, generate_series(1, %s) n WHERE id = %s",
            [_CLOSED + _OPEN, made],
        )
    with connect(owner_address(DataFolder.locate())) as link:
        link.execute("ANALYZE opportunities_opportunity")


def _read(cast: Cast, who: str, *parts: list[Any], limit: int) -> list[dict[str, Any]]:
    deals, actor = entity_named("opportunities"), cast.actor(who)
    view = View(filter={"and": [_UNDER_WAY, *parts]}, sort="expected_close", limit=limit)
    orders = read_orders(deals, deals.listing("open"), actor, "expected_close")
    statement = paging._Ask(deals, actor, view, conditions(deals, actor, view), orders, None).statement()
    assert statement is not None
    nodes = plan_of(statement)
    return [each for each in nodes if each.get("Relation Name") == "opportunities_opportunity"]


def test_passes_no_closed_deal_on_the_way_to_what_is_under_way(cast: Cast, deal: Make) -> None:
    _fill(deal(stage=stage_at(1).pk))

    for who in ("director", "manager"):
        whole = _read(cast, who, limit=50)
        lane = _read(cast, who, ["stage", "eq", stage_at(1).pk], limit=7)

        for nodes, shown, gathered in ((whole, 51, 2_001), (lane, 8, 321)):
            assert not [each for each in nodes if each["Node Type"] == "Seq Scan" and _is_read(each)], who
            walked = [each for each in nodes if each.get("Index Name") in _IN_ORDER and _is_read(each)]
            assert shown in [each["Actual Rows"] for each in walked]
            assert all(each["Actual Rows"] <= gathered for each in nodes)
            assert sum(each.get("Rows Removed by Filter", 0) for each in nodes) < 100


def _is_read(node: dict[str, Any]) -> bool:
    return bool(node["Actual Loops"])
