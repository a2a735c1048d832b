"""The demo company's catalogue is that of the demo world, to the đồng."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from duyen.demo.catalog import write_catalog
from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.org.models import Unit
from duyen.kernel.money import Money
from duyen.modules.catalog.queries import plan_id_of, price_for, product_id_of
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_TODAY = dt.date(2026, 11, 26)
#: Code (and plan), price without VAT, and with it: the column «Incl.» of the demo world.
_ROWS = (
    ("FTTH-HOME1", "", 180_000, 198_000),
    ("FTTH-MESH2", "", 225_000, 247_500),
    ("FTTH-MESH3", "", 300_000, 330_000),
    ("FTTH-BIZ1", "", 500_000, 550_000),
    ("FTTH-BIZ2", "", 1_600_000, 1_760_000),
    ("LL-100", "", 9_500_000, 10_450_000),
    ("TV-STD", "", 40_000, 44_000),
    ("CAM-C1", "", 65_000, 70_200),
    ("CAM-C2", "", 110_000, 118_800),
    ("SIM-D90", "", 81_818, 90_000),
    ("SIM-P150", "", 136_364, 150_000),
    ("SMS-CSKH", "", 720, 792),
    ("CLOUD-S", "", 420_000, 462_000),
    ("CLOUD-L", "", 3_600_000, 3_960_000),
    ("SIP-TRK", "", 350_000, 385_000),
    ("GPS-CAR", "", 65_000, 71_500),
    ("CA-KYSO", "CA-KYSO-1N", 1_250_000, 1_350_000),
    ("CA-KYSO", "CA-KYSO-2N", 2_100_000, 2_268_000),
    ("CA-KYSO", "CA-KYSO-3N", 2_900_000, 3_132_000),
    ("EINV-300", "", 390_000, 390_000),
    ("EINV-500", "", 520_000, 520_000),
    ("EINV-1000", "", 860_000, 860_000),
    ("ECON-200", "", 2_400_000, 2_400_000),
    ("BHXH", "", 500_000, 500_000),
)


def _create(actor: Actor, entity: str, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    made, _operation = standard.create_many(entity_named(entity), actor=actor, rows=list(rows))
    assert [each.problems for each in made if each.problems] == []
    return [each.id for each in made if each.id is not None]


def test_costs_what_the_demo_world_says(cast: Cast) -> None:
    Unit.objects.filter(code="KV1").update(code="KV4")
    actor = system_actor("Demo")

    try:
        write_catalog(actor, _create, _TODAY)
    except InvalidValues as error:
        pytest.fail(str([str(each.message) for each in error.problems]))

    for code, plan, net, gross in _ROWS:
        product = product_id_of(code)
        assert product is not None
        found = price_for(
            product,
            actor=cast.actor("seller"),
            on=_TODAY,
            unit_id=cast.unit("HD1").pk,
            plan_id=plan_id_of(plan) if plan else None,
        )
        assert (code, plan, found.price) == (code, plan, Money(net))
        assert (code, plan, found.times(1).gross) == (code, plan, Money(gross))
    shop = product_id_of("COMBO-SHOP")
    assert shop is not None
    bundle = price_for(shop, actor=actor, on=_TODAY, unit_id=cast.unit("HD1").pk)
    assert bundle.times(1).gross == Money(550_000 + 2 * 70_200 + 385_000)
