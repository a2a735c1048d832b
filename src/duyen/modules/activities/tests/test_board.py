"""The board of tasks: what stands in its lanes, what a move does, what is refused, for whom it is open."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import paging
from duyen.entities.boards.reading import boards_for, lane_page, lane_sums, lanes_of
from duyen.entities.entity import Entity
from duyen.entities.paging import View
from duyen.entities.performing import perform
from duyen.entities.sharing import share
from duyen.entities.standard import change
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity
from duyen.modules.activities.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Client]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/tasks?view=board"}
BOARD = "/tasks?view=board"


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


def lanes_in(page: str) -> dict[str, list[int]]:
    """Give the ids of the cards by lane, in their order."""
    parts = re.split(r'data-lane="(\w+)"', page)
    return {
        key: [int(each) for each in re.findall(r"id=card-(\d+)", cards.partition("</section>")[0])]
        for key, cards in zip(parts[1::2], parts[2::2], strict=True)
    }


def move(client: Client, record: int, lane: str, version: int = 1, **more: Any) -> Any:
    return client.post(f"/tasks/{record}/lane", {"lane": lane, "v": version, **more}, headers=HTMX)


def as_it_is(record: int) -> tuple[Any, int]:
    """Give the row and the length of the trail, to prove that a refusal changed neither."""
    return Activity.objects.filter(pk=record).values().get(), History.objects.count()


def test_shows_what_is_to_do_in_progress_and_done(
    cast: Cast, tasks: Entity, browser_of: BrowserOf, make: Make
) -> None:
    later, soon, begun, done = (
        make(subject, due_at=now() + dt.timedelta(days=days))
        for subject, days in (("Sau", 3), ("Trước", 1), ("Đang làm", 2), ("Xong", 2))
    )
    perform(tasks, "start", begun, actor=cast.actor("seller"), arguments={})
    perform(tasks, "finish", done, actor=cast.actor("seller"), arguments={})

    page = text(browser_of("seller").get(BOARD))

    assert lanes_in(page) == {"PLANNED": [soon, later], "STARTED": [begun], "DONE": [done]}


def test_warns_of_what_is_late_and_of_what_stands_still(
    cast: Cast, tasks: Entity, browser_of: BrowserOf, make: Make
) -> None:
    late = make("Trễ", due_at=now() - dt.timedelta(days=3, hours=1))
    make("Đúng hạn", due_at=now() + dt.timedelta(days=3))

    page = text(browser_of("seller").get(BOARD))

    assert page.count("deal risk") == 1
    assert f'<article class="deal risk" id=card-{late} ' in page
    assert "Quá hạn 3 ngày" in page


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.sampled_from(["seller", "manager", "colleague", "director", "outsider", "teller"]),
    priority=st.sampled_from(["", "HIGH", "LOW"]),
    words=st.sampled_from(["", "goi"]),
    limit=st.integers(1, 4),
)
def test_holds_what_the_list_holds(
    cast: Cast, tasks: Entity, make: Make, who: str, priority: str, words: str, limit: int
) -> None:
    if not Activity.objects.exists():
        for number in range(12):
            made = make(
                ("Gọi lại", "Gửi hàng")[number % 2],
                by=("seller", "colleague", "outsider", "manager")[number % 4],
                priority=("HIGH", "LOW", "NORMAL")[number % 3],
                due_at=now() + dt.timedelta(hours=number // 2),
            )
            if number % 3:
                verb = ("start", "finish")[number % 3 - 1]
                perform(tasks, verb, made, actor=cast.actor("director"), arguments={})
    actor, board = cast.actor(who), tasks.boards[0]
    listing = tasks.listing("all")
    parts = [["priority", "eq", priority]] if priority else []
    view = View(q=words, filter={"and": parts} if parts else None, limit=limit)
    lanes = lanes_of(tasks, board, actor)

    for lane in lanes:
        found, after = [], None
        while True:
            page = lane_page(tasks, board, lane, listing=listing, actor=actor, view=view, after=after)
            found += [row["id"] for row in page.rows]
            after = page.next
            if after is None:
                break
        whole = View(
            q=words,
            filter={"and": [*parts, ["state", "eq", lane.key]]},
            sort=lane.order,
            limit=200,
        )
        rows = paging.page(tasks, listing, actor=actor, view=whole).rows
        assert found == [row["id"] for row in rows]
    sums = lane_sums(tasks, board, lanes, actor=actor, view=view)
    seen = {row["id"] for row in tasks.rows(actor).values("id")}
    if not parts and not words:
        assert sum(each.number for each in sums) == len(seen)


def test_costs_as_many_queries_for_fifty_cards_as_for_three(browser_of: BrowserOf, make: Make) -> None:
    client = browser_of("seller")
    for number in range(3):
        make(f"Việc {number}", due_at=now() + dt.timedelta(days=number))
    client.get(BOARD)
    with CaptureQueriesContext(connection) as few:
        client.get(BOARD)
    for number in range(50):
        make(f"Việc {number}", due_at=now() + dt.timedelta(days=number))

    with CaptureQueriesContext(connection) as many:
        page = client.get(BOARD)

    assert len(many) == len(few)
    assert len(lanes_in(text(page))["PLANNED"]) == 16
    assert len(page.content) < 60_000


def test_goes_on_down_a_lane(browser_of: BrowserOf, make: Make) -> None:
    made = [make(f"Việc {number}", due_at=now() + dt.timedelta(days=number)) for number in range(25)]
    client = browser_of("seller")
    page = text(client.get(BOARD))
    more = re.search(r'hx-get="([^"]*lane=PLANNED[^"]*)"', page)
    assert more is not None

    rest = text(client.get(more[1].replace("&amp;", "&"), headers=HTMX))

    assert lanes_in(page)["PLANNED"] == made[:16]
    assert [int(each) for each in re.findall(r"id=card-(\d+)", rest)] == made[16:]


def test_moves_a_card_and_counts_again(browser_of: BrowserOf, make: Make) -> None:
    record, client = make(), browser_of("seller")

    answer = move(client, record, "STARTED")

    assert answer.status_code == 200
    assert answer["HX-Retarget"] == f"#card-{record}"
    assert f'id=card-{record} data-v=2 data-at="STARTED"' in text(answer)
    assert "recount" in answer["HX-Trigger"]
    assert Activity.objects.get(pk=record).state == "STARTED"
    assert move(client, record, "PLANNED", version=2).status_code == 200
    assert Activity.objects.get(pk=record).state == "PLANNED"


def test_asks_what_the_step_asks_before_it_moves(browser_of: BrowserOf, make: Make) -> None:
    record, client = make(), browser_of("seller")
    before = as_it_is(record)

    asked = move(client, record, "DONE")

    assert (asked.status_code, asked["HX-Retarget"]) == (200, "#dlg")
    assert as_it_is(record) == before
    action = re.search(r'action="([^"]+)"', text(asked))
    assert action is not None

    address = action[1].replace("&amp;", "&")
    answer = client.post(address, {"result": "Khách đồng ý"}, headers=HTMX)

    row = Activity.objects.get(pk=record)
    assert answer["HX-Retarget"] == f"#card-{record}"
    assert (row.state, row.result, row.version) == ("DONE", "Khách đồng ý", 2)


@pytest.mark.parametrize(("lane", "said"), [("STARTED", "trạng thái"), ("DONE", "đã ở"), ("X", "cột")])
def test_leaves_a_card_where_no_step_leads(
    cast: Cast, tasks: Entity, browser_of: BrowserOf, make: Make, lane: str, said: str
) -> None:
    record = make()
    perform(tasks, "finish", record, actor=cast.actor("seller"), arguments={})
    before = as_it_is(record)

    answer = move(browser_of("seller"), record, lane, version=2)

    assert answer.status_code == 409
    assert said in answer["HX-Trigger"].encode().decode("unicode_escape")
    assert as_it_is(record) == before


def test_shows_every_reason_against_a_move(tasks: Entity, browser_of: BrowserOf, make: Make) -> None:
    record = make()
    before = as_it_is(record)
    tasks.guards["start"] = [lambda _row: ["thiếu giấy.", "chưa ai duyệt."]]

    try:
        answer = move(browser_of("seller"), record, "STARTED")
    finally:
        tasks.guards.clear()

    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#dlg")
    assert "<li>Thiếu giấy.</li><li>Chưa ai duyệt.</li>" in text(answer)
    assert as_it_is(record) == before


def test_tells_the_second_of_two_where_the_first_put_the_card(browser_of: BrowserOf, make: Make) -> None:
    record = make()
    move(browser_of("manager"), record, "STARTED")
    before = as_it_is(record)

    answer = move(browser_of("seller"), record, "DONE")

    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#dlg")
    assert "<dd>Đang làm</dd>" in text(answer)
    assert "<dd>Đã xong</dd>" in text(answer) or "<dd>Xong</dd>" in text(answer)
    assert as_it_is(record) == before


def test_says_who_changed_something_else_meanwhile(
    cast: Cast, tasks: Entity, browser_of: BrowserOf, make: Make
) -> None:
    record = make()
    change(tasks, record, actor=cast.actor("manager"), version=1, values={"body": "Mang theo hợp đồng"})

    answer = move(browser_of("seller"), record, "STARTED")

    assert answer.status_code == 409
    assert cast.user("manager").full_name in text(answer)
    assert 'name="v" value="2"' in text(answer)
    assert Activity.objects.get(pk=record).state == "PLANNED"


def test_works_without_a_script(browser_of: BrowserOf, make: Make) -> None:
    record, client = make(), browser_of("seller")

    page = text(
        client.get(f"/tasks/{record}/lane", headers={"Referer": "http://testserver/tasks?view=board"})
    )
    moved = client.post(f"/tasks/{record}/lane", {"lane": "STARTED", "v": 1, "back": BOARD})
    refused = client.post(f"/tasks/{record}/lane", {"lane": "STARTED", "v": 2})

    assert f'name="back" value="{BOARD}"' in page
    assert (moved.status_code, moved["Location"]) == (302, BOARD)
    assert refused.status_code == 409
    assert Activity.objects.get(pk=record).state == "STARTED"


def test_keeps_from_the_board_what_the_list_keeps(
    cast: Cast, tasks: Entity, browser_of: BrowserOf, make: Make
) -> None:
    record = make("Việc của người bán")
    before = as_it_is(record)
    client = browser_of("colleague")

    page = text(client.get("/tasks?view=board&list=all"))
    sums = text(client.get("/tasks/board/sums?view=board&list=all", headers=HTMX))

    assert "Việc của người bán" not in page
    assert "<b>0</b>" in sums
    assert client.get(f"/tasks/{record}/lane").status_code == 404
    assert move(client, record, "STARTED").status_code == 404
    assert as_it_is(record) == before


def test_shows_a_card_that_one_may_only_read_without_a_way(
    cast: Cast, tasks: Entity, browser_of: BrowserOf, make: Make
) -> None:
    record = make("Cho xem", by="colleague")
    share(tasks, record, actor=cast.actor("manager"), user=cast.user("seller").pk)
    before = as_it_is(record)
    client = browser_of("seller")

    page = text(client.get("/tasks?view=board&list=all"))

    assert f"id=card-{record} data-v=1>" in page
    assert f"/tasks/{record}/lane" not in page
    assert move(client, record, "STARTED").status_code == 403
    assert as_it_is(record) == before


def test_gives_no_board_to_whoever_may_not_see_the_state(
    cast: Cast, tasks: Entity, browser_of: BrowserOf, make: Make
) -> None:
    make()
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="tasks", field="state", level="hidden")

    page = text(browser_of("seller").get(BOARD))

    assert boards_for(tasks, cast.actor("seller")) == []
    assert "data-board" not in page
    assert "data-lane" not in page


def test_opens_a_kept_view_as_a_board(browser_of: BrowserOf, make: Make) -> None:
    record, client = make(priority="HIGH"), browser_of("seller")
    make(priority="LOW")
    client.post("/tasks/views/new?view=board&priority.eq=HIGH", {"name": "Gấp", "audience": "me"})
    view = re.search(r"/tasks\?view=(\d+)", text(client.get("/tasks/views")))
    assert view is not None

    board = text(client.get(f"/tasks?view={view[1]}"))
    table = text(client.get(f"/tasks?view={view[1]}&as=list"))

    assert lanes_in(board)["PLANNED"] == [record]
    assert "data-lane" not in table
    assert f'id="row-{record}"' in table
