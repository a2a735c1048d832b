"""The products of a deal: priced by the list, within the limit of whoever writes them, to the đồng."""

from __future__ import annotations

import pytest

from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import NotNow
from duyen.entities.registry import entity_named
from duyen.entities.standard import change
from duyen.foundation.audit.models import History
from duyen.modules.catalog.queries import NoPrice
from duyen.modules.opportunities.actions.lines import NoSuchLine
from duyen.modules.opportunities.models import Line
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_deal_is_worth_the_sum_of_its_lines(deal: Make, take: Take, goods: Goods) -> None:
    made = deal(amount=5_000_000)

    take("add_line", made, product=goods.line, plan=goods.plan, quantity=2)
    take("add_line", made, product=goods.box, quantity=1)

    row = stand(made)
    # 22 of 24 months are paid: two are free.
    assert (row.amount, row.monthly, row.one_off) == (2 * 200_000 * 22 + 1_000_000, 400_000, 1_000_000)
    assert (row.line_count, row.weighted) == (2, 980_000)


def test_a_line_without_a_plan_takes_a_year_and_its_fee(deal: Make, take: Take, goods: Goods) -> None:
    made = deal()

    take("add_line", made, product=goods.line, quantity=1)

    line = Line.objects.get(opportunity_id=made)
    assert (line.term_months, line.fee, line.total) == (12, 300_000, 300_000 + 12 * 200_000)


def test_a_discount_within_the_limit_is_given(deal: Make, take: Take, goods: Goods) -> None:
    made = deal()

    take("add_line", made, product=goods.box, quantity=1, discount="3")

    assert stand(made).amount == 970_000


def test_a_discount_beyond_the_limit_says_whom_to_ask(deal: Make, take: Take, goods: Goods) -> None:
    made = deal()
    told = History.objects.count()

    with pytest.raises(NeedsApproval) as refused:
        take("add_line", made, product=goods.box, quantity=1, discount="4")

    assert "Trưởng khu vực, Trưởng phòng kinh doanh, Giám đốc" in str(refused.value)
    assert "4%" in str(refused.value)
    assert "3%" in str(refused.value)
    assert not Line.objects.exists()
    assert stand(made).amount is None
    assert History.objects.count() == told

    take("add_line", made, by="manager", product=goods.box, quantity=1, discount="4")
    assert stand(made).amount == 960_000


def test_a_price_below_the_floor_is_for_who_may_go_there(deal: Make, take: Take, goods: Goods) -> None:
    made = deal()

    with pytest.raises(NeedsApproval, match="giá sàn"):
        take("add_line", made, by="manager", product=goods.line, quantity=1, unit_price=140_000)
    assert not Line.objects.exists()

    take("add_line", made, by="director", product=goods.line, quantity=1, unit_price=140_000)
    assert stand(made).monthly == 140_000


def test_a_product_without_a_price_is_not_sold(deal: Make, take: Take, goods: Goods, cast: Cast) -> None:
    from duyen.entities import standard

    values = {"code": "NEW", "name": "Mới", "kind": "ONE_OFF", "vat_class": "TELECOM"}
    product = standard.create(entity_named("products"), actor=cast.actor("director"), values=values).id

    with pytest.raises(NoPrice):
        take("add_line", deal(), product=product, quantity=1)


def test_a_changed_line_changes_the_deal(deal: Make, take: Take, goods: Goods) -> None:
    made = deal()
    take("add_line", made, product=goods.box, quantity=1)
    line = Line.objects.get(opportunity_id=made).pk

    take("change_line", made, line=line, quantity=4)
    assert stand(made).amount == 4_000_000

    take("remove_line", made, line=line)
    assert (stand(made).amount, stand(made).line_count) == (None, 0)
    with pytest.raises(NoSuchLine):
        take("remove_line", made, line=line)


def test_a_line_of_another_deal_is_out_of_reach(deal: Make, take: Take, goods: Goods) -> None:
    first, second = deal(), deal(name="Khác")
    take("add_line", first, product=goods.box, quantity=1)

    with pytest.raises(NoSuchLine):
        take("remove_line", second, line=Line.objects.get().pk)

    assert stand(first).amount == 1_000_000


def test_the_amount_is_not_typed_once_products_say_it(
    deal: Make, take: Take, goods: Goods, cast: Cast
) -> None:
    made = deal(amount=7_000_000)
    take("add_line", made, product=goods.box, quantity=1)

    with pytest.raises(InvalidValues) as refused:
        change(
            entity_named("opportunities"),
            made,
            actor=cast.actor("seller"),
            values={"amount": 9_000_000},
            version=stand(made).version,
        )

    assert [each.code for each in refused.value.problems] == ["summed"]
    assert stand(made).amount == 1_000_000


def test_a_closed_deal_keeps_its_lines(deal: Make, take: Take, goods: Goods) -> None:
    made = deal()
    take("add_line", made, product=goods.box, quantity=1)
    take("lose", made, loss_reason="NO_NEED")

    with pytest.raises(NotNow) as refused:
        take("add_line", made, product=goods.box, quantity=1)

    assert stand(made).amount == 1_000_000
    assert "đang ở trạng thái “Thua”; bước này cần trạng thái “Đang theo” hoặc “Tạm dừng”" in str(
        refused.value
    )


def test_months_stand_on_what_is_billed_again_and_again_alone(deal: Make, take: Take, goods: Goods) -> None:
    with pytest.raises(InvalidValues) as refused:
        take("add_line", deal(), product=goods.box, quantity=1, term_months=12)

    assert [each.field for each in refused.value.problems] == ["term_months"]
