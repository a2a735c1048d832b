"""Days off, days worked in exchange, and the hours of units, by the doors of those who keep them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.foundation.org.calendar_seeds import CALL_CENTRE, OFFICE, STORE
from duyen.foundation.org.calendars import (
    Followed,
    calendar_of_unit,
    days_of_year,
    working_time,
    working_time_of_unit,
)
from duyen.foundation.org.models import SpecialDay, Unit, WorkingCalendar
from duyen.kernel.clock import ZONE, stopped
from duyen.kernel.holidays import DayKind
from duyen.kernel.working_time import add_working_time
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

CULTURE_DAY = dt.date(2026, 11, 24)
#: The last one of November 2026.
SATURDAY = dt.date(2026, 11, 28)


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def _calendar(name: str) -> int:
    return WorkingCalendar.objects.get(name=name).pk


def _decide(cast: Cast, **values: object) -> standard.Done:
    given = {"name": "Ngày thử", "kind": "DAY_OFF", **values}
    return standard.create(entity_named("special_days"), actor=cast.actor("admin"), values=given)


def _assign(cast: Cast, code: str, calendar: str) -> None:
    unit = Unit.objects.get(code=code)
    standard.change(
        entity_named("units"),
        unit.pk,
        actor=cast.actor("admin"),
        values={"calendar": _calendar(calendar)},
        version=unit.version,
    )


# --- days -----------------------------------------------------------------------------------------------


def test_a_day_that_awaits_its_law_is_shown_so_and_worked(admin: Client) -> None:
    html = admin.get("/holidays?year=2026").content.decode()

    line = re.search(r"<tr><td[^>]*>24/11/2026.*?</tr>", html, re.S)
    assert line is not None
    assert "Ngày Văn hóa Việt Nam" in line[0]
    assert "Chờ xác nhận" in line[0]
    assert "1 ngày đang chờ xác nhận" in html
    assert working_time(None).is_working_day(CULTURE_DAY)


def test_confirming_it_in_the_browser_makes_it_a_day_off(admin: Client, cast: Cast) -> None:
    form = admin.get(f"/special_days/new?name=Ngày Văn hóa&day={CULTURE_DAY}&kind=DAY_OFF").content.decode()
    assert 'value="Ngày Văn hóa"' in form
    given = {"name": "Ngày Văn hóa", "day": "24/11/2026", "kind": "DAY_OFF", "basis": "Nghị quyết thử"}

    admin.post("/special_days/new", given)

    html = admin.get("/holidays?year=2026").content.decode()
    assert "đang chờ xác nhận" not in html
    assert "Nghị quyết thử" in html
    assert cast.user("admin").full_name in html
    assert not working_time(None).is_working_day(CULTURE_DAY)


def test_taking_a_decision_back_brings_the_law_back(cast: Cast) -> None:
    done = _decide(cast, day=CULTURE_DAY)

    undo(done.operation.id, actor=cast.actor("admin"))

    (day,) = [each for each in days_of_year(2026) if each.day == CULTURE_DAY]
    assert (day.kind, day.decided) == (DayKind.TO_CONFIRM, None)
    assert working_time(None).is_working_day(CULTURE_DAY)


def test_a_day_worked_in_exchange_has_the_hours_of_the_friday_before(cast: Cast) -> None:
    assert not working_time(None).is_working_day(SATURDAY)

    _decide(cast, day=SATURDAY, kind="WORKING", name="Làm bù")

    hours = working_time(None)
    assert hours.spans(SATURDAY) == hours.spans(SATURDAY - dt.timedelta(days=1)) != ()


def test_says_one_thing_of_a_day(cast: Cast) -> None:
    _decide(cast, day=CULTURE_DAY)

    with pytest.raises(InvalidValues) as refused:
        _decide(cast, day=CULTURE_DAY, kind="WORKING")

    assert [problem.field for problem in refused.value.problems] == ["day"]
    assert SpecialDay.objects.count() == 1


def test_only_administrators_decide_days(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        standard.create(
            entity_named("special_days"),
            actor=cast.actor("director"),
            values={"name": "Nghỉ thêm", "day": CULTURE_DAY, "kind": "DAY_OFF"},
        )

    assert not SpecialDay.objects.exists()


@pytest.mark.parametrize("year", ["1900", "9999", "x", "-1", "2026 "])
def test_shows_some_year_whatever_the_address_says(admin: Client, year: str) -> None:
    assert admin.get("/holidays", {"year": year}).status_code == 200


# --- hours ----------------------------------------------------------------------------------------------


def test_a_unit_follows_the_nearest_calendar_above(cast: Cast) -> None:
    shop, desk, far = (cast.unit(code).pk for code in ("HP1", "CSKH", "HD1"))
    assert calendar_of_unit(shop) == Followed()

    _assign(cast, "HO", OFFICE)
    _assign(cast, "KV1", STORE)
    _assign(cast, "CSKH", CALL_CENTRE)

    assert [calendar_of_unit(unit).name for unit in (shop, desk, far)] == [STORE, CALL_CENTRE, OFFICE]
    tet = dt.datetime(2026, 2, 17, 9, tzinfo=ZONE)
    assert working_time_of_unit(desk).is_open(tet)
    assert not working_time_of_unit(shop).is_open(tet)


def test_hours_are_kept_as_read_and_a_wrong_day_changes_nothing(admin: Client) -> None:
    pk = _calendar(STORE)
    row = WorkingCalendar.objects.get(pk=pk)
    given = {"name": STORE, "version": str(row.version), "monday": "7h30-11h30; 13h-17h", "saturday": "nghỉ"}

    refused = admin.post(f"/calendars/{pk}/edit", {**given, "tuesday": "12-8"})
    assert refused.status_code == 422
    assert "12-8" in refused.content.decode()
    assert WorkingCalendar.objects.get(pk=pk).version == row.version

    admin.post(f"/calendars/{pk}/edit", given)
    kept = WorkingCalendar.objects.get(pk=pk)
    assert (kept.monday, kept.saturday, kept.rests_on_holidays) == ("07:30–11:30, 13:00–17:00", "", False)


def test_a_calendar_has_a_name_of_its_own_and_some_hours(cast: Cast) -> None:
    calendars, actor = entity_named("calendars"), cast.actor("admin")

    with pytest.raises(InvalidValues) as taken:
        standard.create(calendars, actor=actor, values={"name": STORE, "monday": "8-17"})
    with pytest.raises(InvalidValues) as empty:
        standard.create(calendars, actor=actor, values={"name": "Không làm"})

    assert [each.code for each in (*taken.value.problems, *empty.value.problems)] == ["taken", "never_worked"]
    assert WorkingCalendar.objects.count() == 3


def test_the_trial_answers_as_the_sums_do(admin: Client) -> None:
    pk = _calendar(OFFICE)
    asked = {"amount": "4", "unit": "hours", "day": "20/08/2026", "time": "16:00"}
    days = {"amount": "10", "unit": "before", "day": "03/09/2026", "time": ""}

    answers = [admin.get(f"/calendars/{pk}/try", given).content.decode() for given in (asked, days)]

    start = dt.datetime(2026, 8, 20, 16, tzinfo=ZONE)
    end = add_working_time(start, dt.timedelta(hours=4), working_time(pk))
    assert end.astimezone(ZONE) == dt.datetime(2026, 8, 21, 10, 30, tzinfo=ZONE)
    assert "21/08/2026 10:30" in answers[0]
    assert "18/08/2026" in answers[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "x"},
        {"amount": ""},
        {"day": "32/1"},
        {"time": "25:00"},
        {"unit": "before", "amount": "1,5"},
    ],
)
def test_the_trial_says_what_is_wrong(admin: Client, wrong: dict[str, str]) -> None:
    given = {"amount": "4", "unit": "hours", "day": "hôm nay", "time": "16:00", **wrong}

    answer = admin.get(f"/calendars/{_calendar(OFFICE)}/try", given)

    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()


def test_the_page_of_a_unit_says_whether_it_works_now(admin: Client, cast: Cast) -> None:
    _assign(cast, "HO", OFFICE)
    address = f"/units/{cast.unit('HP1').pk}"

    with stopped(dt.datetime(2026, 11, 26, 9, tzinfo=ZONE)):
        at_work = admin.get(address).content.decode()
    with stopped(dt.datetime(2026, 11, 28, 9, tzinfo=ZONE)):
        at_rest = admin.get(address).content.decode()

    assert "Đang làm việc" in at_work
    assert "Tổng công ty" in at_work
    assert "làm việc lại lúc 30/11/2026 08:00" in at_rest
