"""The closed deals that are like one under way: which, why, what won or lost them, and for whose eyes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.modules.opportunities import rules
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.opportunities.rules import Features
from duyen.modules.opportunities.similar import Similar, similar_to
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, hide, stage_at
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def rival(cast: Cast) -> int:
    return standard.create(
        entity_named("competitors"), actor=cast.actor("director"), values={"name": "CáVoi Telecom"}
    ).id


def _customer(cast: Cast, name: str, *, by: str = "seller", industry: str = "TRADE") -> int:
    values = {"name": name, "kind": "ORGANISATION", "industry": industry}
    return standard.create(entity_named("customers"), actor=cast.actor(by), values=values).id


def _like(cast: Cast, deal_id: int, *, who: str = "seller") -> list[Similar]:
    row = Opportunity.objects.filter(pk=deal_id).values().get()
    return list(similar_to(cast.actor(who), row)["deals"])


def test_names_what_two_deals_have_in_common_and_what_won(
    deal: Make, take: Take, goods: Goods, no_paper: None, rival: int, cast: Cast
) -> None:
    past = deal(name="Đã thắng", stage=stage_at(4).pk, customer=_customer(cast, "Công ty Kho Lạnh"))
    take("add_line", past, product=goods.box, quantity=30)
    take("add_competitor", past, competitor=rival)
    take("waive_commission", past, none_due="Bán thẳng")
    take("win", past, win_reason="SPEED")
    now = deal(name="Đang làm", customer=_customer(cast, "Công ty Kho Mát"))
    take("add_line", now, product=goods.box, quantity=20)
    take("add_competitor", now, competitor=rival)

    (found,) = _like(cast, now)

    assert found.row["name"] == "Đã thắng"
    assert found.percent == 75
    assert found.why == (
        "cùng sản phẩm: Thiết bị · cùng đối thủ: CáVoi Telecom · "
        "cùng cỡ: 10\u00a0triệu\u00a0₫ đến 50\u00a0triệu\u00a0₫ · cùng ngành"
    )
    assert found.ended == "Thắng nhờ: Khảo sát, lắp đặt nhanh"


def test_says_to_whom_and_by_how_much_one_was_lost(deal: Make, take: Take, rival: int, cast: Cast) -> None:
    past, now = deal(name="Đã thua"), deal()
    take("lose", past, loss_reason="PRICE", lost_to=rival, price_gap=5_000_000)

    (found,) = _like(cast, now)

    assert found.why == "cùng khách hàng"
    assert found.ended == "Thua vì: Giá, về tay CáVoi Telecom, chênh giá 5.000.000\u00a0₫"


def test_leaves_out_what_is_alike_by_chance_open_or_cancelled(deal: Make, take: Take, cast: Cast) -> None:
    now = deal(customer=_customer(cast, "Một"))
    other = deal(customer=_customer(cast, "Hai"))
    take("lose", other, loss_reason="OTHER")
    deal(name="Còn mở", customer=_customer(cast, "Ba"))

    assert _like(cast, now) == []


def test_tells_nobody_of_a_deal_that_is_not_hers(
    deal: Make, take: Take, goods: Goods, no_paper: None, cast: Cast, client: Client
) -> None:
    far = deal(
        name="Của chi nhánh khác", by="outsider", stage=stage_at(4).pk,
        customer=_customer(cast, "Khách xa", by="outsider"),
    )  # fmt: skip
    take("add_line", far, by="outsider", product=goods.box, quantity=30)
    take("waive_commission", far, by="outsider", none_due="Bán thẳng")
    take("win", far, by="outsider", win_reason="SPEED")
    now = deal()
    take("add_line", now, product=goods.box, quantity=20)

    assert _like(cast, now) == []
    assert [each.row["name"] for each in _like(cast, now, who="director")] == ["Của chi nhánh khác"]
    client.force_login(cast.user("seller"))
    page = client.get(f"/opportunities/{now}").content.decode()
    assert "Cơ hội cũ tương tự" in page
    assert "Của chi nhánh khác" not in page


def test_compares_by_nothing_that_is_hidden(
    deal: Make, take: Take, goods: Goods, no_paper: None, rival: int, cast: Cast
) -> None:
    past, now = deal(name="Đã thắng", stage=stage_at(4).pk), deal()
    for each in (past, now):
        take("add_line", each, product=goods.box, quantity=20)
    take("waive_commission", past, none_due="Bán thẳng")
    take("win", past, win_reason="SPEED")
    hide("amount")
    hide("win_reason")

    (found,) = _like(cast, now)

    assert (found.why, found.ended, found.worth) == ("cùng khách hàng", "", None)


def test_a_closed_deal_is_compared_with_none(deal: Make, take: Take, client: Client, cast: Cast) -> None:
    past = deal()
    take("lose", past, loss_reason="OTHER")
    client.force_login(cast.user("seller"))

    assert "Cơ hội cũ tương tự" not in client.get(f"/opportunities/{past}").content.decode()


def test_asks_as_often_for_many_deals_as_for_few(deal: Make, take: Take, rival: int, cast: Cast) -> None:
    now = deal()
    take("add_competitor", now, competitor=rival)

    def asked() -> int:
        with CaptureQueriesContext(connection) as told:
            assert _like(cast, now)
        return len(told)

    for many in (2, 12):
        for number in range(many):
            take("lose", deal(name=f"Cũ {number}"), loss_reason="PRICE", lost_to=rival)
        if many == 2:
            asked()
            few = asked()
    assert asked() == few


_IDS = st.frozensets(st.integers(1, 4), max_size=3)
_FEATURES = st.builds(
    Features,
    customer=st.one_of(st.none(), st.integers(1, 3)),
    industry=st.sampled_from(["", "TRADE", "HOTEL"]),
    products=_IDS,
    size=st.one_of(st.none(), st.integers(0, 4)),
    competitors=_IDS,
)


@given(_FEATURES, _FEATURES)
def test_likeness_goes_both_ways_and_is_whole_with_oneself(one: Features, other: Features) -> None:
    assert rules.in_common(one, other) == rules.in_common(other, one)
    assert (
        0 <= rules.likeness(rules.in_common(one, other)) <= rules.likeness(rules.in_common(one, one)) <= 100
    )
