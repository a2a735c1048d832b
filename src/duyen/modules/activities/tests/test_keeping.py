"""What is planned, noted and finished: times, states, what an activity is about and who may read it."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.history import history
from duyen.entities.paging import View, page
from duyen.entities.performing import NotNow
from duyen.entities.through import readable_rows
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now
from duyen.modules.activities import actions
from duyen.modules.activities.models import About, Activity
from duyen.modules.activities.tests.conftest import Make, Take
from duyen.modules.activities.words import ActivityKind
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def test_a_task_stands_by_its_day_until_it_is_done(make: Make, take: Take) -> None:
    due = now().replace(microsecond=0) + 24 * HOUR
    task = make(due_at=due)
    planned = Activity.objects.get(pk=task)

    take("finish", task, result="Khách đồng ý")

    done = Activity.objects.get(pk=task)
    assert (planned.state, planned.at, planned.open_at) == ("PLANNED", due, due)
    assert (done.state, done.progress, done.result, done.open_at) == ("DONE", 100, "Khách đồng ý", None)
    assert done.at == done.done_at


def test_a_call_without_a_time_has_happened_just_now(make: Make) -> None:
    call = Activity.objects.get(pk=make(kind="CALL"))
    assert (call.state, call.done_at is None, call.at == call.done_at) == ("DONE", False, True)


def test_a_call_that_is_planned_stays_open(make: Make) -> None:
    assert Activity.objects.get(pk=make(kind="CALL", due_at=now() + HOUR)).state == "PLANNED"


def test_a_meeting_may_cross_midnight_and_lasts_an_hour_unless_told(make: Make) -> None:
    start = dt.datetime(2026, 12, 1, 16, 30, tzinfo=dt.UTC)
    meeting = Activity.objects.get(pk=make(kind="MEETING", starts_at=start))
    late = Activity.objects.get(pk=make(kind="MEETING", starts_at=start, ends_at=start + 4 * HOUR))
    assert (meeting.ends_at, late.ends_at) == (start + HOUR, start + 4 * HOUR)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"kind": "MEETING"}, "starts_at"),
        ({"ends_at": "2026-12-01T10:00:00Z"}, "starts_at"),
        ({"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T09:00:00Z"}, "ends_at"),
        ({"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2027-12-01T09:00:00Z"}, "ends_at"),
        ({"kind": "CALL", "done_at": "2036-12-01T10:00:00Z"}, "done_at"),
        ({"due_at": "30/02/2026 09:00"}, "due_at"),
        ({"about": [{"entity": "customers", "id": 999_999}]}, "about"),
        ({"about": [{"entity": "nothing", "id": 1}]}, "about"),
        ({"participants": [{"name": "", "email": "không phải"}]}, "participants"),
    ],
)
def test_refuses_what_does_not_fit_together(make: Make, values: dict[str, object], field: str) -> None:
    before = (Activity.objects.count(), History.objects.count())
    with pytest.raises(InvalidValues) as refused:
        make(**values)
    assert field in {problem.field for problem in refused.value.problems}
    assert (Activity.objects.count(), History.objects.count()) == before


def test_finishing_makes_the_next_task_in_the_same_step(make: Make, take: Take, customer: Make) -> None:
    firm = customer()
    task = make(about=[{"entity": "customers", "id": firm}])

    take("finish", task, result="Đã gặp", next_step="Gửi báo giá", next_due="31/12/2026 09:30")

    following = Activity.objects.exclude(pk=task).get()
    assert (following.subject, following.kind, following.state) == ("Gửi báo giá", "TASK", "PLANNED")
    assert following.about == [{"entity": "customers", "id": firm}]
    assert following.due_at == dt.datetime(2026, 12, 31, 2, 30, tzinfo=dt.UTC)


def test_a_finished_one_is_not_finished_again(make: Make, take: Take) -> None:
    task = make()
    take("finish", task)
    with pytest.raises(NotNow):
        take("finish", task)
    take("reopen", task)
    held = Activity.objects.get(pk=task)
    assert (held.state, held.done_at, held.open_at == held.at) == ("PLANNED", None, True)


def test_keeps_what_it_is_about_with_the_party_and_the_moment(make: Make, customer: Make) -> None:
    firm = customer()
    task = make(about=[{"entity": "customers", "id": firm}], due_at=now() + HOUR)
    told = About.objects.get()
    held = Activity.objects.get(pk=task)
    assert (told.activity_id, told.entity, told.record_id, told.party_id) == (task, "customers", firm, firm)
    assert (told.at, told.kind, held.party_id) == (held.at, "TASK", firm)


def test_what_it_is_about_follows_a_change(
    make: Make, customer: Make, activities: Entity, cast: Cast
) -> None:
    first, second = customer(), customer("Công ty Sao Mai")
    task = make(about=[{"entity": "customers", "id": first}])
    values = {"about": [{"entity": "customers", "id": second}]}
    standard.change(activities, task, actor=cast.actor("seller"), values=values, version=1)
    assert [each.record_id for each in About.objects.all()] == [second]
    assert Activity.objects.get(pk=task).party_id == second


def test_a_task_cannot_stand_below_itself(make: Make, tasks: Entity, cast: Cast) -> None:
    top = make("Chuẩn bị hồ sơ")
    below = make("Gửi hồ sơ", parent=top)
    with pytest.raises(InvalidValues) as refused:
        standard.change(tasks, top, actor=cast.actor("seller"), values={"parent": below}, version=1)
    assert [each.code for each in refused.value.problems] == ["loop"]
    assert Activity.objects.get(pk=top).parent_id is None


def test_whoever_reads_the_customer_reads_its_activities_there_and_in_no_list(
    make: Make, customer: Make, activities: Entity, cast: Cast
) -> None:
    firm = customer()
    task = make(about=[{"entity": "customers", "id": firm}])
    teller = cast.actor("teller")
    for who in ("manager", "director", "care_agent"):
        assert readable_rows(activities, cast.actor(who), [task]).exists(), who
    assert not readable_rows(activities, cast.actor("colleague"), [task]).exists()
    care = cast.actor("care_agent")
    assert not activities.rows(care).filter(pk=task).exists()
    assert page(activities, activities.listing(), actor=care, view=View()).rows == []
    assert history(activities, task, actor=care).steps
    with pytest.raises(NotAllowed):
        standard.change(activities, task, actor=care, values={"subject": "Khác"}, version=1)
    assert teller


def test_a_private_one_stays_with_its_people(
    make: Make, customer: Make, activities: Entity, cast: Cast
) -> None:
    task = make(about=[{"entity": "customers", "id": customer()}], is_private=True)
    assert not readable_rows(activities, cast.actor("care_agent"), [task]).exists()
    with pytest.raises(NotFound):
        standard.change(activities, task, actor=cast.actor("care_agent"), values={"subject": "x"}, version=1)


def test_a_co_assignee_reads_and_works_but_does_not_delete(
    make: Make, activities: Entity, tasks: Entity, cast: Cast
) -> None:
    outsider = cast.actor("outsider")
    task = make(co_assignees=[outsider.user_id])
    assert [row["id"] for row in page(tasks, tasks.listing("all"), actor=outsider, view=View()).rows] == [
        task
    ]
    standard.change(tasks, task, actor=outsider, values={"progress": 40}, version=1)
    with pytest.raises(NotAllowed):
        standard.delete(tasks, task, actor=outsider)
    assert Activity.objects.get(pk=task).progress == 40


def test_a_participant_of_the_house_reads_it_and_changes_nothing(
    make: Make, activities: Entity, cast: Cast
) -> None:
    outsider = cast.actor("outsider")
    people = [{"entity": "users", "id": outsider.user_id}, {"name": "Lê An", "email": "an@example.com"}]
    meeting = make(kind="MEETING", starts_at=now() + HOUR, participants=people)
    assert activities.rows(outsider).filter(pk=meeting).exists()
    with pytest.raises(NotAllowed):
        standard.change(activities, meeting, actor=outsider, values={"subject": "Khác"}, version=1)


def test_others_log_plan_and_finish_by_the_front_door(cast: Cast, customer: Make) -> None:
    firm, seller = customer(), cast.actor("seller")
    actions.log(ActivityKind.CALL, "Hỏi thăm", actor=seller, about=[("customers", firm)], outcome="REACHED")
    planned = actions.plan(ActivityKind.TASK, "Gửi hợp đồng", actor=seller, about=[("customers", firm)])
    actions.finish(planned.id, actor=seller, result="Đã gửi")
    assert {each.state for each in Activity.objects.all()} == {"DONE"}
    assert About.objects.filter(party_id=firm).count() == 2
