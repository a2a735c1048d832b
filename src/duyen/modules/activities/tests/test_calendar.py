"""The calendar: what stands where, who sees what, and moving, stretching, giving and making appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.foundation.audit.models import History
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.modules.activities import agenda
from duyen.modules.activities.models import Activity
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Make = Callable[..., int]
MONDAY = dt.date(2026, 11, 23)
WEEK = "/calendar?view=week&day=2026-11-23"


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with clock.stopped(dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)):
        yield


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour, minute), tzinfo=ZONE)


@pytest.fixture
def meet(make: Make) -> Make:
    """Make a meeting, on Tuesday from nine to ten unless told otherwise."""

    def one(subject: str = "Gặp chị Trà", **values: Any) -> int:
        times = {"starts_at": at(1, 9), "ends_at": at(1, 10)}
        return make(subject, **{"kind": "MEETING", **times, **values})

    return one


@pytest.fixture
def page(cast: Cast) -> Callable[..., str]:
    """Open a page as one of the cast and give what it says."""

    def open_it(who: str, address: str = WEEK, *, status: int = 200) -> str:
        client = Client()
        client.force_login(cast.users[who])
        answer = client.get(address)
        assert answer.status_code == status, answer.content.decode()[:400]
        return str(answer.content.decode())

    return open_it


def send(cast: Cast, who: str, address: str, sent: dict[str, Any], *, htmx: bool = True) -> Any:
    client = Client()
    client.force_login(cast.users[who])
    return client.post(address, sent, headers={"HX-Request": "true"} if htmx else {})


def times_of(activity_id: int) -> tuple[Any, Any]:
    return Activity.objects.values_list("starts_at", "ends_at").get(pk=activity_id)


@pytest.mark.parametrize("view", ["day", "week", "month", "team"])
def test_a_meeting_across_midnight_stands_in_every_view(
    view: str, meet: Make, page: Callable[..., str]
) -> None:
    meet("Cắt chuyển ban đêm", starts_at=at(1, 22), ends_at=at(2, 2, 30))

    shown = page("seller", f"/calendar?view={view}&day=2026-11-25")

    assert "Cắt chuyển ban đêm" in shown
    if view == "day":
        assert "00:00–02:30" in shown
    if view == "week":
        assert "22:00–24:00" in shown
        assert "00:00–02:30" in shown


def test_shows_lunar_dates_holidays_and_the_working_hours(page: Callable[..., str]) -> None:
    shown = page("seller")

    assert ">15/10</small>" in shown
    assert 'class="moon"' in shown
    assert "chờ xác nhận" in shown  # 24/11
    assert 'class="cal-open" style="--t:480;--m:240"' in shown
    assert 'class="cal-open" style="--t:810;--m:240"' in shown


def test_tasks_stand_at_the_time_they_are_due(make: Make, page: Callable[..., str]) -> None:
    make("Gửi bảng thông số", due_at=at(2, 16))

    assert "Gửi bảng thông số" in page("seller")


def test_what_is_cancelled_is_gone(meet: Make, take: Callable[..., Any], page: Callable[..., str]) -> None:
    take("cancel", meet("Buổi gặp bị hủy"), note="Khách bận")

    assert "Buổi gặp bị hủy" not in page("seller")


def test_a_private_appointment_shows_to_others_as_busy_alone(
    cast: Cast, meet: Make, page: Callable[..., str]
) -> None:
    hidden = meet("Khám sức khỏe", place="Bệnh viện Việt Tiệp", is_private=True)
    seller = cast.users["seller"].pk

    of_the_manager = page("manager", f"{WEEK}&who={seller}")
    team = page("manager", "/calendar?view=team&day=2026-11-23")

    assert "Khám sức khỏe" in page("seller")
    for shown in (of_the_manager, team):
        assert "Khám sức khỏe" not in shown
        assert "Bệnh viện" not in shown
        assert "Bận" in shown
    page("manager", f"/calendar/{hidden}", status=404)
    assert send(cast, "manager", f"/calendar/{hidden}/move", {"shift": "60"}).status_code == 404
    assert times_of(hidden) == (at(1, 9), at(1, 10))


def test_a_colleague_out_of_sight_is_not_there(cast: Cast, meet: Make, page: Callable[..., str]) -> None:
    meet("Gặp riêng ở Hải Dương", by="outsider")
    outsider = cast.users["outsider"]

    page("manager", f"{WEEK}&who={outsider.pk}", status=404)
    team = page("manager", "/calendar?view=team&day=2026-11-23")

    assert outsider.full_name not in team
    assert "Gặp riêng" not in team
    assert cast.users["seller"].full_name in team


def test_what_one_takes_part_in_stands_in_ones_own_calendar(
    cast: Cast, meet: Make, page: Callable[..., str]
) -> None:
    care = cast.users["care_agent"].pk
    meet("Họp liên phòng", participants=[{"entity": "users", "id": care}])

    assert "Họp liên phòng" in page("care_agent")


def test_asks_as_often_for_a_full_week_as_for_an_empty_one(cast: Cast, meet: Make, make: Make) -> None:
    def asked(view: str) -> int:
        client = Client()
        client.force_login(cast.users["manager"])
        address = f"/calendar?view={view}&day=2026-11-23"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    empty = {view: asked(view) for view in ("day", "week", "month", "team")}
    for number in range(25):
        who = ("manager", "seller", "teller", "colleague")[number % 4]
        meet(f"Hẹn {number}", by=who, starts_at=at(number % 5, 8), ends_at=at(number % 5, 9))
        make(f"Việc {number}", by=who, due_at=at(number % 5, 16))

    assert {view: asked(view) for view in empty} == empty


def test_moves_by_days_and_minutes_and_says_so(cast: Cast, meet: Make) -> None:
    meeting = meet()

    answer = send(
        cast,
        "seller",
        f"/calendar/{meeting}/move",
        {"from": "2026-11-24", "day": "2026-11-26", "shift": "-30", "version": "1", "back": WEEK},
    )

    assert answer.status_code == 200
    assert times_of(meeting) == (at(3, 8, 30), at(3, 9, 30))
    assert "26/11/2026 08:30–09:30" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert 'id="calendar"' in answer.content.decode()


def test_stretches_and_never_before_its_beginning(cast: Cast, meet: Make) -> None:
    meeting = meet()

    send(cast, "seller", f"/calendar/{meeting}/move", {"length": "45"})
    longer = times_of(meeting)
    send(cast, "seller", f"/calendar/{meeting}/move", {"length": "-600"})

    assert longer == (at(1, 9), at(1, 10, 45))
    assert times_of(meeting) == (at(1, 9), at(1, 9))


def test_a_task_moves_by_its_due_date(cast: Cast, make: Make) -> None:
    task = make("Gửi báo giá", due_at=at(1, 16))

    send(cast, "seller", f"/calendar/{task}/move", {"from": "2026-11-24", "day": "2026-11-25"})

    assert Activity.objects.get(pk=task).due_at == at(2, 16)


def test_two_at_one_time_are_told_and_not_refused(cast: Cast, meet: Make) -> None:
    meet("Họp giao ban", starts_at=at(2, 9), ends_at=at(2, 11))
    meeting = meet()

    answer = send(cast, "seller", f"/calendar/{meeting}/move", {"from": "2026-11-24", "day": "2026-11-25"})

    assert times_of(meeting)[0] == at(2, 9)
    said = answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert "Trùng giờ với “Họp giao ban”" in said
    assert '"amber"' in said


def test_a_colleague_s_row_takes_it_over(cast: Cast, meet: Make) -> None:
    meeting, teller = meet(by="manager", unit=cast.unit("HP1").pk), cast.users["teller"].pk

    answer = send(cast, "manager", f"/calendar/{meeting}/move", {"owner": str(teller)})

    assert answer.status_code == 200
    assert Activity.objects.get(pk=meeting).owner_id == teller


def test_who_may_not_change_it_moves_nothing(cast: Cast, meet: Make) -> None:
    meeting = meet(participants=[{"entity": "users", "id": cast.users["care_agent"].pk}])
    before = History.objects.count()

    answer = send(cast, "care_agent", f"/calendar/{meeting}/move", {"shift": "60"})

    assert answer.status_code == 403
    assert times_of(meeting) == (at(1, 9), at(1, 10))
    assert History.objects.count() == before


def test_a_stale_move_is_refused(cast: Cast, meet: Make) -> None:
    meeting = meet()
    send(cast, "seller", f"/calendar/{meeting}/move", {"shift": "60", "version": "1"})

    answer = send(cast, "seller", f"/calendar/{meeting}/move", {"shift": "60", "version": "1"})

    assert answer.status_code == 409
    assert times_of(meeting)[0] == at(1, 10)


def test_the_same_can_be_typed_without_a_script(cast: Cast, meet: Make) -> None:
    meeting = meet()
    sent = {"day": "t6", "start": "14h", "end": "15:30", "back": WEEK}

    answer = send(cast, "seller", f"/calendar/{meeting}", sent, htmx=False)

    assert (answer.status_code, answer.headers["Location"]) == (302, WEEK)
    assert times_of(meeting) == (at(4, 14), at(4, 15, 30))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"day": "31/02/2026", "start": "9", "end": "10"}, "không phải ngày"),
        ({"day": "", "start": "9", "end": "10"}, "Nhập ngày"),
        ({"day": "24/11/2026", "start": "25:00", "end": "10"}, "Nhập giờ"),
        ({"day": "24/11/2026", "start": "9", "end": "10", "last": "20/11/2026"}, "trước giờ bắt đầu"),
        ({"day": "24/11/2026", "start": "9", "end": "10", "last": "24/05/2027"}, "60 ngày"),
    ],
)
def test_bad_times_change_nothing_and_keep_what_was_typed(
    cast: Cast, meet: Make, sent: dict[str, str], sentence: str
) -> None:
    meeting = meet()

    answer = send(cast, "seller", f"/calendar/{meeting}", sent)

    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#dlg"
    body = answer.content.decode()
    assert sentence in body
    assert f'value="{sent["day"]}"' in body
    assert times_of(meeting) == (at(1, 9), at(1, 10))


def test_an_end_before_the_beginning_is_the_next_morning(cast: Cast) -> None:
    sent = {"subject": "Trực đêm", "kind": "MEETING", "day": "24/11/2026", "start": "22:00", "end": "02:00"}

    answer = send(cast, "seller", "/calendar/new", sent)

    assert answer.status_code == 200
    made = Activity.objects.get(subject="Trực đêm")
    assert (made.starts_at, made.ends_at) == (at(1, 22), at(2, 2))


def test_makes_an_appointment_of_whole_days(cast: Cast) -> None:
    sent = {
        "subject": "Hội chợ",
        "kind": "MEETING",
        "day": "24/11/2026",
        "last": "26/11/2026",
        "all_day": "1",
    }

    send(cast, "seller", "/calendar/new", sent)

    made = Activity.objects.get(subject="Hội chợ")
    assert (made.starts_at, made.ends_at, made.all_day) == (at(1, 0), at(4, 0), True)


def test_makes_nothing_without_words(cast: Cast) -> None:
    answer = send(cast, "seller", "/calendar/new", {"day": "24/11/2026", "start": "9", "end": "10"})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/calendar?view=x&day=99",
        "/calendar?day=0001-01-01",
        "/calendar?view=month&day=9999-12-31",
        "/calendar?view=team&after=x~y&day=2026-02-30",
    ],
)
def test_an_odd_address_is_a_calendar_all_the_same(address: str, page: Callable[..., str]) -> None:
    assert 'id="calendar"' in page("seller", address)


def test_goes_back_to_no_other_site(cast: Cast, meet: Make) -> None:
    sent = {"day": "t6", "start": "14h", "end": "15:30", "back": "https://example.com/calendar"}

    answer = send(cast, "seller", f"/calendar/{meet()}", sent, htmx=False)

    assert answer.headers["Location"].startswith("/calendar?")


def test_a_hidden_field_is_hidden_here_too(cast: Cast, meet: Make) -> None:
    meet("Tên bị ẩn")
    actor = cast.actor("seller")

    found = agenda.between(actor, MONDAY, MONDAY + dt.timedelta(days=6), people=[cast.users["seller"].pk])

    assert [each.subject for each in found.appointments] == ["Tên bị ẩn"]
