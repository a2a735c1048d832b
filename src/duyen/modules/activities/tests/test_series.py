"""What recurs: the rule, one time after the other, the end of it, and reminders that come once."""

from __future__ import annotations

import datetime as dt
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.foundation.notices.models import Notice
from duyen.kernel import clock
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity, Series
from duyen.modules.activities.recurrence import (
    NeverFalls,
    Recurrence,
    RuleRefused,
    TooFast,
    TooOften,
    read_rule,
)
from duyen.modules.activities.reminders import remind
from duyen.modules.activities.series import go_on
from duyen.modules.activities.tests.conftest import Make, Take
from duyen.testing.cast import Cast

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
START = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("FREQ=DAILY;COUNT=1000000", TooOften),
        ("FREQ=DAILY;UNTIL=99990101", TooOften),
        ("FREQ=SECONDLY", TooFast),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", NeverFalls),
        ("FREQ=DAILY;UNTIL=20200101", NeverFalls),
        ("FREQ=WEEKLY;BYDAY=XX", RuleRefused),
        ("FREQ=WEEKLY;FREQ=DAILY", RuleRefused),
        ("mỗi thứ hai", RuleRefused),
        ("FREQ=DAILY;COUNT=0", RuleRefused),
    ],
)
def test_refuses_a_rule_that_cannot_be_taken(rule: str, error: type[RuleRefused]) -> None:
    with pytest.raises(error):
        read_rule(rule, START)


def test_keeps_the_time_on_the_clock_here() -> None:
    weekly = read_rule("RRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261210T170000Z", START)
    found = list(weekly.between(START - HOUR, START + 60 * DAY))
    assert [each.isoformat() for each in found] == [
        "2026-11-30T02:00:00+00:00",
        "2026-12-03T02:00:00+00:00",
        "2026-12-07T02:00:00+00:00",
        "2026-12-10T02:00:00+00:00",
    ]


@given(
    every=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 12),
    count=st.integers(1, 40),
)
def test_falls_as_often_as_it_says_and_always_later(every: str, interval: int, count: int) -> None:
    rule = read_rule(f"FREQ={every};INTERVAL={interval};COUNT={count}", START)
    found = list(islice(rule.between(START - HOUR, START + 366 * 600 * DAY), count + 1))
    assert len(found) == count
    assert found == sorted(set(found))
    assert rule.after(found[-1]) is None


def test_ends_before_a_moment() -> None:
    rule = Recurrence("FREQ=DAILY;COUNT=30", START).ended_before(START + 3 * DAY)
    assert len(list(rule.between(START - HOUR, START + 60 * DAY))) == 3


@pytest.mark.django_db
def test_the_next_task_comes_when_the_one_before_is_finished(make: Make, take: Take) -> None:
    due = now().replace(microsecond=0) + HOUR
    task = make("Báo cáo tuần", due_at=due, remind_before=30)
    take("repeat", task, every="WEEKLY", times=3)
    assert Activity.objects.count() == 1

    take("finish", task)

    following = Activity.objects.exclude(pk=task).get()
    assert (following.due_at, following.subject) == (due + 7 * DAY, "Báo cáo tuần")
    assert following.remind_at == due + 7 * DAY - dt.timedelta(minutes=30)
    take("cancel", following.pk, note="Nghỉ lễ")
    third = Activity.objects.get(occurrence=due + 14 * DAY)
    take("finish", third.pk)
    assert Activity.objects.count() == 3


@pytest.mark.django_db
def test_appointments_stand_two_months_ahead_and_each_once(make: Make, take: Take) -> None:
    start = now().replace(microsecond=0) + HOUR
    meeting = make("Giao ban", kind="MEETING", starts_at=start, ends_at=start + HOUR)
    take("repeat", meeting, every="WEEKLY")
    made = list(Activity.objects.order_by("at").values_list("starts_at", "ends_at"))
    assert made == [(start + week * 7 * DAY, start + week * 7 * DAY + HOUR) for week in range(9)]
    assert go_on(Series.objects.get().pk) == 0

    third = Activity.objects.order_by("at")[2]
    take("stop_repeating", third.pk)
    assert Activity.objects.filter(deleted_at=None).count() == 3
    assert Series.objects.get().ended_at is not None


