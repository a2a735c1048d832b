"""Activities that recur by the lunar calendar: their days, what is missing, what other calendars are told."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.errors import InvalidValues
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.kernel.icalendars import read_calendar
from duyen.kernel.lunar import LunarDay, to_lunar, to_solar
from duyen.modules.activities.actions import feeds
from duyen.modules.activities.models import Activity, Series
from duyen.modules.activities.recurrence import NeverFallsByTheMoon, RuleRefused, read_rule
from duyen.modules.activities.repeating import in_words, lunar_note
from duyen.modules.activities.tests.conftest import Make, Take
from duyen.testing.cast import Cast

MOON = "RSCALE=VIETNAMESE;"


def at(year: int, month: int, day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=ZONE).astimezone(dt.UTC)


def days(rule: str, start: dt.datetime, count: int) -> list[str]:
    found = read_rule(MOON + rule, start).between(start - dt.timedelta(hours=1), at(2099, 1, 1))
    return [f"{each.astimezone(ZONE):%d/%m/%Y}" for each in islice(found, count)]


def test_tet_comes_on_its_day_each_year() -> None:
    assert days("FREQ=YEARLY", at(2026, 2, 17), 4) == ["17/02/2026", "06/02/2027", "26/01/2028", "13/02/2029"]


def test_every_full_moon_falls_in_leap_months_too() -> None:
    """2025 has a second sixth month."""
    found = days("FREQ=MONTHLY;BYMONTHDAY=15", at(2025, 6, 10), 4)
    assert found == ["10/06/2025", "09/07/2025", "08/08/2025", "06/09/2025"]


def test_a_month_itself_does_not_fall_again_in_its_leap_month() -> None:
    assert days("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=10", at(2024, 7, 15), 2) == ["15/07/2024", "04/07/2025"]


@pytest.mark.parametrize(
    ("rule", "later"),
    [
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30;SKIP=BACKWARD", "16/02/2026"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30;SKIP=OMIT", "30/01/2033"),
    ],
)
def test_the_last_night_of_the_year_is_the_29th_where_the_month_is_short(rule: str, later: str) -> None:
    """From 2025 to 2031 the twelfth month has 29 days each year."""
    assert days(rule, at(2025, 1, 28), 2) == ["28/01/2025", later]


def test_what_belongs_to_a_leap_month_is_kept_in_the_month_itself() -> None:
    start = at(2025, 7, 29)
    assert to_lunar(dt.date(2025, 7, 29)) == LunarDay(2025, 6, True, 5)
    following = to_solar(LunarDay(2026, 6, False, 5))
    assert days("FREQ=YEARLY;SKIP=BACKWARD", start, 2)[1] == f"{following:%d/%m/%Y}"
    later = dt.datetime.strptime(days("FREQ=YEARLY;SKIP=OMIT", start, 2)[1], "%d/%m/%Y").date()  # noqa: DTZ007
    assert to_lunar(later).is_leap
    assert to_lunar(later).month == 6


@given(
    start=st.dates(dt.date(1950, 1, 1), dt.date(2060, 12, 31)),
    every=st.sampled_from(["YEARLY", "MONTHLY"]),
    interval=st.integers(1, 5),
    count=st.integers(1, 30),
    skip=st.sampled_from(["OMIT", "BACKWARD"]),
)
def test_falls_later_each_time_on_the_day_that_it_names(
    start: dt.date, every: str, interval: int, count: int, skip: str
) -> None:
    first = at(start.year, start.month, start.day)
    text = f"{MOON}FREQ={every};INTERVAL={interval};COUNT={count};SKIP={skip}"
    try:
        rule = read_rule(text, first)
    except NeverFallsByTheMoon:
        assert skip == "OMIT"
        return
    found = list(rule.between(first - dt.timedelta(hours=1), at(2099, 1, 1)))
    assert len(found) <= count
    assert found[0] == first
    assert all(one < other for one, other in pairwise(found))
    wanted = to_lunar(start)
    for each in found[1:]:
        lunar = to_lunar(each.astimezone(ZONE).date())
        assert lunar.day == wanted.day or (skip == "BACKWARD" and (lunar.day, wanted.day) == (29, 30))
        assert every == "MONTHLY" or lunar.month == wanted.month
    assert read_rule(rule.text, first) == rule


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("FREQ=YEARLY;BYMONTH=1L;BYMONTHDAY=5;SKIP=OMIT", NeverFallsByTheMoon),
        ("FREQ=YEARLY;BYMONTHDAY=31", RuleRefused),
        ("FREQ=YEARLY;BYMONTH=13", RuleRefused),
        ("FREQ=MONTHLY;BYMONTH=3", RuleRefused),
        ("FREQ=WEEKLY", RuleRefused),
        ("FREQ=DAILY;BYDAY=MO", RuleRefused),
        ("FREQ=YEARLY;SKIP=FORWARD", RuleRefused),
        ("FREQ=YEARLY;COUNT=1000000", RuleRefused),
    ],
)
def test_refuses_a_rule_that_the_moon_does_not_know(rule: str, error: type[RuleRefused]) -> None:
    with pytest.raises(error):
        read_rule(MOON + rule, at(2026, 11, 26))


def test_another_lunar_calendar_is_not_taken_for_ours() -> None:
    with pytest.raises(RuleRefused):
        read_rule("RSCALE=CHINESE;FREQ=YEARLY", at(2026, 11, 26))


def test_says_the_rule_and_what_is_missing_in_both_languages() -> None:
    rule = read_rule(f"{MOON}FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30;SKIP=BACKWARD", at(2025, 1, 28)).text
    with translation.override("vi"):
        assert (
            in_words(rule)
            == "Mỗi năm âm lịch · 30/12 âm lịch · nếu thiếu thì vào ngày 29, hoặc vào tháng chính"
        )
        assert lunar_note(rule, at(2026, 2, 16)) == "29/12 âm lịch: tháng 12 âm lịch năm 2025 chỉ có 29 ngày"
        assert lunar_note("FREQ=DAILY", at(2026, 2, 16)) == ""
    with translation.override("en"):
        assert "29 days" in lunar_note(rule, at(2026, 2, 16))
        leap = read_rule(f"{MOON}FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=5;SKIP=BACKWARD", at(2025, 7, 29))
        following = leap.after(at(2025, 7, 29))
        assert following is not None
        assert "2026 has no leap month 6" in lunar_note(leap.text, following)


@pytest.mark.django_db
def test_a_death_anniversary_is_planned_by_the_dialog(make: Make, take: Take, cast: Cast) -> None:
    with clock.stopped(at(2026, 11, 26)):
        task = make("Giỗ cụ Tư", due_at=at(2027, 2, 5, 8))
        take("repeat", task, every="LUNAR_YEARLY", lunar_day="30/12 âl", times=3)
        page = _client(cast).get(f"/tasks/{task}").content.decode()
        assert "30/12 âm lịch" in page
    with clock.stopped(at(2027, 2, 6)):
        take("finish", task)
    following = Activity.objects.exclude(pk=task).get()
    assert following.due_at is not None
    assert to_lunar(following.due_at.astimezone(ZONE).date()) == LunarDay(2027, 12, False, 29)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"every": "LUNAR_YEARLY", "lunar_day": "31/8"}, "lunar_day"),
        ({"every": "LUNAR_YEARLY", "lunar_day": "15"}, "lunar_day"),
        ({"every": "LUNAR_MONTHLY", "lunar_day": "15/8"}, "lunar_day"),
        ({"every": "LUNAR_YEARLY", "lunar_day": "rằm"}, "lunar_day"),
        ({"every": "LUNAR_YEARLY", "lunar_day": "5/1 nhuận", "lunar_missing": "OMIT"}, "lunar_day"),
    ],
)
def test_says_at_the_field_what_the_moon_does_not_know(
    make: Make, take: Take, asked: dict[str, str], field: str
) -> None:
    task = make(due_at=clock.now())
    with pytest.raises(InvalidValues) as refused:
        take("repeat", task, **asked)
    assert [each.field for each in refused.value.problems] == [field]
    assert not Series.objects.exists()


@pytest.mark.django_db
def test_a_form_says_that_a_lunar_date_does_not_exist_and_keeps_what_was_typed(cast: Cast) -> None:
    client = _client(cast)
    typed = {"subject": "Cúng giao thừa", "due_at": "30/12/2025 âl 20:00", "about": "", "priority": "NORMAL"}
    answer = client.post("/tasks/new", typed)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Âm lịch năm 2025 không có ngày 30/12" in told
    assert "30/12/2025 âl 20:00" in told
    assert not Activity.objects.exists()


@pytest.mark.django_db
def test_calendars_are_told_a_rule_and_the_moon_by_single_days(make: Make, take: Take, cast: Cast) -> None:
    with clock.stopped(at(2026, 11, 26)):
        weekly = make("Giao ban", kind="MEETING", starts_at=at(2026, 11, 30), ends_at=at(2026, 11, 30, 10))
        take("repeat", weekly, every="WEEKLY", times=20)
        moon = make("Đi lễ rằm", kind="MEETING", starts_at=at(2026, 11, 23), ends_at=at(2026, 11, 23, 10))
        take("repeat", moon, every="LUNAR_MONTHLY", lunar_day="15")
        secret = feeds.open_feed(actor=cast.actor("seller"))
        entries = read_calendar(Client().get(f"/calendar/feed/{secret}.ics").content).entries

    ruled = [each for each in entries if each.rule]
    assert [each.subject for each in ruled] == ["Giao ban"]
    single = [each for each in entries if each.subject == "Giao ban" and not each.rule]
    assert f"COUNT={20 - len(single)}" in ruled[0].rule
    assert ruled[0].starts_at == single[-1].starts_at + dt.timedelta(days=7)  # type: ignore[operator]
    moons = [each for each in entries if each.subject == "Đi lễ rằm"]
    assert len(moons) == 13
    assert {to_lunar(each.starts_at.astimezone(ZONE).date()).day for each in moons[1:]} == {15}  # type: ignore[union-attr]
    assert len({each.uid for each in entries}) == len(entries)


def _client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.users["seller"])
    return client
