"""Every page on which activities stand asks as often for fifty of them as for three."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.kernel.clock import ZONE, now, stopped
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
#: A Wednesday, so that a week holds days before and behind it.
NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=ZONE)
PAGES = (
    "/tasks",
    "/tasks?list=overdue&due_at.lt=%40now&open_at.empty=0",
    "/tasks?list=team&unit.in=%40my_units&open_at.empty=0",
    "/tasks/days",
    "/tasks/days?who=team",
    "/activities",
    "/calendar?view=day",
    "/calendar?view=week",
    "/calendar?view=month",
    "/calendar?view=team",
    "/",
)
MOST_BYTES = 60_000


def open_as(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def customers(cast: Cast, count: int) -> list[int]:
    rows = [{"name": f"Cửa hàng số {number}", "kind": "HOUSEHOLD_BUSINESS"} for number in range(count)]
    made, _operation = standard.create_many(entity_named("customers"), actor=cast.actor("seller"), rows=rows)
    return [each.id for each in made if each.id is not None]


def plan(cast: Cast, about: list[int], count: int, *, at: dt.datetime | None = None) -> None:
    """Plan meetings and tasks, each about another customer, before now and behind it; or all at one time."""
    rows: list[dict[str, object]] = []
    for number in range(count):
        moment = at or now() + dt.timedelta(hours=number - count // 2)
        common = {"subject": f"Việc số {number}", "about": [("customers", about[number % len(about)])]}
        if number % 2:
            rows.append({**common, "kind": "MEETING", "starts_at": moment, "place": "Phòng họp"})
        else:
            rows.append({**common, "kind": "TASK", "due_at": moment})
    made, _operation = standard.create_many(entity_named("activities"), actor=cast.actor("seller"), rows=rows)
    assert [each.problems for each in made if each.problems] == []


def asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    assert page.status_code == 200
    assert len(page.content) < MOST_BYTES or address == "/activities"
    return len(queries)


@pytest.mark.parametrize("who", ["seller", "director"])
def test_every_page_asks_as_often_for_fifty_as_for_three(cast: Cast, who: str) -> None:
    with stopped(NOW):
        about = customers(cast, 50)
        plan(cast, about, 4)
        client = open_as(cast, who)
        few = {address: asked(client, address) for address in PAGES}
        plan(cast, about, 50)

        many = {address: asked(client, address) for address in PAGES}

    assert many == few


def test_a_record_asks_as_often_for_fifty_entries_as_for_three(cast: Cast) -> None:
    with stopped(NOW):
        (customer,) = customers(cast, 1)
        plan(cast, [customer], 8)
        client = open_as(cast, "seller")
        few = asked(client, f"/customers/{customer}")
        plan(cast, [customer], 50)

        many = asked(client, f"/customers/{customer}")

    assert many == few


@pytest.mark.parametrize(
    ("view", "drawn", "said"), [("week", 15, "còn hơn 100 nữa"), ("month", 3, "còn hơn 100 nữa")]
)
def test_a_crowded_day_draws_some_and_counts_the_others(cast: Cast, view: str, drawn: int, said: str) -> None:
    with stopped(NOW):
        about = customers(cast, 5)
        plan(cast, about, 260, at=NOW)

        page = open_as(cast, "seller").get(f"/calendar?view={view}").content.decode()

    assert page.count("Việc số") // 2 == drawn
    assert said in page
    assert len(page.encode()) < MOST_BYTES


def test_a_full_day_counts_those_that_are_not_drawn(cast: Cast) -> None:
    with stopped(NOW):
        about = customers(cast, 5)
        plan(cast, about, 40, at=NOW)

        page = open_as(cast, "seller").get("/calendar?view=week").content.decode()
        team = open_as(cast, "seller").get("/calendar?view=team").content.decode()
        day = open_as(cast, "seller").get("/calendar?view=day").content.decode()

    assert "còn 25 nữa" in page
    assert "còn 37 nữa" in team
    assert day.count("Việc số") // 2 == 40
    assert "nữa</a>" not in day
