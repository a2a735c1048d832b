"""The start page: who sees which tiles, at which cost, in which order."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.home.declared import Tile, contribute_tiles
from duyen.entities.home.declared import _tiles as book
from duyen.entities.models import HomeArrangement
from duyen.foundation.audit.models import History
from duyen.kernel import clock
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
Make = Callable[..., Any]


def text(response: Any) -> str:
    return str(response.content.decode())


def tiles(page: str) -> set[str]:
    return set(re.findall(r'data-tile="([^"]+)"', page))


def test_says_the_day_by_both_calendars(browser_of: BrowserOf) -> None:
    page = text(browser_of("seller").get("/"))

    assert "Thứ Hai, 23/11/2026 · 15/10 âm lịch · Tuần 48" in page
    assert "Cửa hàng Hồng Bàng" in page


@pytest.mark.parametrize(
    ("who", "has", "lacks"),
    [
        ("seller", "parties.birthdays suggestions recent", "parties.by_person administration.health"),
        ("teller", "parties.to_complete suggestions", "parties.by_person parties.by_kind"),
        ("manager", "parties.by_person parties.new_by_week alerts", "parties.by_kind suggestions"),
        ("director", "parties.by_kind parties.by_area parties.new_and_lost", "parties.by_person"),
        ("admin", "administration.health administration.people", "parties.newest parties.by_kind alerts"),
    ],
)
def test_each_role_sees_the_tiles_that_its_rights_open(
    browser_of: BrowserOf, who: str, has: str, lacks: str
) -> None:
    found = tiles(text(browser_of(who).get("/")))

    assert set(has.split()) <= found
    assert not set(lacks.split()) & found


@pytest.mark.parametrize("who", ["seller", "teller", "manager", "director", "care_agent", "admin"])
def test_every_tile_that_the_page_names_answers_within_its_page_and_alone(
    browser_of: BrowserOf, make_customers: Make, who: str
) -> None:
    make_customers(12)
    client = browser_of(who)
    for whose in ("mine", "team"):
        page = text(client.get(f"/?whose={whose}"))
        for url in re.findall(r'hx-get="(/home/[^"]+)"', page):
            part = client.get(url.replace("&amp;", "&"), headers=HTMX)
            whole = client.get(url.replace("&amp;", "&"))

            assert part.status_code == 200, url
            assert "<html" not in text(part), url
            assert "<h1>" in text(whole), url


def test_a_team_stands_behind_a_switch_that_the_address_keeps(browser_of: BrowserOf) -> None:
    client = browser_of("manager")

    bare, mine, team = (text(client.get(url)) for url in ("/", "/?whose=mine", "/?whose=team"))

    assert tiles(bare) == tiles(team) != tiles(mine)
    assert 'href="/?whose=mine"' in bare
    assert "parties.birthdays" in tiles(mine)


def test_a_seller_has_no_team_to_switch_to(browser_of: BrowserOf) -> None:
    page = text(browser_of("seller").get("/?whose=team"))

    assert 'href="/?whose=team"' not in page
    assert "parties.birthdays" in tiles(page)


@pytest.mark.parametrize("who", ["seller", "manager", "director", "admin"])
def test_costs_the_same_for_three_customers_and_for_fifty(
    browser_of: BrowserOf, make_customers: Make, who: str
) -> None:
    client = browser_of(who)

    def cost() -> dict[str, int]:
        page = text(client.get("/"))
        found = {}
        for url in ["/", *re.findall(r'hx-get="(/home/[^"]+)"', page)]:
            with CaptureQueriesContext(connection) as told:
                client.get(url.replace("&amp;", "&"), headers=HTMX if url != "/" else {})
            found[url] = len(told)
        return found

    make_customers(3)
    cost()  # what the process keeps is asked for once
    few = cost()
    make_customers(47)

    assert cost() == few
    assert few["/"] <= 25


def test_shows_ones_own_newest_and_of_a_team_everybodys(browser_of: BrowserOf, make_customer: Make) -> None:
    make_customer("seller", name="Công ty CP Hồng Bàng")
    make_customer("colleague", name="Công ty CP An Dương")
    make_customer("outsider", name="Công ty CP Tứ Minh")

    own = text(browser_of("seller").get("/home/tiles/parties.newest?whose=mine"))
    team = text(browser_of("manager").get("/home/tiles/parties.newest?whose=team"))

    assert "Hồng Bàng" in own
    assert "An Dương" not in own
    assert "Hồng Bàng" in team
    assert "An Dương" in team
    assert "Tứ Minh" not in own + team


def test_birthdays_are_those_of_the_next_days(browser_of: BrowserOf, make_customer: Make) -> None:
    for name, born in (
        ("Ngô Văn Nay", "1981-11-23"),
        ("Ngô Thị Mai", "1990-11-25"),
        ("Ngô Xa", "1990-12-25"),
    ):
        make_customer(name=name, kind="INDIVIDUAL", born_on=born)

    page = text(browser_of("seller").get("/home/tiles/parties.birthdays?whose=mine"))

    assert "Sinh nhật 23/11/2026 (hôm nay), tròn 45 tuổi" in page
    assert "Sinh nhật 25/11/2026 (còn 2 ngày), tròn 36 tuổi" in page
    assert page.index("Ngô Văn Nay") < page.index("Ngô Thị Mai")
    assert "Ngô Xa" not in page


def test_whoever_was_born_on_29_february_has_a_birthday_each_year(
    browser_of: BrowserOf, make_customer: Make
) -> None:
    make_customer(name="Ngô Nhuận", kind="INDIVIDUAL", born_on="2000-02-29")

    with clock.stopped(dt.datetime(2027, 2, 27, 8, tzinfo=clock.ZONE)):
        page = text(browser_of("seller").get("/home/tiles/parties.birthdays?whose=mine"))

    assert "Sinh nhật 28/02/2027 (ngày mai), tròn 27 tuổi" in page


def test_a_tile_that_fails_takes_no_other_with_it(
    browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_look: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setitem(
        book, "test.broken", Tile("test.broken", "Hỏng", "bug", "home/lines.html", broken, is_heavy=False)
    )

    page = browser_of("seller").get("/")

    assert page.status_code == 200
    assert {"test.broken", "suggestions"} <= tiles(text(page))


@pytest.mark.parametrize("name", ["parties.by_person", "administration.health", "castle"])
def test_a_tile_of_others_does_not_exist(browser_of: BrowserOf, name: str) -> None:
    client = browser_of("seller")

    assert client.get(f"/home/tiles/{name}?whose=team").status_code == 404
    assert client.get(f"/home/tiles/{name}/menu").status_code == 404


def test_a_tile_is_moved_put_away_and_shown_again(browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    def order() -> list[str]:
        return re.findall(r'data-tile="([^"]+)"', text(client.get("/")))

    before = order()
    client.post("/home/arrange", {"tile": before[1], "move": "up", "whose": "mine"})
    moved = order()
    client.post("/home/arrange", {"tile": before[0], "move": "hide", "whose": "mine"})
    without = order()
    client.post("/home/arrange", {"tile": before[0], "move": "show"})
    shown = order()
    client.post("/home/arrange", {"reset": "1"})

    assert moved[:2] == [before[1], before[0]]
    assert before[0] not in without
    assert before[0] in shown
    assert order() == before


def test_a_drop_keeps_what_stands_on_the_other_side_of_the_switch(browser_of: BrowserOf, cast: Cast) -> None:
    client = browser_of("manager")
    page = text(client.get("/?whose=team"))
    names = re.findall(r'data-tile="([^"]+)"', page)

    answer = client.post("/home/arrange", {"wide": " ".join(names[::-1]), "narrow": ""})
    kept = HomeArrangement.objects.get(user=cast.users["manager"]).tiles

    assert answer.status_code == 204
    assert kept["wide"][: len(names)] == names[::-1]
    assert "parties.birthdays" in (*kept["wide"], *kept["narrow"])
    assert tiles(text(client.get("/?whose=team"))) == set(names)


def test_an_administrator_arranges_the_page_of_a_role(browser_of: BrowserOf) -> None:
    admin, seller, teller = (browser_of(who) for who in ("admin", "seller", "teller"))

    admin.post("/home/arrange", {"role": "SALES_REP", "tile": "parties.newest", "move": "hide"})

    assert "parties.newest" not in tiles(text(seller.get("/")))
    assert "parties.newest" in tiles(text(teller.get("/")))
    assert "Trang Hôm nay của vai trò" in text(admin.get("/home/arrange?role=SALES_REP"))


def test_nobody_else_arranges_the_page_of_a_role(browser_of: BrowserOf) -> None:
    before = History.objects.count()

    answer = browser_of("director").post(
        "/home/arrange", {"role": "SALES_REP", "tile": "parties.newest", "move": "hide"}
    )

    assert answer.status_code == 403
    assert not HomeArrangement.objects.exists()
    assert History.objects.count() == before


@pytest.mark.parametrize("sent", [{"tile": "castle", "move": "up"}, {"tile": "recent", "move": "fly"}, {}])
def test_a_strange_move_changes_nothing(browser_of: BrowserOf, sent: dict[str, str]) -> None:
    assert browser_of("seller").post("/home/arrange", sent).status_code == 404
    assert not HomeArrangement.objects.exists()


def test_a_name_is_contributed_once() -> None:
    tile: Sequence[Tile] = [book["recent"]]

    with pytest.raises(ValueError, match="recent"):
        contribute_tiles(*tile)
