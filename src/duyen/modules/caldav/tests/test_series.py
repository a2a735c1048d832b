"""What recurs is one series here and one entry there, and each time of it is the same on both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import ZONE, now
from duyen.modules.activities.actions import cancel, finish, plan
from duyen.modules.activities.models import Activity, Series
from duyen.modules.activities.series import all_that_go_on, go_on
from duyen.modules.activities.words import ActivityKind
from duyen.modules.caldav.models import Item, Standing
from duyen.modules.caldav.queries import clashes_of
from duyen.modules.caldav.series import SeriesTies
from duyen.modules.caldav.server import Server
from duyen.modules.caldav.tests.conftest import Radicale, Tied, event, todo

pytestmark = pytest.mark.django_db
Tie = Callable[..., Tied]
WEEK = dt.timedelta(days=7)
HOUR = dt.timedelta(hours=1)


def _first(hour: int = 9) -> dt.datetime:
    """Give an hour of the day after tomorrow."""
    day = (now() + dt.timedelta(days=2)).astimezone(ZONE).date()
    return dt.datetime.combine(day, dt.time(hour), ZONE)


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _entity(row: Activity) -> Any:
    return entity_named("tasks" if row.kind == "TASK" else "activities")


def _change(tied: Tied, row: Activity, **values: Any) -> None:
    row.refresh_from_db()
    standard.change(_entity(row), row.pk, actor=tied.actor, values=values, version=row.version)


def _step(tied: Tied, row: Activity, step: str, **asked: Any) -> None:
    perform(_entity(row), step, row.pk, actor=tied.actor, arguments=asked)


def _meetings(tied: Tied, **asked: Any) -> list[Activity]:
    """Plan a meeting of every week, as a person does, and give its times."""
    done = plan(ActivityKind.MEETING, "Giao ban", actor=tied.actor, starts_at=_first(), ends_at=_first(10))
    _step(tied, Activity.objects.get(pk=done.id), "repeat", **(asked or {"every": "WEEKLY"}))
    return _standing()


def _standing() -> list[Activity]:
    """List what is neither in the bin nor cancelled, by its time."""
    return list(Activity.objects.filter(deleted_at=None).exclude(state="CANCELLED").order_by("at", "pk"))


def _weekly(*lines: str, summary: str = "Tập yoga", hour: int = 18, own: str = "") -> str:
    """Write an appointment of every week as a phone does; `own` are times of it that differ."""
    return (
        event(
            "w",
            f"SUMMARY:{summary}",
            f"DTSTART;TZID=Asia/Ho_Chi_Minh:{_first(hour):%Y%m%dT%H%M%S}",
            f"DTEND;TZID=Asia/Ho_Chi_Minh:{_first(hour) + HOUR:%Y%m%dT%H%M%S}",
            "RRULE:FREQ=WEEKLY",
            "X-COLOR:teal",
            *lines,
        )
        + own
    )


def _moved(weeks: int, by: dt.timedelta, *lines: str) -> str:
    """Write one time of it that was moved."""
    at = _first(18) + weeks * WEEK
    told = (f"DTSTART:{_utc(at + by)}", f"DTEND:{_utc(at + by + HOUR)}")
    return event("w", f"RECURRENCE-ID:{_utc(at)}", *(lines or ("SUMMARY:Tập yoga",)), *told)


def _stays(tied: Tied, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prove that both sides are the same: one more run writes nothing on either."""
    before = list(Activity.objects.order_by("pk").values_list("pk", "version", "deleted_at"))
    asked: list[str] = []
    ask = Server._ask

    def watched(server: Server, method: str, *given: Any, **more: Any) -> Any:
        asked.append(method)
        return ask(server, method, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Server, "_ask", watched)
        assert tied.sync().is_good
        assert tied.sync().is_good
    assert set(asked) <= {"REPORT", "PROPFIND"}
    assert list(Activity.objects.order_by("pk").values_list("pk", "version", "deleted_at")) == before


# --- from here -----------------------------------------------------------------------------------------


