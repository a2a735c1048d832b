"""Deals by closing date: the calendar of a month, what a move to another day does, the table by month."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.dated.reading import MonthHeld, Sum, days_held, months_held, within_days
from duyen.entities.paging import View, page
from duyen.entities.registry import entity_named
from duyen.entities.totals import totals
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import today
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.opportunities.tests.conftest import Make, Take, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Client]
CALENDAR, MONTHS = "/opportunities?view=calendar", "/opportunities?view=months"
MARCH = dt.date(2027, 3, 1)
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{CALENDAR}&when=2027-03"}


@pytest.fixture
def browser_of(cast: Cast) -> BrowserOf:
    """Give the browser of somebody of the cast who is signed in."""

    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_in


def text(answer: Any) -> str:
    return str(answer.content.decode())


def words(shown: str) -> str:
    """Give what stands on a page for its reader."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.unescape(shown)))


def days_in(shown: str) -> dict[str, str]:
    """Give the cells of a calendar by their day."""
    cells = re.findall(r'<section class="cal-cell[^"]*" data-day="([\d-]+)"(.*?)</section>', shown, re.DOTALL)
    return dict(cells)


def rows_in(shown: str) -> dict[str, str]:
    """Give the rows of the table by month."""
    return dict(re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', shown, re.DOTALL))


def links_in(cell: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]+)"', cell)]


def ids_in(shown: str) -> set[int]:
    return {int(each) for each in re.findall(r'id="row-(\d+)"', shown)}


def move(client: Client, record: int, day: dt.date, **more: Any) -> Any:
    """Bring a deal to another day, as a drag does."""
    sent = {"day": day.isoformat(), "version": stand(record).version, **more}
    return client.post(f"/opportunities/calendar/{record}/move", sent, headers=HTMX)


def as_it_is(record: int) -> tuple[Any, int]:
    """Give the row and the length of the trail, to prove that a refusal changed neither."""
    return Opportunity.objects.filter(pk=record).values().get(), History.objects.count()


def limit(field: str, level: str) -> None:
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field=field, level=level)


# --- the calendar -----------------------------------------------------------------------------------------


def test_shows_the_month_with_what_closes_on_each_day(deal: Make, browser_of: BrowserOf) -> None:
    third = dt.date(2027, 3, 3)
    for number in range(5):
        deal(name=f"Cáp quang {number}", expected_close=third, amount=100_000_000 * (number + 1))
    deal(name="Kênh thuê riêng", expected_close=dt.date(2027, 3, 5), amount=40_000_000)
    deal(name="Tháng sau", expected_close=dt.date(2027, 4, 20))
    client = browser_of("seller")

    shown = text(client.get(f"{CALENDAR}&when=2027-03"))

    cells = days_in(shown)
    assert (len(cells), "Tháng sau" in shown) == (35, False)
    assert re.findall(r"<b>(Cáp quang \d)</b>", cells["2027-03-03"]) == [
        "Cáp quang 4", "Cáp quang 3", "Cáp quang 2",
    ]  # fmt: skip
    assert "thêm 2" in words(cells["2027-03-03"]).lower() or "2 nữa" in words(cells["2027-03-03"])
    assert "1,5\u00a0tỷ" in html.unescape(cells["2027-03-03"])
    week = re.findall(r'<p class="cal-sum">(.*?)</p>', shown, re.DOTALL)
    assert [words(each).split()[2] for each in week] == ["6"]
    assert "1,54\u00a0tỷ" in html.unescape(week[0])
    whole = next(each for each in links_in(cells["2027-03-03"]) if "expected_close" in each)
    assert len(ids_in(text(client.get(whole)))) == 5


def test_keeps_the_filter_from_month_to_month_and_from_shape_to_shape(
    deal: Make, browser_of: BrowserOf
) -> None:
    deal(name="Nhỏ", expected_close=MARCH, amount=5)
    deal(name="Lớn", expected_close=MARCH, amount=50)

    shown = text(browser_of("seller").get(f"{CALENDAR}&when=2027-03&amount.gt=10"))

    assert ("Nhỏ" in shown, "Lớn" in shown) == (False, True)
    links = [each for each in links_in(shown) if each.startswith("/opportunities?")]
    for asked in ("when=2027-02", "when=2027-04", "view=board", "view=months"):
        assert any(asked in each and "amount.gt=10" in each for each in links)


def test_leaves_the_usual_month_for_an_address_that_says_none(browser_of: BrowserOf) -> None:
    for wrong in ("", "2027-13", "x" * 300, "0001-01", "9999-12"):
        answer = browser_of("seller").get(f"{CALENDAR}&when={wrong}")
        assert answer.status_code == 200
        assert len(days_in(text(answer))) in (28, 35, 42)


def test_moves_a_deal_to_another_day_with_a_way_back(deal: Make, browser_of: BrowserOf) -> None:
    made, client = deal(expected_close=MARCH), browser_of("seller")

    answer = move(client, made, dt.date(2027, 3, 9))

    assert stand(made).expected_close == dt.date(2027, 3, 9)
    assert answer["HX-Retarget"] == "#calendar"
    assert f"calendar/{made}/move" in days_in(text(answer))["2027-03-09"]
    undo = re.search(r'"undo": "([^"]+)"', answer["HX-Trigger"])
    assert undo is not None
    client.post(undo[1], headers=HTMX)
    assert stand(made).expected_close == MARCH


