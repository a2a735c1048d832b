"""How deals ended: what is counted, for whom, and that each number opens the list of what it counts."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.kernel.clock import now, today
from duyen.modules.opportunities import rules
from duyen.modules.opportunities.actions.past import Past, note_past
from duyen.modules.opportunities.models import Encounter, Opportunity
from duyen.modules.opportunities.outcomes import Asked, Outcomes, Table, outcomes
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, hide, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_YEAR = Asked(today() - dt.timedelta(days=364), today())
_NUMBER = re.compile(r'<a class="link" href="(/opportunities\?[^"]+)">([\d.]+)</a>')


@pytest.fixture
def rival(cast: Cast) -> int:
    return standard.create(
        entity_named("competitors"), actor=cast.actor("director"), values={"name": "CáVoi Telecom"}
    ).id


@pytest.fixture
def ended(deal: Make, take: Take, goods: Goods, no_paper: None, rival: int) -> dict[str, int]:
    """Deals that ended in several ways, one still open and one cancelled."""
    won = deal(name="Thắng", stage=stage_at(4).pk)
    take("add_line", won, product=goods.box, quantity=3)
    take("add_competitor", won, competitor=rival)
    take("waive_commission", won, none_due="Bán thẳng")
    take("win", won, win_reason="SPEED")
    lost = deal(name="Thua", source="EVENT", amount=60_000_000)
    take("lose", lost, loss_reason="PRICE", lost_to=rival, price_gap=5_000_000)
    slow = deal(name="Thua vì chậm", amount=60_000_000, stage=stage_at(2).pk)
    take("add_competitor", slow, competitor=rival)
    take("lose", slow, loss_reason="SLOW")
    cancelled = deal(name="Hủy")
    take("cancel", cancelled, by="manager", cancel_reason="MISTAKE")
    return {"won": won, "lost": lost, "slow": slow, "open": deal(name="Đang làm", amount=1)}


def _table(found: Outcomes, name: str) -> Table:
    return next(each for each in found.tables if each.name == name)


def _told(table: Table) -> dict[str, tuple[int, int]]:
    return {str(line.label): (line.tally.won, line.tally.lost) for line in table.lines}


def test_counts_what_was_won_and_lost(ended: dict[str, int], cast: Cast, rival: int) -> None:
    found = outcomes(cast.actor("seller"), _YEAR)

    whole = found.whole
    assert (whole.won, whole.lost, whole.rate) == (1, 2, 33)
    assert (whole.won_sum, whole.lost_sum, whole.gap) == (3_000_000, 120_000_000, 5_000_000)
    assert _told(_table(found, "source")) == {"Giới thiệu": (1, 1), "Sự kiện, bán lưu động": (0, 1)}
    assert _told(_table(found, "loss_reason")) == {"Giá": (0, 1), "Mình phản hồi chậm": (0, 1)}
    assert _told(_table(found, "win_reason")) == {"Khảo sát, lắp đặt nhanh": (1, 0)}
    assert _told(_table(found, "size")) == {
        "dưới 10\u00a0triệu\u00a0₫": (1, 0),
        "50\u00a0triệu\u00a0₫ đến 200\u00a0triệu\u00a0₫": (0, 2),
    }
    assert list(_told(_table(found, "stage_id")).values()) == [(0, 1), (0, 1), (1, 0)]
    (against,) = _table(found, "rival").lines
    assert (against.rival, against.tally.won, against.tally.lost, against.lost_to) == (rival, 1, 2, 1)


def test_counts_what_stood_long_apart(ended: dict[str, int], cast: Cast) -> None:
    note_past({ended["slow"]: Past(now() - dt.timedelta(days=20))}, actor=system_actor("tests"))

    found = outcomes(cast.actor("seller"), _YEAR)

    assert stand(ended["slow"]).days_in_stage == 20
    assert _told(_table(found, "stood")) == {"0 đến 7 ngày": (1, 1), "15 đến 30 ngày": (0, 1)}


def test_every_number_opens_the_list_of_what_it_counts(
    ended: dict[str, int], client: Client, cast: Cast
) -> None:
    client.force_login(cast.user("seller"))
    page = client.get("/opportunities/outcomes").content.decode()

    found = _NUMBER.findall(page)

    assert len(found) > 15
    for url, number in found:
        listed = client.get(html.unescape(url))
        assert listed.status_code == 200, url
        names = set(re.findall(r'<tr id="row-(\d+)"', listed.content.decode()))
        assert len(names) == int(number), url


def test_narrows_to_period_unit_and_pipeline(ended: dict[str, int], cast: Cast) -> None:
    director = cast.actor("director")

    def of(**asked: int) -> int:
        return outcomes(director, Asked(_YEAR.since, _YEAR.until, **asked)).whole.decided

    pipeline = stand(ended["won"]).pipeline_id
    assert of() == of(unit=cast.unit("HP").pk) == of(pipeline=pipeline) == 3
    assert of(unit=cast.unit("HD").pk) == of(pipeline=pipeline + 1) == 0
    before = Asked(_YEAR.since, today() - dt.timedelta(days=1))
    assert outcomes(director, before).whole.decided == 0


def test_tells_nobody_of_deals_that_are_not_hers(ended: dict[str, int], client: Client, cast: Cast) -> None:
    assert outcomes(cast.actor("outsider"), _YEAR).whole.decided == 0
    client.force_login(cast.user("outsider"))
    assert "Không có cơ hội thắng hay thua" in client.get("/opportunities/outcomes").content.decode()
    client.force_login(cast.user("care_agent"))
    assert client.get("/opportunities/outcomes").status_code == 403


def test_leaves_out_what_a_role_may_not_see(ended: dict[str, int], client: Client, cast: Cast) -> None:
    hide("amount")
    client.force_login(cast.user("seller"))

    page = client.get("/opportunities/outcomes").content.decode()

    assert 'id="by-size"' not in page
    assert "60.000.000" not in page
    assert "120.000.000" not in page
    assert 'id="by-source"' in page


def test_says_what_is_wrong_and_keeps_what_was_typed(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    answer = client.get("/opportunities/outcomes", {"since": "31/02/2026", "until": "hôm nay"})
    assert answer.status_code == 422
    assert "31/02/2026" in answer.content.decode()

    answer = client.get("/opportunities/outcomes", {"since": "01/03/2026", "until": "01/02/2026"})
    assert answer.status_code == 422
    assert "Kỳ kết thúc trước khi bắt đầu" in answer.content.decode()


def test_asks_as_often_for_many_deals_as_for_few(
    ended: dict[str, int], deal: Make, take: Take, client: Client, cast: Cast
) -> None:
    client.force_login(cast.user("seller"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as told:
            assert client.get("/opportunities/outcomes").status_code == 200
        return len(told)

    asked()
    few = asked()
    for number in range(12):
        take("lose", deal(name=f"Thêm {number}", amount=number * 9_000_000), loss_reason="OTHER")
    assert asked() == few


def test_a_lost_deal_that_is_taken_up_again_is_lost_to_nobody(
    ended: dict[str, int], take: Take, rival: int
) -> None:
    assert stand(ended["lost"]).competitor_ids == [rival]
    assert stand(ended["lost"]).lost_to_id == rival

    take("reopen", ended["lost"], by="manager", close_note="Khách đổi ý")

    row = stand(ended["lost"])
    assert (row.lost_to_id, row.competitor_ids, row.days_in_stage) == (None, [rival], None)


def test_a_competitor_that_is_taken_off_is_met_no_more(
    deal: Make, take: Take, rival: int, cast: Cast
) -> None:
    made = deal()
    take("add_competitor", made, competitor=rival)
    entity = entity_named("opportunities")
    held = Opportunity.objects.get(pk=made)
    assert held.competitor_ids == [rival]

    take("remove_competitor", made, encounter=Encounter.objects.get().pk)
    assert stand(made).competitor_ids == []
    assert entity.rows(cast.actor("seller")).filter(competitor_ids=[]).count() == 1


_VALUES = st.one_of(st.none(), st.integers(0, 3_000_000_000))


@given(_VALUES, st.sampled_from([rules.SIZES, rules.STANDS]))
def test_a_value_lies_within_the_edges_of_its_band(value: int | None, bounds: tuple[int, ...]) -> None:
    band = rules.band_of(value, bounds)

    assert (band is None) == (value is None)
    if band is not None and value is not None:
        least, below = rules.edges(band, bounds)
        assert least is None or least <= value
        assert below is None or value < below


def test_the_page_of_a_competitor_tells_how_we_did_and_where_we_meet_it_now(
    ended: dict[str, int], take: Take, rival: int, client: Client, cast: Cast
) -> None:
    take("add_competitor", ended["open"], competitor=rival)
    client.force_login(cast.user("seller"))

    page = client.get(f"/competitors/{rival}?tab=deals").content.decode()

    assert all(word in page for word in ("33 %", "5\u00a0triệu\u00a0₫", "Mình phản hồi chậm", "Đang làm"))
    for url, number in _NUMBER.findall(page):
        listed = client.get(html.unescape(url)).content.decode()
        assert len(set(re.findall(r'<tr id="row-(\d+)"', listed))) == int(number), url
