"""How fast leads are spoken to: sums, the page of heads, and the rows behind each figure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel import clock
from duyen.modules.activities.actions import log
from duyen.modules.activities.words import ActivityKind
from duyen.modules.calling.speed import First, percentile, speed_of
from duyen.modules.calling.tests.conftest import MORNING, Make, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Browse = Callable[..., Client]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PAGE = "/leads/speed"


def test_percentiles_are_those_of_the_nearest_rank() -> None:
    values = [HOUR * number for number in range(1, 11)]

    assert (percentile(values, 0.5), percentile(values, 0.9)) == (5 * HOUR, 9 * HOUR)
    assert (percentile(values[:1], 0.9), percentile([], 0.5)) == (HOUR, None)


def test_who_was_not_spoken_to_counts_as_late_and_not_in_the_median() -> None:
    speed = speed_of([First(HOUR, in_time=True), First(3 * HOUR, in_time=False), First(None, in_time=False)])

    assert (speed.count, speed.came, speed.median, speed.in_time) == (3, 2, HOUR, 1)
    assert speed_of([]).share is None


def _speak(lead_id: int, cast: Cast) -> None:
    seller = cast.actor("seller")
    log(ActivityKind.CALL, "Gọi", actor=seller, about=[("leads", lead_id)], result="Khách muốn xem báo giá")
    perform(entity_named("leads"), "contact", lead_id, actor=seller, arguments={})


def _figures(client: Client) -> list[tuple[str, str]]:
    """Give the figures of the page with where they lead."""
    answer = client.get(PAGE)
    assert answer.status_code == 200
    found = re.findall(r'<a class="link" href="(/leads\?[^"]+)">(\d+)</a>', answer.content.decode())
    return [(unescape(url), count) for url, count in found]


def test_each_figure_opens_its_rows(lead: Make, browse: Browse) -> None:
    names = ("Khách trễ", "Khách gấp", "Khách thong thả")
    lead(name=names[0], temperature="HOT")
    with clock.stopped(MORNING + HOUR):
        due = stand(lead(name=names[1], temperature="HOT", phones=["0912 345 678"])).first_due_at
    lead(name=names[2], temperature="COLD", phones=["0912 345 679"])

    assert due is not None
    with clock.stopped(due - HOUR / 2):
        client = browse("manager")
        figures = _figures(client)[:3]
        assert [count for _url, count in figures] == ["1", "1", "1"]
        for (url, _count), name in zip(figures, names, strict=True):
            rows = client.get(url).content.decode()
            assert [each for each in names if each in rows] == [name]


def test_tells_how_long_first_contacts_took_in_working_time(lead: Make, browse: Browse, cast: Cast) -> None:
    soon, late = lead(temperature="HOT"), lead(temperature="HOT", phones=["0912 345 678"], source="WEB")
    with clock.stopped(MORNING + HOUR):
        _speak(soon, cast)
    with clock.stopped(MORNING + DAY):
        _speak(late, cast)

    with clock.stopped(MORNING + DAY + HOUR):
        client = browse("manager")
        page = client.get(PAGE).content.decode()
        web = next(url for url, _count in _figures(client) if "source.eq=WEB" in url)
        rows = client.get(web).content.decode()
    assert f"/leads/{late}" in rows
    assert f"/leads/{soon}" not in rows

    assert "1 giờ 0 phút" in page
    assert "8 giờ 0 phút" in page
    assert re.search(r"Nguyễn Hồng Hạnh.*?<td class=\"num\">50%</td>", page, re.S)


def test_heads_see_their_leads_and_others_have_no_such_page(lead: Make, browse: Browse) -> None:
    lead(temperature="HOT")

    with clock.stopped(MORNING + DAY):
        assert _figures(browse("manager"))
        assert "Nguyễn Hồng Hạnh" in browse("director").get(PAGE).content.decode()
    for who in ("seller", "outsider", "care_agent", "admin"):
        assert browse(who).get(PAGE).status_code == 403


def test_reads_the_board_by_as_many_queries_for_three_and_for_thirty(lead: Make, browse: Browse) -> None:
    client = browse("manager")

    def count() -> int:
        with CaptureQueriesContext(connection) as told, clock.stopped(MORNING + 4 * DAY):
            assert client.get(PAGE).status_code == 200
        return len(told)

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            lead(name=f"Khách {number}", phones=[f"0912 345 6{number:02}"])

    more(0, 3)
    count()
    few = count()
    more(3, 30)
    assert count() == few
