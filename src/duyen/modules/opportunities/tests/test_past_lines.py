"""Deals that ended elsewhere with their products: worth what those are, and none of the others touched."""

from __future__ import annotations

from typing import Any

import pytest

from duyen.entities.errors import NotAllowed
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now, today
from duyen.modules.opportunities.actions.past import Past, Sold, note_past
from duyen.modules.opportunities.models import Line
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_LEFT_OUT = ("id", "opportunity_id")


def _lines(deal_id: int) -> list[dict[str, Any]]:
    rows = Line.objects.filter(opportunity_id=deal_id).order_by("position").values()
    return [{name: value for name, value in row.items() if name not in _LEFT_OUT} for row in rows]


def _past(goods: Goods) -> Past:
    return Past(now(), sold=[Sold(goods.line, goods.plan, 2), Sold(goods.box, None, 3)])


def test_a_deal_that_ended_is_worth_what_was_sold(deal: Make, take: Take, goods: Goods) -> None:
    lost, beside = deal(amount=60_000_000), deal()
    take("lose", lost, loss_reason="PRICE")
    take("add_line", beside, product=goods.line, plan=goods.plan, quantity=2)
    take("add_line", beside, product=goods.box, quantity=3)

    note_past({lost: _past(goods)}, actor=system_actor("tests"))

    assert _lines(lost) == _lines(beside)
    ended, other = stand(lost), stand(beside)
    assert (ended.amount, ended.one_off, ended.monthly) == (other.amount, other.one_off, other.monthly)
    assert (ended.line_count, ended.actual_amount, ended.state) == (2, None, "LOST")


def test_a_deal_that_was_won_brought_what_was_sold(deal: Make, goods: Goods) -> None:
    won = deal(by="director", amount=60_000_000, closed_on=today(), win_reason="SPEED")

    note_past({won: _past(goods)}, actor=system_actor("tests"))

    assert stand(won).actual_amount == stand(won).amount == sum(row["total"] for row in _lines(won))


def test_leaves_deals_under_way_as_they_are(deal: Make, goods: Goods) -> None:
    under_way = deal(amount=60_000_000)

    note_past({under_way: _past(goods)}, actor=system_actor("tests"))

    assert (_lines(under_way), stand(under_way).amount) == ([], 60_000_000)


def test_nobody_else_says_what_was_sold(deal: Make, take: Take, goods: Goods, cast: Cast) -> None:
    lost = deal(amount=60_000_000)
    take("lose", lost, loss_reason="PRICE")
    before = stand(lost), History.objects.count()

    with pytest.raises(NotAllowed):
        note_past({lost: _past(goods)}, actor=cast.actor("director"))

    assert (stand(lost), History.objects.count(), _lines(lost)) == (*before, [])