def test_moves_a_deal_by_keys(deal: Make, browser_of: BrowserOf) -> None:
    made = deal(expected_close=MARCH)

    move(browser_of("seller"), made, MARCH, shift=2 * 1440)

    assert stand(made).expected_close == dt.date(2027, 3, 3)


def test_moves_a_deal_without_a_script(deal: Make, browser_of: BrowserOf) -> None:
    made, client = deal(expected_close=MARCH), browser_of("seller")
    address, back = f"/opportunities/calendar/{made}/move", f"{CALENDAR}&when=2027-03"
    before = as_it_is(made)

    shown = text(client.get(address))
    sent = {"expected_close": "32/13/2027", "version": stand(made).version, "back": back}
    refused = client.post(address, sent)

    assert "01/03/2027" in shown
    assert refused.status_code == 422
    assert "32/13/2027" in text(refused)
    assert as_it_is(made) == before
    moved = client.post(address, {**sent, "expected_close": "15/03/2027"})
    assert (moved.status_code, moved["Location"]) == (302, back)
    assert stand(made).expected_close == dt.date(2027, 3, 15)


def test_tells_the_second_of_two_where_the_first_put_the_deal(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    made = deal(expected_close=MARCH)
    seen, manager = stand(made).version, cast.actor("manager")
    standard.change(
        entity_named("opportunities"),
        made,
        actor=manager,
        values={"expected_close": "2027-03-20"},
        version=seen,
    )
    before = as_it_is(made)

    answer = move(browser_of("seller"), made, dt.date(2027, 3, 9), version=seen)

    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#dlg")
    told = words(text(answer))
    assert cast.user("manager").full_name in told
    assert "20/03/2027" in told
    assert "09/03/2027" in told
    assert as_it_is(made) == before


@pytest.mark.parametrize("who", ["outsider", "care_agent"])
def test_moves_no_deal_for_whoever_may_not_change_it(deal: Make, browser_of: BrowserOf, who: str) -> None:
    made = deal(expected_close=MARCH)
    before = as_it_is(made)
    client = browser_of(who)

    answer = move(client, made, dt.date(2027, 3, 9))

    assert answer.status_code in (403, 404)
    assert "data-drag" not in text(client.get(f"{CALENDAR}&when=2027-03"))
    assert as_it_is(made) == before


def test_moves_no_deal_for_whoever_may_only_read_the_day(deal: Make, browser_of: BrowserOf) -> None:
    made = deal(expected_close=MARCH)
    limit("expected_close", "read")
    before, client = as_it_is(made), browser_of("seller")

    shown = text(client.get(f"{CALENDAR}&when=2027-03"))

    assert "Mạng cho kho lạnh" in shown
    assert "data-drag" not in shown
    assert "day-form" not in text(client.get(f"/opportunities/calendar/{made}/move"))
    assert move(client, made, dt.date(2027, 3, 9)).status_code == 403
    assert as_it_is(made) == before


def test_gives_no_calendar_and_no_months_to_whoever_may_not_see_the_day(
    deal: Make, browser_of: BrowserOf
) -> None:
    made = deal(expected_close=MARCH)
    limit("expected_close", "hidden")
    client = browser_of("seller")

    for address in (f"{CALENDAR}&when=2027-03", f"{MONTHS}&when=2027"):
        shown = text(client.get(address))
        assert "cal-month" not in shown
        assert "03/2027" not in words(shown)
    assert move(client, made, dt.date(2027, 3, 9)).status_code == 404


def test_tells_no_sum_of_an_amount_that_is_hidden(deal: Make, browser_of: BrowserOf) -> None:
    deal(expected_close=MARCH, amount=123_000_000)
    deal(expected_close=MARCH, amount=123_000_000)
    limit("amount", "hidden")
    client = browser_of("seller")

    shown = text(client.get(f"{CALENDAR}&when=2027-03")) + text(client.get(f"{MONTHS}&when=2027"))

    assert "Mạng cho kho lạnh" in shown
    for sum_ in ("123", "246", "24,6", "12,3"):
        assert sum_ not in words(shown)


def test_costs_as_many_queries_for_many_deals_as_for_few(deal: Make, browser_of: BrowserOf) -> None:
    client = browser_of("seller")
    addresses = (
        f"{CALENDAR}&when=2027-03",
        f"{MONTHS}&when=2027&split=stage",
        f"{MONTHS}&when=2027&split=owner",
    )
    deal(expected_close=MARCH)
    few = []
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        few.append(len(asked))
    for number in range(93):
        deal(
            name=f"Internet doanh nghiệp SLA – Công ty TNHH Kho vận {number}",
            stage=stage_at(number % 6 + 1).pk,
            expected_close=MARCH + dt.timedelta(days=number % 31),
            amount=1_234_567_890,
        )

    for address, expected in zip(addresses, few, strict=True):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        assert (len(asked), len(answer.content) < 60_000) == (expected, True), len(answer.content)


# --- the table by month -----------------------------------------------------------------------------------


def test_shows_a_year_by_month_with_what_was_won_and_lost(
    deal: Make, take: Take, browser_of: BrowserOf
) -> None:
    lost = deal(expected_close=MARCH, amount=100_000_000)
    open_ = deal(expected_close=dt.date(2027, 3, 31), amount=30_000_001, probability=50)
    deal(expected_close=dt.date(2028, 1, 1), amount=7)
    take("lose", lost, loss_reason="NO_NEED")
    client = browser_of("seller")

    rows = rows_in(text(client.get(f"{MONTHS}&when=2027")))

    assert len(rows) == 13
    march, whole = words(rows["03/2027"]), words(list(rows.values())[-1])
    for each in (march, whole):
        assert "130.000.001" in each
        assert "100.000.000" in each
    all_url, lost_url = links_in(rows["03/2027"])
    assert ids_in(text(client.get(all_url))) == {lost, open_}
    assert ids_in(text(client.get(lost_url))) == {lost}
    assert "—" in words(rows["04/2027"])


def test_leads_from_every_number_to_exactly_those_deals(deal: Make, browser_of: BrowserOf) -> None:
    for place in (1, 1, 2, 4):
        deal(expected_close=MARCH, stage=stage_at(place).pk, amount=10_000_000)
    client = browser_of("seller")

    for split in ("stage", "owner"):
        rows = rows_in(text(client.get(f"{MONTHS}&when=2027&split={split}&amount.gt=5")))
        cells = re.findall(r'<a class="link" href="([^"]+)">(\d+)</a>', rows["03/2027"])
        assert [number for _url, number in cells] == (
            ["4", "2", "1", "1"] if split == "stage" else ["4", "4"]
        )
        for url, number in cells:
            assert len(ids_in(text(client.get(html.unescape(url))))) == int(number)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(
            st.dates(dt.date(2026, 11, 1), dt.date(2028, 2, 1)),
            st.none() | st.integers(0, 3 * 10**9),
            st.integers(0, 100),
            st.integers(1, 6),
        ),
        max_size=7,
    ),
    least=st.none() | st.integers(0, 10**9),
    split=st.sampled_from(["", "stage", "owner"]),
    who=st.sampled_from(["seller", "manager", "outsider"]),
)
def test_adds_up_to_the_dong_what_the_list_does(
    cast: Cast,
    deal: Make,
    made: list[tuple[dt.date, int | None, int, int]],
    least: int | None,
    split: str,
    who: str,
) -> None:
    deals, actor = entity_named("opportunities"), cast.actor(who)
    parts = [["amount", "gte", least]] if least is not None else []
    view = View(filter={"and": parts} if parts else None)
    first, last = dt.date(2027, 1, 1), dt.date(2027, 12, 31)
    calendar, months = deals.calendar, deals.months
    assert calendar is not None
    assert months is not None
    with transaction.atomic():
        for day, amount, probability, place in made:
            deal(expected_close=day, amount=amount, probability=probability, stage=stage_at(place).pk)
        by_month = months_held(deals, months, actor=actor, view=view, year=2027, split=split)
        by_day = days_held(deals, calendar, actor=actor, view=view, first=first, last=last, most=2)
        inside = within_days(view, "expected_close", first, last)
        fields = [deals.field("amount"), deals.field("weighted")]
        listed = totals(deals, actor=actor, view=inside, fields=fields)
        rows = page(deals, deals.listing("all"), actor=actor, view=inside).rows
        transaction.set_rollback(True)

    whole = sum(by_month[1:], by_month[0])
    assert whole.held == _of(rows)
    assert whole.held.number == listed.number
    assert (whole.held.total or 0) == int(listed.by_field["amount"] or 0)
    assert (whole.held.weighed or 0) == int(listed.by_field["weighted"] or 0)
    for month in by_month:
        own = [row for row in rows if row["expected_close"].replace(day=1) == month.first]
        assert month.held == _of(own)
        _agrees(month, split)
    assert {day: each.held.number for day, each in by_day.items()} == {
        day: sum(row["expected_close"] == day for row in rows)
        for day in {row["expected_close"] for row in rows}
    }
    assert sum(each.held.total or 0 for each in by_day.values()) == (whole.held.total or 0)
    assert all(len(each.rows) == min(2, each.held.number) for each in by_day.values())


def _of(rows: Any) -> Sum:
    return (
        Sum(len(rows), sum(row["amount"] or 0 for row in rows), sum(row["weighted"] or 0 for row in rows))
        if rows
        else Sum()
    )


def _agrees(month: MonthHeld, split: str) -> None:
    """The parts of a month come to the month."""
    if split:
        assert sum(month.parts.values(), Sum()) == month.held
    assert month.outcomes.keys() <= {0, 1}


def test_stands_for_this_month_and_year(browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    assert today().isoformat() in days_in(text(client.get(CALENDAR)))
    assert f"{today():%m/%Y}" in rows_in(text(client.get(MONTHS)))
