"""Time in stages, in reports and on the pages of deals: averages, medians, who went on, for whom."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from duyen.kernel.clock import stopped
from duyen.modules.opportunities.tests.conftest import (
    BrowserOf,
    Make,
    Take,
    hide,
    no_conditions,
    stage_at,
)
from duyen.modules.opportunities.tests.reporting import lines_in, text, words
from duyen.modules.opportunities.tests.test_stays import _on
from duyen.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_paper")]


@pytest.fixture
def stood(cast: Cast, deal: Make, take: Take) -> list[int]:
    """Deals that stood for 1, 3 and 11 days in the first stage, where the last was lost; one stands there."""
    no_conditions(cast)
    with stopped(_on(0)):
        made = [deal(name=f"Cơ hội {number}") for number in range(4)]
    for deal_id, day in zip(made, (1, 3), strict=False):
        with stopped(_on(day)):
            take("advance", deal_id)
    with stopped(_on(11)):
        take("lose", made[2], loss_reason="PRICE")
    with stopped(_on(13)):
        take("lose", made[0], loss_reason="PRICE")
    return made


def test_tells_how_long_deals_stand_and_how_many_go_on(stood: list[int], browser_of: BrowserOf) -> None:
    shown = lines_in(text(browser_of("seller").get("/reports/stage_durations?period=all")))

    first, second = stage_at(1).name, stage_at(2).name
    assert list(shown)[1:-1] == [first, second]
    assert shown[first] == ["4", "4", "5,0", "3,0", "9,4", "—", "6,0", "3", "2", "66,7%"]
    assert shown[second] == ["2", "2", "12,0", "12,0", "12,0", "—", "12,0", "1", "0", "0%"]
    assert shown["Tổng"][:3] == ["4", "6", "6,8"]


def test_counts_a_deal_once_however_often_it_stood_there(
    stood: list[int], take: Take, browser_of: BrowserOf
) -> None:
    with stopped(_on(14)):
        take("step_back", stood[1], by="manager", stage=stage_at(1).pk, note="Khách đổi ý")
    with stopped(_on(15)):
        take("advance", stood[1])

    shown = lines_in(text(browser_of("seller").get("/reports/stage_durations?period=all")))

    assert [shown[stage_at(place).name][:2] for place in (1, 2)] == [["4", "5"], ["2", "3"]]
    assert shown["Tổng"][:2] == ["4", "8"]


def test_stands_beside_what_is_under_way_by_stage(stood: list[int], browser_of: BrowserOf) -> None:
    shown = lines_in(text(browser_of("seller").get("/reports/opportunities_by_stage")))

    assert [shown[stage_at(place).name][-1] for place in (1, 2)] == ["66,7%", "0%"]
    assert shown["Tổng"][-1] == "50%"


def test_only_whoever_may_see_a_deal_counts_its_time(stood: list[int], browser_of: BrowserOf) -> None:
    shown = text(browser_of("outsider").get("/reports/stage_durations?period=all"))

    assert "Không có cơ hội" in words(shown) or lines_in(shown).get("Tổng", ["0"])[0] == "0"
    assert stage_at(1).name not in lines_in(shown)
    hide("stage_since")
    client = browser_of("seller")
    assert client.get("/reports/stage_durations").status_code == 404
    assert lines_in(text(client.get("/reports/opportunities_by_stage")))[stage_at(1).name][-1] != "66,7%"


def test_the_page_of_a_deal_tells_its_way(stood: list[int], client: Client, cast: Cast) -> None:
    with stopped(_on(20)):
        client.force_login(cast.user("seller"))
        page = client.get(f"/opportunities/{stood[1]}").content.decode()

    assert f"{stage_at(1).name} · 3 ngày" in page
    assert f"{stage_at(2).name} · 17 ngày" in page
    told = re.search(r'<ol[^>]*aria-label="Thời gian ở từng giai đoạn">(.*?)</ol>', page, flags=re.DOTALL)
    assert told is not None
    assert re.findall(r"(\d+) ngày", words(told[1])) == ["3", "17"]
    hide("stage_since")
    client.force_login(cast.user("seller"))
    assert "Thời gian ở từng giai đoạn" not in client.get(f"/opportunities/{stood[1]}").content.decode()


def test_won_and_lost_tells_how_long_each_took(stood: list[int], client: Client, cast: Cast) -> None:
    with stopped(_on(20)):
        client.force_login(cast.user("seller"))
        page = client.get("/opportunities/outcomes").content.decode()

    table = page.partition('id="by-stay"')[2].partition("</section>")[0]
    found = lines_in(table.replace(' class="name"', ""))
    assert found == {stage_at(1).name: ["0", "—", "2", "6,0"], stage_at(2).name: ["0", "—", "1", "12,0"]}


def test_won_and_lost_adds_up_the_days_of_a_deal_that_came_back(
    stood: list[int], take: Take, client: Client, cast: Cast
) -> None:
    with stopped(_on(14)):
        take("step_back", stood[1], by="manager", stage=stage_at(1).pk, note="Khách đổi ý")
    with stopped(_on(20)):
        take("lose", stood[1], loss_reason="PRICE")
        client.force_login(cast.user("seller"))
        page = client.get("/opportunities/outcomes").content.decode()

    table = page.partition('id="by-stay"')[2].partition("</section>")[0]
    found = lines_in(table.replace(' class="name"', ""))
    # 1, 3 and 6, and 11 days in the first stage; 12 and 11 in the second.
    assert found == {stage_at(1).name: ["0", "—", "3", "9,0"], stage_at(2).name: ["0", "—", "2", "11,5"]}
