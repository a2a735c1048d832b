"""Who may give which discount, and whom to ask for more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from duyen.entities.errors import NotAllowed
from duyen.foundation.access.actor import system_actor
from duyen.foundation.settings.company import SettingMoved
from duyen.kernel.money import Money
from duyen.modules.catalog.actions import keep_limits
from duyen.modules.catalog.queries import DiscountedLine, Limit, discount_limits, may_discount
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_PRICE = Money(100_000)


def _line(asked: int, floor: int | None = None) -> DiscountedLine:
    return DiscountedLine(_PRICE, Money(asked), Money(floor) if floor else None)


def test_lets_a_seller_give_what_her_role_may(cast: Cast) -> None:
    verdict = may_discount(cast.actor("seller"), _line(97_000, floor=90_000))

    assert verdict.is_allowed
    assert (verdict.percent, verdict.limit) == (Decimal("3.00"), Limit(Decimal(3)))
    assert (verdict.roles, verdict.approvers) == ((), ())


def test_names_who_may_decide_about_more_the_nearest_first(cast: Cast) -> None:
    verdict = may_discount(cast.actor("seller"), _line(96_000))

    assert not verdict.is_allowed
    assert verdict.roles == ["AREA_HEAD", "SALES_MANAGER", "DIRECTOR"]
    assert [(each.name, each.role, each.steps_up) for each in verdict.approvers] == [
        ("Phạm Đức Thắng", "AREA_HEAD", 1),
        ("Hoàng Thị Lan", "DIRECTOR", 3),
    ]


def test_asks_a_director_below_the_floor(cast: Cast) -> None:
    verdict = may_discount(cast.actor("manager"), _line(98_000, floor=99_000))

    assert (verdict.is_allowed, verdict.is_below_floor) == (False, True)
    assert [each.role for each in verdict.approvers] == ["DIRECTOR"]
    assert may_discount(cast.actor("director"), _line(1, floor=99_000)).is_allowed
    assert may_discount(system_actor("tests"), _line(1, floor=99_000)).is_allowed


def test_keeps_the_limits_that_the_company_decides(cast: Cast) -> None:
    limits = {**discount_limits(), "TELLER": Limit(Decimal("7.5"), below_floor=True)}

    for who in ("seller", "manager"):
        with pytest.raises(NotAllowed):
            keep_limits(limits, actor=cast.actor(who), version=0)
    keep_limits(limits, actor=cast.actor("director"), version=0)

    assert discount_limits()["TELLER"] == Limit(Decimal("7.5"), below_floor=True)
    assert may_discount(cast.actor("teller"), _line(92_500, floor=99_000)).is_allowed
    assert not may_discount(cast.actor("teller"), _line(92_499)).is_allowed
    with pytest.raises(SettingMoved):
        keep_limits({}, actor=cast.actor("admin"), version=0)