def test_puts_a_series_there_as_one_entry_with_its_rule(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    times = _meetings(tied)
    assert len(times) > 7

    assert tied.sync().is_good

    (name,) = radicale.names(tied.events)
    kept = radicale.get(f"{tied.events}{name}")
    assert kept.count("BEGIN:VEVENT") == 1
    assert "RRULE:FREQ=WEEKLY" in kept
    assert "SUMMARY:Giao ban" in kept
    _stays(tied, monkeypatch)
    assert len(_standing()) == len(times)


def test_sends_changes_of_single_times_and_leaves_out_what_is_skipped(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    times = _meetings(tied)
    tied.sync()
    later = _first() + WEEK + HOUR
    _change(tied, times[1], starts_at=later, ends_at=later + HOUR)
    standard.delete(entity_named("activities"), times[2].pk, actor=tied.actor)
    cancel(times[3].pk, "Khách bận", actor=tied.actor)

    tied.sync()

    (name,) = radicale.names(tied.events)
    kept = radicale.get(f"{tied.events}{name}")
    assert kept.count("BEGIN:VEVENT") == 2
    assert kept.count("RRULE") == 1
    assert f"RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:{_first() + WEEK:%Y%m%dT%H%M%S}" in kept
    assert f"DTSTART:{_utc(_first() + WEEK + HOUR)}" in kept
    for weeks in (2, 3):
        assert f"EXDATE;TZID=Asia/Ho_Chi_Minh:{_first() + weeks * WEEK:%Y%m%dT%H%M%S}" in kept
    _stays(tied, monkeypatch)


def test_sends_a_task_of_every_day_and_that_one_time_is_done(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    done = plan(ActivityKind.TASK, "Đối chiếu quỹ", actor=tied.actor, due_at=_first(17))
    _step(tied, Activity.objects.get(pk=done.id), "repeat", every="DAILY")
    tied.sync()
    (name,) = radicale.names(tied.tasks)
    assert "RRULE:FREQ=DAILY" in radicale.get(f"{tied.tasks}{name}")

    finish(done.id, actor=tied.actor, result="Khớp")
    tied.sync()

    kept = radicale.get(f"{tied.tasks}{name}")
    assert radicale.names(tied.tasks) == [name]
    assert kept.count("BEGIN:VTODO") == 2
    assert kept.count("STATUS:COMPLETED") == 1
    assert [row.state for row in _standing()] == ["DONE", "PLANNED"]
    _stays(tied, monkeypatch)


def test_ends_there_what_stops_here(radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch) -> None:
    tied = tie()
    times = _meetings(tied)
    tied.sync()

    _step(tied, times[2], "stop_repeating")
    tied.sync()

    (name,) = radicale.names(tied.events)
    assert f"UNTIL={_utc(_first() + 2 * WEEK)}" in radicale.get(f"{tied.events}{name}")
    _stays(tied, monkeypatch)


def test_takes_out_there_a_series_of_which_nothing_is_left_here(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    times = _meetings(tied)
    tied.sync()

    _step(tied, times[0], "stop_repeating")
    standard.delete(entity_named("activities"), times[0].pk, actor=tied.actor)
    tied.sync()
    tied.sync()

    assert radicale.names(tied.events) == []


def test_sends_a_new_rule_as_an_end_and_a_beginning(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    times = _meetings(tied)
    tied.sync()

    _step(tied, times[2], "repeat", every="MONTHLY")
    tied.sync()

    kept = "".join(radicale.get(f"{tied.events}{name}") for name in radicale.names(tied.events))
    assert kept.count("BEGIN:VEVENT") == 2
    assert f"UNTIL={_utc(_first() + WEEK)}" in kept
    assert "RRULE:FREQ=MONTHLY" in kept
    _stays(tied, monkeypatch)


def test_gives_what_goes_by_the_moon_as_single_days(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    times = _meetings(tied, every="LUNAR_MONTHLY")
    assert len(times) > 1

    tied.sync()

    assert radicale.names(tied.events) == sorted(f"duyen-{row.pk}.ics" for row in times)
    assert "RRULE" not in radicale.get(f"{tied.events}duyen-{times[0].pk}.ics")
    _stays(tied, monkeypatch)


def test_makes_one_entry_of_what_stood_there_once_and_recurs_now(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    done = plan(ActivityKind.MEETING, "Giao ban", actor=tied.actor, starts_at=_first(), ends_at=_first(10))
    tied.sync()
    assert radicale.names(tied.events) == [f"duyen-{done.id}.ics"]

    _step(tied, Activity.objects.get(pk=done.id), "repeat", every="WEEKLY")
    tied.sync()

    (name,) = radicale.names(tied.events)
    assert name == f"duyen-series-{Series.objects.get().pk}.ics"
    _stays(tied, monkeypatch)


def test_doubles_no_series_after_a_run_that_broke_off(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    times = _meetings(tied)

    def killed(*_given: object, **_more: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(SeriesTies, "keep", killed)
        assert not tied.sync().is_good
    assert len(radicale.names(tied.events)) == 1
    Standing.objects.update(tokens={})

    tied.sync()

    assert len(radicale.names(tied.events)) == 1
    assert len(_standing()) == len(times)
    assert Item.objects.get().series_id == Series.objects.get().pk
    _stays(tied, monkeypatch)


# --- from there ----------------------------------------------------------------------------------------


def test_takes_a_series_with_what_it_leaves_out_and_what_was_moved(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    left_out = f"EXDATE:{_utc(_first(18) + WEEK)}"
    radicale.put(f"{tied.events}w.ics", _weekly(left_out, own=_moved(2, HOUR)))

    assert tied.sync().is_good

    rows = _standing()
    assert [row.starts_at for row in rows[:3]] == [
        _first(18),
        _first(18) + 2 * WEEK + HOUR,
        _first(18) + 3 * WEEK,
    ]
    assert {(row.subject, row.is_private, row.owner_id) for row in rows} == {
        ("Tập yoga", True, tied.actor.user_id)
    }
    assert Series.objects.get().rule == "FREQ=WEEKLY"
    _stays(tied, monkeypatch)


def test_takes_a_series_that_began_long_ago_from_its_next_time_on(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    rule = ("SUMMARY:Giao ban", "DTSTART:20200106T010000Z", "DTEND:20200106T020000Z", "RRULE:FREQ=DAILY")
    radicale.put(f"{tied.events}a.ics", event("a", *rule))

    tied.sync()

    rows = _standing()
    assert rows[0].starts_at is not None
    assert now() - HOUR <= rows[0].starts_at <= now() + dt.timedelta(days=1)
    assert len(rows) > 50
    _stays(tied, monkeypatch)
    assert radicale.get(f"{tied.events}a.ics").count("BEGIN:VEVENT") == 1


def test_follows_single_times_that_change_or_go_there(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly())
    tied.sync()
    before = _standing()

    left_out = f"EXDATE:{_utc(_first(18) + WEEK)}"
    told = ("SUMMARY:Tập yoga ở nhà",)
    radicale.put(f"{tied.events}w.ics", _weekly(left_out, own=_moved(2, -HOUR, *told)))
    tied.sync()

    rows = {row.pk: row for row in Activity.objects.all()}
    assert rows[before[1].pk].state == "CANCELLED"
    third = rows[before[2].pk]
    assert (third.subject, third.starts_at) == ("Tập yoga ở nhà", _first(17) + 2 * WEEK)
    assert {rows[each.pk].version for each in before[3:]} == {1}
    _stays(tied, monkeypatch)


def test_waits_with_a_change_of_a_time_that_is_not_made_here_yet(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly())
    tied.sync()
    made = len(_standing())

    radicale.put(f"{tied.events}w.ics", _weekly(f"EXDATE:{_utc(_first(18) + made * WEEK)}"))
    tied.sync()
    assert len(_standing()) == made
    monkeypatch.setattr("duyen.modules.activities.series.now", lambda: now() + 3 * WEEK)
    for each in all_that_go_on():
        go_on(each)
    tied.sync()

    rows = _standing()
    assert len(rows) == made + 2
    assert _first(18) + made * WEEK not in [row.starts_at for row in rows]
    assert _first(18) + (made + 1) * WEEK in [row.starts_at for row in rows]


def test_follows_a_new_hour_and_rule_of_all_times_from_the_next_one_on(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly())
    tied.sync()
    count = len(_standing())

    radicale.put(f"{tied.events}w.ics", _weekly(summary="Tập bơi", hour=19))
    tied.sync()

    rows = _standing()
    assert {row.subject for row in rows} == {"Tập bơi"}
    assert [row.starts_at for row in rows] == [_first(19) + weeks * WEEK for weeks in range(count)]
    assert radicale.names(tied.events) == ["w.ics"]
    _stays(tied, monkeypatch)


def test_ends_a_series_that_was_deleted_there_and_does_not_put_it_back(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly())
    tied.sync()

    radicale.delete(f"{tied.events}w.ics")
    tied.sync()
    tied.sync()

    assert _standing() == []
    assert Series.objects.get().ended_at is not None
    assert radicale.names(tied.events) == []


def test_ends_a_series_that_got_a_last_day_in_the_past_there_and_goes_on_with_it_later(
    radicale: Radicale, tie: Tie
) -> None:
    tied = tie()
    begun = _weekly().replace(f"{_first():%Y%m%d}", f"{_first() - 3 * WEEK:%Y%m%d}")
    radicale.put(f"{tied.events}w.ics", begun)
    tied.sync()

    ended = begun.replace("FREQ=WEEKLY", f"FREQ=WEEKLY;UNTIL={_utc(_first(18) - 2 * WEEK)}")
    radicale.put(f"{tied.events}w.ics", ended)
    tied.sync()
    kept = radicale.get(f"{tied.events}w.ics")
    tied.sync()

    assert _standing() == []
    assert radicale.get(f"{tied.events}w.ics") == kept
    radicale.put(f"{tied.events}w.ics", begun)
    tied.sync()
    assert len(_standing()) > 7
    assert radicale.names(tied.events) == ["w.ics"]


def test_takes_one_appointment_of_a_series_that_comes_once_from_now_on(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly())
    tied.sync()

    radicale.put(f"{tied.events}w.ics", _weekly().replace("RRULE:FREQ=WEEKLY\r\n", ""))
    tied.sync()

    assert [row.starts_at for row in _standing()] == [_first(18)]
    assert radicale.names(tied.events) == ["w.ics"]
    _stays(tied, monkeypatch)


@pytest.mark.parametrize("how", ["in its own time", "by moving on"])
def test_finishes_the_time_of_a_task_that_was_ticked_there(
    radicale: Radicale, tie: Tie, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    day = dt.timedelta(days=1)

    def task(due: dt.datetime) -> str:
        times = (f"DTSTART:{_utc(due - HOUR)}", f"DUE:{_utc(due)}")
        return todo("t", "SUMMARY:Tưới cây", *times, "RRULE:FREQ=DAILY")

    radicale.put(f"{tied.tasks}t.ics", task(_first(17)))
    tied.sync()
    (row,) = _standing()
    assert (row.kind, row.due_at) == ("TASK", _first(17))

    ticked = ("SUMMARY:Tưới cây", f"DUE:{_utc(_first(17))}", "STATUS:COMPLETED")
    own = todo("t", f"RECURRENCE-ID:{_utc(_first(16))}", f"DTSTART:{_utc(_first(16))}", *ticked)
    there = task(_first(17)) + own if how == "in its own time" else task(_first(17) + day)
    radicale.put(f"{tied.tasks}t.ics", there)
    tied.sync()

    assert [(each.state, each.due_at) for each in _standing()] == [
        ("DONE", _first(17)),
        ("PLANNED", _first(17) + day),
    ]
    _stays(tied, monkeypatch)


@pytest.mark.parametrize("kind", ["appointment", "task"])
def test_takes_what_recurs_by_whole_days(
    radicale: Radicale, tie: Tie, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    day = f"{_first():%Y%m%d}"
    skipped = f"EXDATE;VALUE=DATE:{_first() + WEEK:%Y%m%d}"
    lines = ("SUMMARY:Trực", f"DTSTART;VALUE=DATE:{day}", "RRULE:FREQ=WEEKLY", skipped)
    if kind == "appointment":
        radicale.put(f"{tied.events}a.ics", event("a", *lines))
    else:
        radicale.put(f"{tied.tasks}t.ics", todo("t", *lines, f"DUE;VALUE=DATE:{day}"))

    assert tied.sync().is_good

    rows = _standing()
    if kind == "appointment":
        assert [row.starts_at for row in rows[:2]] == [_first(0), _first(0) + 2 * WEEK]
        assert rows[0].all_day
    else:
        assert [row.due_at for row in rows] == [_first(17)]
        finish(rows[0].pk, actor=tied.actor, result="Xong")
        tied.sync()
        tied.sync()
        kept = radicale.get(f"{tied.tasks}t.ics")
        assert f"RECURRENCE-ID;VALUE=DATE:{day}" in kept
        assert [row.due_at for row in _standing()] == [_first(17), _first(17) + 2 * WEEK]
    _stays(tied, monkeypatch)


# --- both sides ----------------------------------------------------------------------------------------


def test_writes_a_change_of_one_time_into_an_entry_of_the_phone_and_nothing_else(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly("ATTENDEE;CN=Mai:mailto:mai@example.com"))
    tied.sync()
    rows = _standing()

    _change(tied, rows[1], place="Nhà văn hóa")
    standard.delete(entity_named("activities"), rows[2].pk, actor=tied.actor)
    tied.sync()

    kept = radicale.get(f"{tied.events}w.ics")
    assert kept.count("LOCATION:Nhà văn hóa") == 1
    assert kept.count("BEGIN:VEVENT") == 2
    assert kept.count("RRULE:FREQ=WEEKLY") == 1
    assert kept.count("mai@example.com") == 2
    assert f"EXDATE;TZID=Asia/Ho_Chi_Minh:{_first(18) + 2 * WEEK:%Y%m%dT%H%M%S}" in kept
    _stays(tied, monkeypatch)


def test_tells_what_gave_way_where_both_changed_one_time(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly())
    tied.sync()
    rows = _standing()

    _change(tied, rows[1], subject="Tập yoga (tôi sửa)", place="Phòng 3")
    own = _moved(1, dt.timedelta(0), "SUMMARY:Tập yoga (điện thoại sửa)")
    radicale.put(f"{tied.events}w.ics", _weekly(own=own))
    tied.sync()

    rows[1].refresh_from_db()
    assert (rows[1].subject, rows[1].place) == ("Tập yoga (điện thoại sửa)", "Phòng 3")
    (clash,) = clashes_of(tied.account.pk)
    assert (clash.activity_id, dict(clash.ours)) == (rows[1].pk, {"subject": "Tập yoga (tôi sửa)"})
    assert "LOCATION:Phòng 3" in radicale.get(f"{tied.events}w.ics")
    _stays(tied, monkeypatch)


def test_lets_a_change_of_one_time_weigh_more_than_its_deletion(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}w.ics", _weekly())
    tied.sync()
    rows = _standing()

    _change(tied, rows[1], place="Phòng 3")
    standard.delete(entity_named("activities"), rows[2].pk, actor=tied.actor)
    left_out = f"EXDATE:{_utc(_first(18) + WEEK)}"
    radicale.put(f"{tied.events}w.ics", _weekly(left_out, own=_moved(2, HOUR)))
    tied.sync()

    kept = _standing()
    assert (kept[1].pk, kept[1].place) == (rows[1].pk, "Phòng 3")
    assert (kept[2].pk, kept[2].starts_at) == (rows[2].pk, _first(18) + 2 * WEEK + HOUR)
    assert "EXDATE" not in radicale.get(f"{tied.events}w.ics")
    _stays(tied, monkeypatch)
