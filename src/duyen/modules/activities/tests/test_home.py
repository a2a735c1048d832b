"""Work on the start page: what is due and suggested, ticking off, and when a customer was last in touch."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import change, create, delete
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.kernel import clock
from duyen.modules.activities import actions, work_facts
from duyen.modules.activities.models import Activity, LastContact
from duyen.modules.activities.words import ActivityKind, ActivityState
from duyen.modules.parties.actions import add_contact
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

HTMX = {"HX-Request": "true"}
TODAY = "/home/tiles/activities.today?whose=mine"
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=clock.ZONE)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """Let it be one Monday at noon for all of a test, the stage included."""
    with clock.stopped(NOON):
        yield


@pytest.fixture
def browser_of(cast: Cast) -> Callable[[str], Client]:
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_in


@pytest.fixture
def customer(cast: Cast) -> int:
    values = {"name": "Công ty CP Hòa Thuận", "kind": "ORGANISATION", "phones": ["0912 345 678"]}
    made = create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.make_older")
        Party.objects.filter(pk=made).update(created_at=NOON - dt.timedelta(days=200))
    return made


def plan(cast: Cast, subject: str, due: dt.datetime, who: str = "seller", **more: Any) -> int:
    return actions.plan(ActivityKind.TASK, subject, actor=cast.actor(who), due_at=due, **more).id


def call(cast: Cast, customer: int, at: dt.datetime, who: str = "seller") -> int:
    about = [("customers", customer)]
    return actions.log(ActivityKind.CALL, "Gọi hỏi thăm", actor=cast.actor(who), about=about, done_at=at).id


# --- today --------------------------------------------------------------------------------------------


def test_lists_what_is_due_today_overdue_first(
    browser_of: Callable[[str], Client], cast: Cast, customer: int
) -> None:
    with clock.stopped(NOON):
        plan(cast, "Soạn hợp đồng", NOON + dt.timedelta(hours=5))
        plan(cast, "Gửi báo giá", NOON - dt.timedelta(days=2), about=[("customers", customer)])
        plan(cast, "Việc ngày mai", NOON + dt.timedelta(days=1))
        plan(cast, "Việc của đồng nghiệp", NOON, who="teller")
        tile, page = (text(browser_of("seller").get(url)) for url in (TODAY, "/"))

    assert tile.index("Gửi báo giá") < tile.index("Soạn hợp đồng")
    assert "Quá hạn 2 ngày" in tile
    assert "Trong ngày" in tile
    assert "Công ty CP Hòa Thuận" in tile
    assert "Việc ngày mai" not in tile
    assert "đồng nghiệp" not in tile
    assert "Chào Hạnh, hôm nay có 2 việc, 1 việc đã quá hạn" in page


def test_work_without_a_day_is_never_overdue(browser_of: Callable[[str], Client], cast: Cast) -> None:
    actions.plan(ActivityKind.TASK, "Đọc tài liệu", actor=cast.actor("seller"))

    with clock.stopped(clock.now() + dt.timedelta(days=30)):
        client = browser_of("seller")
        assert "Đọc tài liệu" not in text(client.get(TODAY))
        assert "việc đã quá hạn" not in text(client.get("/"))


@pytest.mark.parametrize("whose", ["mine", "team"])
def test_counts_as_overdue_what_the_list_of_overdue_tasks_holds(
    browser_of: Callable[[str], Client], cast: Cast, whose: str
) -> None:
    seller, manager = cast.actor("seller"), cast.actor("manager")
    late = clock.now() - dt.timedelta(days=2)
    for who in ("seller", "manager"):
        plan(cast, f"Trễ của {who}", late, who=who)
    plan(cast, "Còn hạn", clock.now() + dt.timedelta(days=2), who="manager")
    for actor in (seller, manager):
        actions.plan(ActivityKind.TASK, "Không hẹn ngày", actor=actor)
        actions.plan(ActivityKind.TASK, "Bắt đầu từ hôm kia", actor=actor, starts_at=late)
        actions.plan(ActivityKind.MEETING, "Họp đã qua", actor=actor, starts_at=late)
    owner = None if whose == "team" else cast.users["manager"].pk

    with clock.stopped(clock.now() + dt.timedelta(hours=1)):
        counted = work_facts.count_overdue(manager, clock.now(), owner=owner)
        only = f"&owner.in={owner}" if owner else ""
        opened = browser_of("manager").get(f"{work_facts.OVERDUE_TASKS}{only}")

    shown = set(re.findall(r"Trễ của \w+|Còn hạn|Không hẹn ngày|Bắt đầu từ hôm kia", text(opened)))
    expected = {"Trễ của manager"} if owner else {"Trễ của manager", "Trễ của seller"}
    assert (counted, shown) == (len(expected), expected)


def test_a_list_of_tasks_says_which_have_no_due_date(browser_of: Callable[[str], Client], cast: Cast) -> None:
    actions.plan(ActivityKind.TASK, "Đọc tài liệu", actor=cast.actor("seller"))

    with clock.stopped(clock.now() + dt.timedelta(days=30)):
        page = text(browser_of("seller").get("/tasks", follow=True))
        board = text(browser_of("seller").get("/tasks?view=board", follow=True))

    assert "Đọc tài liệu" in page
    assert "không có hạn" in page
    assert "Đọc tài liệu" in board
    assert "deal risk" not in board


def test_shows_a_co_assignee_what_she_helps_with(browser_of: Callable[[str], Client], cast: Cast) -> None:
    with clock.stopped(NOON):
        plan(cast, "Kiểm kê hồ sơ", NOON, co_assignees=[cast.users["care_agent"].pk])

        assert "Kiểm kê hồ sơ" in text(browser_of("care_agent").get(TODAY))


def test_a_task_is_ticked_off_in_place_and_taken_up_again(
    browser_of: Callable[[str], Client], cast: Cast
) -> None:
    task, client = plan(cast, "Gửi báo giá", clock.now()), browser_of("seller")
    at = f"/home/tiles/activities.today/tick/{task}"

    done = client.post(at, headers=HTMX)
    state = Activity.objects.get(pk=task).state
    shown = text(client.get(TODAY))
    client.post(f"{at}?undo=1", headers=HTMX)

    assert done.status_code == 204
    assert "home-changed" in done.headers["HX-Trigger"]
    assert state == ActivityState.DONE
    assert "Xong " in shown
    assert Activity.objects.get(pk=task).state == ActivityState.PLANNED


@pytest.mark.parametrize("who", ["colleague", "outsider", "admin"])
def test_nobody_ticks_off_the_work_of_others(
    browser_of: Callable[[str], Client], cast: Cast, who: str
) -> None:
    task = plan(cast, "Gửi báo giá", clock.now())
    before = History.objects.count()

    answer = browser_of(who).post(f"/home/tiles/activities.today/tick/{task}", headers=HTMX)

    assert answer.status_code == 404
    assert Activity.objects.get(pk=task).state == ActivityState.PLANNED
    assert History.objects.count() == before


def test_costs_the_same_for_three_tasks_and_for_fifty(
    browser_of: Callable[[str], Client], cast: Cast, customer: int
) -> None:
    client, urls = browser_of("seller"), ["/", TODAY, "/home/tiles/activities.quiet", "/home/figures"]

    def cost() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as told:
                client.get(url, headers=HTMX if url != "/" else {})
            found.append(len(told))
        return found

    for number in range(3):
        plan(cast, f"Việc {number}", clock.now(), about=[("customers", customer)])
    cost()  # what a process reads once is read
    few = cost()
    for number in range(47):
        plan(cast, f"Việc thêm {number}", clock.now(), about=[("customers", customer)])

    assert cost() == few


def test_a_leader_sees_who_has_how_much(browser_of: Callable[[str], Client], cast: Cast) -> None:
    late = clock.now() - dt.timedelta(days=1)
    for number in range(3):
        plan(cast, f"Việc {number}", late)
    plan(cast, "Việc của Yến", clock.now() + dt.timedelta(days=2), who="colleague")
    plan(cast, "Việc xa", late, who="outsider")

    page = text(browser_of("manager").get("/home/tiles/activities.load?whose=team"))

    assert page.index("Nguyễn Hồng Hạnh") < page.index("Vũ Hoàng Yến")
    assert "Đặng Văn Ấn" not in page


# --- last contact -------------------------------------------------------------------------------------


def last(customer: int) -> dt.datetime | None:
    return LastContact.objects.filter(party_id=customer).values_list("at", flat=True).first()


def test_keeps_when_a_customer_was_last_in_touch(cast: Cast, customer: int) -> None:
    call(cast, customer, NOON - dt.timedelta(days=5))
    call(cast, customer, NOON - dt.timedelta(days=9))
    plan(cast, "Gọi lại", NOON + dt.timedelta(days=1), about=[("customers", customer)])

    assert last(customer) == NOON - dt.timedelta(days=5)


def test_goes_back_when_the_last_contact_is_deleted(cast: Cast, customer: int) -> None:
    call(cast, customer, NOON - dt.timedelta(days=9))
    newest = call(cast, customer, NOON - dt.timedelta(days=5))

    delete(entity_named("activities"), newest, actor=cast.actor("seller"))

    assert last(customer) == NOON - dt.timedelta(days=9)


def test_a_private_contact_counts_for_nobody(cast: Cast, customer: int) -> None:
    call(cast, customer, NOON - dt.timedelta(days=9))
    newest = call(cast, customer, NOON - dt.timedelta(days=5))

    hidden = {"is_private": True}
    change(entity_named("activities"), newest, actor=cast.actor("seller"), version=1, values=hidden)

    assert last(customer) == NOON - dt.timedelta(days=9)


def test_a_finished_meeting_counts_and_a_note_does_not(cast: Cast, customer: int) -> None:
    about = [("customers", customer)]
    actor = cast.actor("seller")
    actions.log(ActivityKind.NOTE, "Ghi chú", actor=actor, about=about, done_at=NOON)
    before = last(customer)
    met = actions.plan(ActivityKind.MEETING, "Gặp", actor=actor, about=about, starts_at=NOON).id
    with clock.stopped(NOON + dt.timedelta(hours=2)):
        actions.finish(met, actor=actor)

    assert before is None
    assert last(customer) == NOON + dt.timedelta(hours=2)


def test_who_works_there_brings_the_firm_in_touch(cast: Cast, customer: int) -> None:
    actor = cast.actor("seller")
    perform(
        entity_named("customers"), add_contact.verb, customer, actor=actor, arguments={"name": "Đỗ Văn Khải"}
    )
    person = entity_named("contacts").rows(actor).get(name="Đỗ Văn Khải").pk

    about = [("contacts", person)]
    actions.log(ActivityKind.CALL, "Gọi", actor=actor, about=about, done_at=NOON)

    assert last(person) == NOON
    assert last(customer) == NOON


# --- suggestions --------------------------------------------------------------------------------------


def test_suggests_to_call_who_was_quiet_for_long_and_says_why(
    browser_of: Callable[[str], Client], cast: Cast, customer: int
) -> None:
    call(cast, customer, NOON - dt.timedelta(days=82))

    with clock.stopped(NOON):
        page = text(browser_of("seller").get("/suggestions"))

    assert "Gọi Công ty CP Hòa Thuận" in page
    assert "82 ngày chưa liên hệ · lần cuối 02/09/2026 · 0912 345 678" in page


def test_who_was_never_in_touch_counts_from_the_day_she_was_made(
    browser_of: Callable[[str], Client], customer: int
) -> None:
    with clock.stopped(NOON):
        page = text(browser_of("seller").get("/suggestions"))

    assert "Chưa liên hệ lần nào, tạo 200 ngày trước" in page


def test_taking_it_plans_the_call_and_asks_no_more(
    browser_of: Callable[[str], Client], cast: Cast, customer: int
) -> None:
    client = browser_of("seller")

    answer = client.post(f"/suggestions/activities.quiet/{customer}/take", headers=HTMX)
    planned = Activity.objects.get(kind=ActivityKind.CALL.value)

    assert answer.status_code == 204
    assert planned.subject == "Gọi Công ty CP Hòa Thuận"
    assert planned.state == ActivityState.PLANNED
    assert planned.owner_id == cast.users["seller"].pk
    assert "chưa liên hệ lần nào" not in text(client.get("/suggestions")).lower()


def test_a_dismissed_call_comes_back_after_the_next_contact(
    browser_of: Callable[[str], Client], cast: Cast, customer: int
) -> None:
    client = browser_of("seller")
    client.post(f"/suggestions/activities.quiet/{customer}/dismiss", {"reason": "Khách đi nước ngoài"})
    gone = text(client.get("/suggestions"))
    call(cast, customer, clock.now() - dt.timedelta(days=70))

    assert "Gọi Công ty CP Hòa Thuận" not in gone
    assert "Gọi Công ty CP Hòa Thuận" in text(client.get("/suggestions"))


def test_a_meeting_without_a_next_step_asks_for_one(
    browser_of: Callable[[str], Client], cast: Cast, customer: int
) -> None:
    about, actor = [("customers", customer)], cast.actor("seller")
    done_at = NOON - dt.timedelta(days=5)
    actions.log(
        ActivityKind.VISIT, "Khảo sát kho", actor=actor, about=about, done_at=done_at, starts_at=done_at
    )

    with clock.stopped(NOON):
        client = browser_of("seller")
        before = text(client.get("/suggestions"))
        plan(cast, "Gửi báo giá", NOON + dt.timedelta(days=3), about=about)
        after = text(client.get("/suggestions"))

    assert "Gặp 5 ngày trước (Khảo sát kho), từ đó chưa có việc nào tiếp theo" in before
    assert "Khảo sát kho" not in after


def test_warns_of_work_that_is_overdue_for_long(browser_of: Callable[[str], Client], cast: Cast) -> None:
    plan(cast, "Đối chiếu công nợ", clock.now() - dt.timedelta(days=12))

    page = text(browser_of("seller").get("/home/tiles/alerts?whose=mine"))

    assert "Đối chiếu công nợ" in page
    assert "Quá hạn 12 ngày" in page


def test_warns_a_leader_of_somebody_with_much_overdue_work(
    browser_of: Callable[[str], Client], cast: Cast
) -> None:
    for number in range(10):
        plan(cast, f"Việc {number}", clock.now() - dt.timedelta(days=1))

    told = text(browser_of("manager").get("/home/tiles/alerts?whose=team"))

    assert "Nguyễn Hồng Hạnh có nhiều việc quá hạn" in told
    assert "Quá hạn 10 trong 10 việc đang mở" in told
