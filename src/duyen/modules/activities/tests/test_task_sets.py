"""Sets of tasks: started by a person about a record, or by a step of its life cycle."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import ZONE
from duyen.modules.activities.models import Activity
from duyen.modules.activities.task_sets import EmptySet
from duyen.modules.activities.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def welcome(cast: Cast) -> int:
    """Make a set of two tasks, the second for a colleague."""
    director = cast.actor("director")
    made = standard.create(
        entity_named("task_sets"),
        actor=director,
        values={"name": "Đón khách hàng mới", "starts_with": "customers.start"},
    )
    steps = (
        {"subject": "Gọi chào mừng", "after_days": 1, "assignee": "OWNER"},
        {"subject": "Kiểm tra cước đầu", "after_days": 5, "assignee": "PERSON", "position": 2}
        | {"person": cast.user("care_agent").pk},
    )
    for each in steps:
        values = {**each, "task_set": made.id}
        standard.create(entity_named("task_set_steps"), actor=director, values=values)
    return made.id


def _local(moment: dt.datetime | None) -> str:
    return moment.astimezone(ZONE).strftime("%d/%m/%Y %H:%M") if moment else ""


def test_a_person_starts_a_set_about_a_record(cast: Cast, customer: Make, welcome: int) -> None:
    firm = customer()
    perform(
        entity_named("customers"),
        "start_task_set",
        firm,
        actor=cast.actor("seller"),
        arguments={"task_set": welcome, "day": "27/11/2026"},
    )
    call, check = Activity.objects.order_by("due_at")
    # 27/11/2026 is a Friday, and the office works until half past five.
    assert (call.subject, _local(call.due_at)) == ("Gọi chào mừng", "30/11/2026 17:30")
    assert (check.subject, _local(check.due_at)) == ("Kiểm tra cước đầu", "04/12/2026 17:30")
    assert (call.owner_id, check.owner_id) == (cast.user("seller").pk, cast.user("care_agent").pk)
    assert call.about == [{"entity": "customers", "id": firm}]


def test_a_step_of_a_life_cycle_starts_its_set(cast: Cast, customer: Make, welcome: int) -> None:
    firm = customer()
    perform(
        entity_named("customers"), "start", firm, actor=cast.actor("seller"), arguments={"note": "Đã lắp đặt"}
    )
    assert set(Activity.objects.values_list("party_id", flat=True)) == {firm}
    assert Activity.objects.count() == 2


def test_an_empty_set_starts_nothing(cast: Cast, customer: Make) -> None:
    made = standard.create(entity_named("task_sets"), actor=cast.actor("director"), values={"name": "Trống"})
    with pytest.raises(EmptySet):
        perform(
            entity_named("customers"),
            "start_task_set",
            customer(),
            actor=cast.actor("seller"),
            arguments={"task_set": made.id},
        )
    assert not Activity.objects.exists()


def test_a_seller_starts_sets_and_makes_none(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        standard.create(entity_named("task_sets"), actor=cast.actor("seller"), values={"name": "Riêng"})


def test_says_who_is_missing(cast: Cast, welcome: int) -> None:
    values = {"task_set": welcome, "subject": "Gửi quà", "assignee": "PERSON"}
    with pytest.raises(InvalidValues) as refused:
        standard.create(entity_named("task_set_steps"), actor=cast.actor("director"), values=values)
    assert [each.field for each in refused.value.problems] == ["person"]
