"""The work of each day: in its groups, added in one line, finished, put off, given to a colleague."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from duyen.foundation.audit.models import History
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.modules.activities import worklist
from duyen.modules.activities.models import Activity
from duyen.modules.activities.worklist import PAGE, Asked, Group, group_of
from duyen.testing.cast import Cast

Make = Callable[..., int]
MONDAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour, minute), tzinfo=ZONE)


def ask(cast: Cast, who: str, address: str = "/tasks/days", *, status: int = 200) -> str:
    client = Client()
    client.force_login(cast.users[who])
    answer = client.get(address)
    assert answer.status_code == status
    return str(answer.content.decode())


def send(cast: Cast, who: str, address: str, sent: dict[str, Any], *, htmx: bool = True) -> Any:
    client = Client()
    client.force_login(cast.users[who])
    return client.post(f"/tasks/days/{address}", sent, headers={"HX-Request": "true"} if htmx else {})


def told(answer: Any) -> str:
    return str(answer.headers["HX-Trigger"].encode().decode("unicode_escape"))


@given(minutes=st.integers(-60 * 24 * 40, 60 * 24 * 40), start=st.integers(0, 60 * 24 * 14))
def test_every_due_date_has_one_group_and_they_follow_each_other(minutes: int, start: int) -> None:
    now = NOW + dt.timedelta(minutes=start)
    order = [Group.OVERDUE, Group.TODAY, Group.TOMORROW, Group.THIS_WEEK, Group.LATER]

    one, later = (group_of(now + dt.timedelta(minutes=minutes + more), now=now) for more in (0, 1))

    assert order.index(one) <= order.index(later)


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (at(0, 8, 59), Group.OVERDUE),
        (at(0, 17), Group.TODAY),
        (at(1, 0), Group.TOMORROW),
        (at(6, 23, 59), Group.THIS_WEEK),
        (at(7, 0), Group.LATER),
        (None, Group.NONE),
    ],
)
def test_the_week_ends_on_sunday(due: dt.datetime | None, group: Group) -> None:
    assert group_of(due, now=NOW) is group


@pytest.mark.django_db
def test_work_stands_in_its_groups_in_their_order(cast: Cast, make: Make) -> None:
    for subject, due in (
        ("Việc không hạn", None),
        ("Việc tuần sau", at(8, 9)),
        ("Việc thứ sáu", at(4, 9)),
        ("Việc mai", at(1, 9)),
        ("Việc chiều nay", at(0, 16)),
        ("Việc hôm qua", at(-1, 9)),
    ):
        make(subject, due_at=due)

    shown = ask(cast, "seller")

    heads = re.findall(r"<h2[^>]*>(.+?) <span class=\"n\">(\d+)", shown)
    assert heads == [
        ("Quá hạn", "1"),
        ("Hôm nay", "1"),
        ("Ngày mai", "1"),
        ("Tuần này", "1"),
        ("Sau đó", "1"),
        ("Không hạn", "1"),
    ]
    places = [
        shown.index(f">Việc {name}<")
        for name in ("hôm qua", "chiều nay", "mai", "thứ sáu", "tuần sau", "không hạn")
    ]
    assert places == sorted(places)
    assert "Quá hạn 1 ngày" in shown


@pytest.mark.django_db
def test_what_one_helps_with_is_ones_own_work_too(cast: Cast, make: Make) -> None:
    make("Cùng làm hồ sơ", due_at=at(1, 9), co_assignees=[cast.users["care_agent"].pk])

    assert "Cùng làm hồ sơ" in ask(cast, "care_agent")
    assert "Cùng làm hồ sơ" not in ask(cast, "teller")


@pytest.mark.django_db
def test_filters_by_kind_priority_and_record(cast: Cast, make: Make, customer: Make) -> None:
    firm = customer()
    make("Gọi Hải Long", kind="CALL", due_at=at(1, 9), about=[("customers", firm)])
    make("Việc gấp", due_at=at(1, 9), priority="HIGH")

    by_kind = ask(cast, "seller", "/tasks/days?kind=CALL")
    by_priority = ask(cast, "seller", "/tasks/days?priority=HIGH")
    by_record = ask(cast, "seller", f"/tasks/days?about=customers:{firm}")

    for shown, there, gone in (
        (by_kind, "Gọi Hải Long", "Việc gấp"),
        (by_priority, "Việc gấp", "Gọi Hải Long"),
        (by_record, "Gọi Hải Long", "Việc gấp"),
    ):
        assert there in shown
        assert gone not in shown
    assert "Công ty TNHH Hải Long" in by_record


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "subject", "due"),
    [
        ("Gọi lại chị Trà mai 15:00", "Gọi lại chị Trà", at(1, 15)),
        ("Gửi báo giá t6", "Gửi báo giá", at(4, 17)),
        ("Nhắc đóng cước +7", "Nhắc đóng cước", at(7, 17)),
        ("Đọc tài liệu", "Đọc tài liệu", None),
        ("Gọi chị Mai", "Gọi chị Mai", None),
    ],
)
def test_one_line_is_a_task(cast: Cast, text: str, subject: str, due: dt.datetime | None) -> None:
    answer = send(cast, "seller", "add", {"text": text})

    made = Activity.objects.get()
    assert (made.subject, made.due_at, made.kind) == (subject, due, "TASK")
    assert made.owner_id == cast.users["seller"].pk
    assert f"Đã thêm “{subject}”" in told(answer)


@pytest.mark.django_db
def test_an_empty_line_makes_nothing(cast: Cast) -> None:
    answer = send(cast, "seller", "add", {"text": "   "})

    assert not Activity.objects.exists()
    assert "Gõ việc cần làm" in told(answer)


@pytest.mark.django_db
def test_finishing_asks_for_result_and_next_step(cast: Cast, make: Make) -> None:
    task = make("Gửi báo giá", due_at=at(0, 16))

    asked = ask(cast, "seller", f"/tasks/days/{task}/finish")
    answer = send(
        cast,
        "seller",
        f"{task}/finish",
        {"outcome": "AGREED", "result": "Khách đồng ý", "next_step": "Soạn hợp đồng", "next_due": "t4"},
    )

    assert 'name="next_step"' in asked
    done, following = Activity.objects.get(pk=task), Activity.objects.exclude(pk=task).get()
    assert (done.state, done.outcome, done.result) == ("DONE", "AGREED", "Khách đồng ý")
    assert (following.subject, following.due_at) == ("Soạn hợp đồng", at(2, 17))
    assert "Soạn hợp đồng" in answer.content.decode()
    assert "Gửi báo giá" not in re.sub(r"HX.*", "", answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent", [{"next_due": "31/02"}, {"next_due": "t6"}, {"outcome": "KHONG_CO"}, {"result": "x" * 4001}]
)
def test_a_bad_finish_changes_nothing_and_keeps_what_was_typed(
    cast: Cast, make: Make, sent: dict[str, str]
) -> None:
    task = make("Gửi báo giá", due_at=at(0, 16))
    before = History.objects.count()

    answer = send(cast, "seller", f"{task}/finish", {"result": "Khách đồng ý", **sent})

    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#dlg"
    assert "Khách đồng ý" in answer.content.decode() or "result" in sent
    assert Activity.objects.get(pk=task).state == "PLANNED"
    assert History.objects.count() == before


@pytest.mark.django_db
def test_putting_off_keeps_the_hour(cast: Cast, make: Make) -> None:
    task = make("Gửi báo giá", due_at=at(0, 10, 30))

    answer = send(cast, "seller", f"{task}/due", {"day": "2026-11-30"})

    assert Activity.objects.get(pk=task).due_at == at(7, 10, 30)
    assert "/_undo/" in told(answer)


@pytest.mark.django_db
def test_a_manager_gives_work_to_somebody_else(cast: Cast, make: Make) -> None:
    task, teller = make("Gửi báo giá", due_at=at(0, 16)), cast.users["teller"].pk

    answer = send(cast, "manager", f"{task}/give", {"owner": str(teller), "back": "/tasks/days?who=team"})

    assert answer.status_code == 200
    assert Activity.objects.get(pk=task).owner_id == teller
    assert 'data-owner="' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["seller", "colleague"])
def test_who_may_not_give_it_away_changes_nothing(cast: Cast, make: Make, who: str) -> None:
    task, seller = make("Gửi báo giá", due_at=at(0, 16)), cast.users["seller"].pk

    answer = send(cast, who, f"{task}/give", {"owner": str(cast.users["teller"].pk)})

    assert answer.status_code in (403, 404)
    assert Activity.objects.get(pk=task).owner_id == seller


@pytest.mark.django_db
def test_the_team_shows_who_has_how_much(cast: Cast, make: Make) -> None:
    make("Quá hạn", due_at=at(-1, 9))
    make("Họp", kind="MEETING", starts_at=at(1, 8), ends_at=at(1, 12))
    make("Cả ngày", kind="MEETING", starts_at=at(2, 0), ends_at=at(3, 0), all_day=True)
    make("Báo cáo", due_at=at(3, 16), duration_minutes=90)
    make("Đêm chủ nhật", kind="MEETING", starts_at=at(6, 22), ends_at=at(7, 3))

    load = worklist.load_of(cast.actor("manager"), [cast.users["seller"].pk], now=NOW)[
        cast.users["seller"].pk
    ]
    shown = ask(cast, "manager", "/tasks/days?who=team")

    assert (load.open, load.overdue, load.planned) == (5, 1, dt.timedelta(hours=7, minutes=30))
    assert "5 việc mở" in shown
    assert "7,5/40 giờ" in shown
    assert cast.users["outsider"].full_name not in shown


@pytest.mark.django_db
def test_a_private_task_of_somebody_else_tells_nothing(cast: Cast, make: Make) -> None:
    task = make("Đi khám", due_at=at(1, 9), is_private=True)

    shown = ask(cast, "manager", "/tasks/days?who=team")

    assert "Đi khám" not in shown
    assert send(cast, "manager", f"{task}/due", {"day": "2026-11-30"}).status_code == 404


@pytest.mark.django_db
def test_pages_by_key_and_shows_each_once(cast: Cast, make: Make) -> None:
    for number in range(PAGE + 12):
        make(f"Việc số {number:03}", due_at=at(number % 9, 16) if number % 5 else None)
    asked, seller = Asked([cast.users["seller"].pk]), cast.actor("seller")

    first = worklist.page_of(seller, asked, now=NOW)
    second = worklist.page_of(seller, asked, now=NOW, after=first.after)

    ids = [each.id for each in (*first.work, *second.work)]
    assert (len(first.work), len(second.work), second.after) == (PAGE, 12, "")
    assert len(set(ids)) == PAGE + 12
    order = list(Group)
    places = [order.index(each.group) for each in (*first.work, *second.work)]
    assert places == sorted(places)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/tasks/days", "/tasks/days?who=team"])
def test_asks_as_often_for_much_work_as_for_none(cast: Cast, make: Make, address: str) -> None:
    client = Client()
    client.force_login(cast.users["manager"])

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    empty = asked()
    for number in range(30):
        make(f"Việc {number}", by=("manager", "seller", "teller")[number % 3], due_at=at(number % 6, 9))

    assert asked() == empty


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["?kind=x&priority=y&about=z:1", "?after=1e999-5", "?after=abc", "?about=customers:x", "?person=5"],
)
def test_an_odd_address_is_a_list_all_the_same(cast: Cast, address: str) -> None:
    assert 'id="work"' in ask(cast, "seller", f"/tasks/days{address}")


@pytest.mark.django_db
def test_works_without_a_script(cast: Cast, make: Make) -> None:
    task = make("Gửi báo giá", due_at=at(0, 16))

    added = send(cast, "seller", "add", {"text": "Gọi mai"}, htmx=False)
    finished = send(cast, "seller", f"{task}/finish", {"back": "/tasks/days?kind=TASK"}, htmx=False)

    assert (added.status_code, added.headers["Location"]) == (302, "/tasks/days")
    assert (finished.status_code, finished.headers["Location"]) == (302, "/tasks/days?kind=TASK")
    assert Activity.objects.get(pk=task).state == "DONE"