@pytest.mark.django_db
def test_a_new_rule_holds_for_this_one_and_those_after_it(make: Make, take: Take) -> None:
    start = now().replace(microsecond=0) + HOUR
    meeting = make("Giao ban", kind="MEETING", starts_at=start)
    take("repeat", meeting, every="WEEKLY")
    second = Activity.objects.order_by("at")[1]

    take("repeat", second.pk, every="MONTHLY")

    held = Activity.objects.filter(deleted_at=None).order_by("at")
    assert held[0].pk == meeting
    assert held[1].pk == second.pk
    assert 3 <= held.count() <= 4
    assert Series.objects.filter(ended_at=None).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["FOLLOWING", "ALL"])
def test_a_change_of_one_goes_to_those_that_are_asked_for(
    make: Make, take: Take, cast: Cast, which: str
) -> None:
    start = now().replace(microsecond=0) + HOUR
    first = make("Giao ban", kind="MEETING", starts_at=start, ends_at=start + HOUR)
    take("repeat", first, every="WEEKLY", times=6)
    ids = list(Activity.objects.order_by("at").values_list("pk", flat=True))
    take("cancel", ids[1], note="Nghỉ lễ")
    third = Activity.objects.get(pk=ids[2])
    moved = {
        "subject": "Giao ban chi nhánh",
        "starts_at": start + 14 * DAY + HOUR,
        "ends_at": start + 15 * DAY,
    }
    entity, seller = entity_named("activities"), cast.actor("seller")
    standard.change(entity, third.pk, actor=seller, values=moved, version=third.version)

    take("carry_on", third.pk, which=which)

    held = list(
        Activity.objects.filter(deleted_at=None).order_by("at").values_list("subject", "starts_at", "state")
    )
    later = [("Giao ban chi nhánh", start + week * 7 * DAY + HOUR, "PLANNED") for week in range(2, 6)]
    before = "Giao ban chi nhánh" if which == "ALL" else "Giao ban"
    begins = start + HOUR if which == "ALL" else start
    assert held == [(before, begins, "PLANNED"), ("Giao ban", start + 7 * DAY, "CANCELLED"), *later]
    assert Series.objects.filter(ended_at=None).count() == 1


@pytest.mark.django_db
def test_a_task_recurs_by_its_own_page(make: Make, cast: Cast) -> None:
    task, tasks, seller = make("Báo cáo", due_at=now() + HOUR), entity_named("tasks"), cast.actor("seller")
    perform(tasks, "repeat", task, actor=seller, arguments={"every": "WEEKLY"})
    perform(tasks, "carry_on", task, actor=seller, arguments={"which": "FOLLOWING"})
    perform(tasks, "finish", task, actor=seller, arguments={})
    assert Activity.objects.filter(subject="Báo cáo", kind="TASK").count() == 2


@pytest.mark.django_db
def test_what_does_not_recur_has_no_others_to_change(make: Make, take: Take) -> None:
    with pytest.raises(NotNow):
        take("carry_on", make(due_at=now() + HOUR), which="ALL")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"every": "DAILY", "times": 1_000_000}, "times"),
        ({"rule": "FREQ=HOURLY"}, "rule"),
        ({"every": "DAILY", "until": "01/01/2020"}, "until"),
        ({}, "every"),
    ],
)
def test_says_at_the_field_what_is_wrong(
    make: Make, take: Take, asked: dict[str, object], field: str
) -> None:
    task = make(due_at=now() + HOUR)
    with pytest.raises(InvalidValues) as refused:
        take("repeat", task, **asked)
    assert [each.field for each in refused.value.problems] == [field]
    assert not Series.objects.exists()


@pytest.mark.django_db
def test_what_has_no_time_does_not_recur(make: Make, take: Take) -> None:
    task = make()
    with pytest.raises(NotNow):
        take("repeat", task, every="DAILY")


@pytest.mark.django_db
def test_reminds_everybody_of_it_once(make: Make, take: Take, cast: Cast) -> None:
    colleague = cast.user("colleague").pk
    due = now() + HOUR
    task = make(due_at=due, remind_before=30, co_assignees=[colleague])
    remind()
    assert not Notice.objects.exists()
    with clock.stopped(due - dt.timedelta(minutes=29)):
        assert remind() == 1
        assert remind() == 0
    told = Notice.objects.filter(kind="reminder", record_id=task)
    assert set(told.values_list("user_id", flat=True)) == {cast.user("seller").pk, colleague}


@pytest.mark.django_db
def test_reminds_of_nothing_that_is_done(make: Make, take: Take) -> None:
    task = make(due_at=now() + HOUR, remind_before=30)
    take("finish", task)
    with clock.stopped(now() + HOUR):
        assert remind() == 0
