"""Both sides end up the same, whoever changed what, and nothing is doubled or lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.kernel.clock import ZONE, now
from duyen.modules.activities.actions import cancel, finish, plan
from duyen.modules.activities.models import Activity
from duyen.modules.activities.words import ActivityKind, ActivityState
from duyen.modules.caldav.models import Item, Standing
from duyen.modules.caldav.pushing import Pushing
from duyen.modules.caldav.server import Changes, Server
from duyen.modules.caldav.tests.conftest import Radicale, Tied, event, todo
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
Tie = Callable[..., Tied]
DAY = dt.timedelta(days=1)


def _tomorrow(hour: int, minute: int = 0) -> dt.datetime:
    day = (now() + DAY).astimezone(ZONE).date()
    return dt.datetime.combine(day, dt.time(hour, minute), ZONE)


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _subjects() -> list[str]:
    return sorted(Activity.objects.filter(deleted_at=None).values_list("subject", flat=True))


def _change(tied: Tied, activity_id: int, **values: Any) -> None:
    row = Activity.objects.get(pk=activity_id)
    entity = entity_named("tasks" if row.kind == "TASK" else "activities")
    standard.change(entity, row.pk, actor=tied.actor, values=values, version=row.version)


def _meeting(tied: Tied, subject: str = "Gặp chị Sen", **values: Any) -> int:
    given = {"starts_at": _tomorrow(9), "ends_at": _tomorrow(10), **values}
    return plan(ActivityKind.MEETING, subject, actor=tied.actor, **given).id


def _visit(hour: int = 14, summary: str = "Khám răng") -> tuple[str, ...]:
    return (f"SUMMARY:{summary}", f"DTSTART:{_utc(_tomorrow(hour))}", f"DTEND:{_utc(_tomorrow(hour + 1))}")


# --- from there ----------------------------------------------------------------------------------------


def test_takes_an_appointment_as_a_private_one_of_hers(radicale: Radicale, tie: Tie, cast: Cast) -> None:
    tied = tie()
    radicale.put(f"{tied.events}a.ics", event("a", *_visit(), "LOCATION:Nguyễn Huệ", "DESCRIPTION:Số 3"))

    assert tied.sync().is_good

    (row,) = Activity.objects.all()
    assert (row.kind, row.subject, row.place, row.body) == ("MEETING", "Khám răng", "Nguyễn Huệ", "Số 3")
    assert (row.starts_at, row.ends_at) == (_tomorrow(14), _tomorrow(15))
    assert (row.owner_id, row.is_private) == (cast.user("seller").pk, True)


def test_takes_a_task_and_that_it_was_ticked_on_the_phone(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    due = f"DUE:{_utc(_tomorrow(17))}"
    radicale.put(f"{tied.tasks}t.ics", todo("t", "SUMMARY:Gửi báo giá", due, "PRIORITY:1"))
    tied.sync()
    (row,) = Activity.objects.all()
    assert (row.kind, row.due_at, row.priority, row.state) == ("TASK", _tomorrow(17), "HIGH", "PLANNED")

    radicale.put(
        f"{tied.tasks}t.ics", todo("t", "SUMMARY:Gửi báo giá", due, "PRIORITY:1", "STATUS:COMPLETED")
    )
    tied.sync()

    row.refresh_from_db()
    assert (row.state, row.done_at is not None) == ("DONE", True)


def test_follows_a_change_and_a_deletion_there(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    radicale.put(f"{tied.events}a.ics", event("a", *_visit()))
    tied.sync()
    radicale.put(f"{tied.events}a.ics", event("a", *_visit(16, r"Khám răng\, dời giờ")))
    tied.sync()
    (row,) = Activity.objects.all()
    assert (row.subject, row.starts_at, row.version) == ("Khám răng, dời giờ", _tomorrow(16), 2)

    radicale.delete(f"{tied.events}a.ics")
    tied.sync()

    row.refresh_from_db()
    assert row.deleted_at is not None
    assert not Item.objects.exists()


def test_follows_what_moves_to_another_address_there(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    ours = _meeting(tied)
    radicale.put(f"{tied.events}a.ics", event("a", *_visit()))
    tied.sync()
    ids = sorted(Activity.objects.values_list("pk", flat=True))

    for old, new in (("a", "b"), (f"duyen-{ours}", "c")):
        where = f"{radicale.address}{tied.events}{new}.ics"
        assert radicale.ask("MOVE", f"{tied.events}{old}.ics", Destination=where)[0] == 201
    assert tied.sync().is_good
    _change(tied, ours, subject="Gặp chị Sen và anh Bách")
    assert tied.sync().is_good

    assert sorted(Activity.objects.filter(deleted_at=None).values_list("pk", flat=True)) == ids
    assert radicale.names(tied.events) == ["b.ics", "c.ics"]
    assert "SUMMARY:Gặp chị Sen và anh Bách" in radicale.get(f"{tied.events}c.ics")


def test_takes_a_copy_under_another_address_as_an_appointment_of_its_own(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    _meeting(tied)
    tied.sync()
    (name,) = radicale.names(tied.events)
    copied = radicale.address + tied.events + "copy.ics"
    content = radicale.get(tied.events + name).encode()
    there = Changes(etags={copied: "1"}, gone=frozenset(), token="", is_whole=False)
    # Radicale takes no two entries with one UID; other servers do.
    monkeypatch.setattr(Server, "changes", lambda *_given: there)
    monkeypatch.setattr(Server, "fetch", lambda *_given: {copied: ("1", content)})

    assert tied.sync().is_good
    assert tied.sync().is_good

    assert _subjects() == ["Gặp chị Sen", "Gặp chị Sen"]


def test_keeps_what_is_done_when_the_phone_clears_it_away(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    radicale.put(f"{tied.tasks}t.ics", todo("t", "SUMMARY:Gọi lại", "STATUS:COMPLETED"))
    tied.sync()

    radicale.delete(f"{tied.tasks}t.ics")
    tied.sync()
    tied.sync()

    assert _subjects() == ["Gọi lại"]
    assert radicale.names(tied.tasks) == []


@pytest.mark.parametrize(
    ("lines", "start", "end", "all_day"),
    [
        (
            ("DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:20270103"),
            "2027-01-01 00:00",
            "2027-01-03 00:00",
            True,
        ),
        (
            ("DTSTART:20270105T160000Z", "DTEND:20270105T190000Z"),
            "2027-01-05 23:00",
            "2027-01-06 02:00",
            False,
        ),
        (
            ("DTSTART;TZID=Europe/Paris:20270701T090000", "DTEND;TZID=Europe/Paris:20270701T100000"),
            "2027-07-01 14:00",
            "2027-07-01 15:00",
            False,
        ),
        (("DTSTART:20270108T090000", "DURATION:PT90M"), "2027-01-08 09:00", "2027-01-08 10:30", False),
    ],
)
def test_reads_whole_days_midnight_and_other_time_zones(
    radicale: Radicale, tie: Tie, lines: tuple[str, ...], start: str, end: str, all_day: bool
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}a.ics", event("a", "SUMMARY:Hội chợ", *lines))

    tied.sync()

    (row,) = Activity.objects.all()
    begins, ends = (dt.datetime.fromisoformat(each).replace(tzinfo=ZONE) for each in (start, end))
    assert (row.starts_at, row.ends_at, row.all_day) == (begins, ends, all_day)


def test_shows_what_repeats_by_an_unknown_rule_where_it_comes_next_and_leaves_it_alone(
    radicale: Radicale, tie: Tie
) -> None:
    tied = tie()
    times = ("DTSTART:20200106T010000Z", "DTEND:20200106T020000Z")
    radicale.put(
        f"{tied.events}a.ics", event("a", "SUMMARY:Giao ban", *times, "RRULE:FREQ=DAILY;BYHOUR=8,20")
    )
    tied.sync()
    (row,) = Activity.objects.all()
    assert row.starts_at is not None
    assert now() - dt.timedelta(hours=1) <= row.starts_at <= now() + DAY
    before = radicale.get(f"{tied.events}a.ics")

    _change(tied, row.pk, subject="Giao ban đầu ngày")
    tied.sync()

    assert radicale.get(f"{tied.events}a.ics") == before
    assert Item.objects.get().is_series


def test_follows_a_rule_of_a_million_only_so_far(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    rule = ("SUMMARY:Nhịp", "DTSTART:20200106T010000Z", "DTEND:20200106T020000Z", "RRULE:FREQ=SECONDLY")
    radicale.put(f"{tied.events}a.ics", event("a", *rule))

    assert tied.sync().is_good

    assert _subjects() == ["Nhịp"]


def test_says_what_could_not_be_taken_and_takes_the_rest(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    long = ("SUMMARY:Một trăm ngày", "DTSTART:20270101T000000Z", "DTEND:20270501T000000Z")
    radicale.put(f"{tied.events}long.ics", event("long", *long))
    radicale.put(f"{tied.events}a.ics", event("a", *_visit()))

    assert tied.sync().is_good

    assert _subjects() == ["Khám răng"]
    assert "60 ngày" in Item.objects.get(activity_id=None).problem


# --- from here -----------------------------------------------------------------------------------------


def test_puts_her_appointments_and_open_tasks_there(radicale: Radicale, tie: Tie, cast: Cast) -> None:
    tied = tie()
    meeting = _meeting(tied)
    task = plan(ActivityKind.TASK, "Gửi báo giá", actor=tied.actor, due_at=_tomorrow(17)).id
    plan(ActivityKind.TASK, "Việc của đồng nghiệp", actor=cast.actor("manager"))

    tied.sync()
    tied.sync()

    assert radicale.names(tied.events) == [f"duyen-{meeting}.ics"]
    assert radicale.names(tied.tasks) == [f"duyen-{task}.ics"]
    assert "SUMMARY:Gặp chị Sen" in radicale.get(f"{tied.events}duyen-{meeting}.ics")
    assert _subjects() == ["Gặp chị Sen", "Gửi báo giá", "Việc của đồng nghiệp"]


def test_sends_a_change_a_step_and_a_deletion(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    meeting = _meeting(tied)
    task = plan(ActivityKind.TASK, "Gửi báo giá", actor=tied.actor).id
    tied.sync()
    _change(tied, meeting, starts_at=_tomorrow(11), ends_at=_tomorrow(12))
    finish(task, actor=tied.actor, result="Đã gửi")
    tied.sync()
    assert f"DTSTART:{_utc(_tomorrow(11))}" in radicale.get(f"{tied.events}duyen-{meeting}.ics")
    assert "STATUS:COMPLETED" in radicale.get(f"{tied.tasks}duyen-{task}.ics")

    standard.delete(entity_named("activities"), meeting, actor=tied.actor)
    tied.sync()

    assert radicale.names(tied.events) == []


def test_tells_that_an_appointment_was_cancelled(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    meeting = _meeting(tied)
    tied.sync()

    cancel(meeting, "Khách bận", actor=tied.actor)
    tied.sync()

    assert "STATUS:CANCELLED" in radicale.get(f"{tied.events}duyen-{meeting}.ics")


def test_leaves_alone_what_only_the_phone_knows(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    own = ("ATTENDEE;CN=Mai:mailto:mai@example.com", "X-COLOR:teal", "SEQUENCE:4")
    radicale.put(f"{tied.events}a.ics", event("a", *_visit(), *own))
    tied.sync()

    _change(tied, Activity.objects.get().pk, place="Phòng 3")
    tied.sync()

    kept = radicale.get(f"{tied.events}a.ics")
    assert "LOCATION:Phòng 3" in kept
    assert "mai@example.com" in kept
    assert "X-COLOR:teal" in kept
    assert "SEQUENCE:5" in kept


# --- both sides ----------------------------------------------------------------------------------------


def test_joins_changes_of_different_fields_on_both_sides(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    radicale.put(f"{tied.events}a.ics", event("a", *_visit()))
    tied.sync()
    row = Activity.objects.get()
    _change(tied, row.pk, place="Phòng 3")
    radicale.put(f"{tied.events}a.ics", event("a", *_visit(16)))

    tied.sync()

    row.refresh_from_db()
    kept = radicale.get(f"{tied.events}a.ics")
    assert (row.place, row.starts_at) == ("Phòng 3", _tomorrow(16))
    assert "LOCATION:Phòng 3" in kept
    assert f"DTSTART:{_utc(_tomorrow(16))}" in kept
    assert Item.objects.get().ours == {}


def test_lets_the_calendar_have_a_field_that_both_changed_and_keeps_ours(
    radicale: Radicale, tie: Tie
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}a.ics", event("a", *_visit()))
    tied.sync()
    row = Activity.objects.get()
    _change(tied, row.pk, subject="Khám răng (tôi sửa)")
    radicale.put(f"{tied.events}a.ics", event("a", *_visit(14, "Khám răng (điện thoại sửa)")))

    tied.sync()

    row.refresh_from_db()
    item = Item.objects.get()
    assert row.subject == "Khám răng (điện thoại sửa)"
    assert (item.ours, item.clashed_at is not None) == ({"subject": "Khám răng (tôi sửa)"}, True)


def test_lets_a_change_weigh_more_than_a_deletion_on_either_side(radicale: Radicale, tie: Tie) -> None:
    tied = tie()
    here, there = _meeting(tied, "Sửa ở đây"), _meeting(tied, "Sửa ở kia")
    tied.sync()
    _change(tied, here, place="Kho")
    radicale.delete(f"{tied.events}duyen-{here}.ics")
    standard.delete(entity_named("activities"), there, actor=tied.actor)
    path = f"{tied.events}duyen-{there}.ics"
    changed = radicale.get(path).replace("Sửa ở kia", "Sửa ở kia rồi")
    radicale.ask("PUT", path, changed, Content_Type="text/calendar")

    tied.sync()

    assert _subjects() == ["Sửa ở kia rồi", "Sửa ở đây"]
    assert radicale.names(tied.events) == sorted([f"duyen-{here}.ics", f"duyen-{there}.ics"])


def test_doubles_nothing_after_a_run_that_broke_off(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    meeting = _meeting(tied)
    radicale.put(f"{tied.events}a.ics", event("a", *_visit()))

    def killed(*_given: object, **_more: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Pushing, "_note", killed)
        assert not tied.sync().is_good
    assert radicale.names(tied.events) == ["a.ics", f"duyen-{meeting}.ics"]
    Standing.objects.update(tokens={})

    tied.sync()
    tied.sync()

    assert _subjects() == ["Gặp chị Sen", "Khám răng"]
    assert radicale.names(tied.events) == ["a.ics", f"duyen-{meeting}.ics"]
    assert Item.objects.filter(activity_id__isnull=False).count() == 2


def test_takes_out_what_was_given_to_a_colleague(radicale: Radicale, tie: Tie, cast: Cast) -> None:
    tied = tie("manager")
    meeting = _meeting(tied)
    tied.sync()
    assert len(radicale.names(tied.events)) == 1

    row = Activity.objects.get(pk=meeting)
    standard.change(
        entity_named("activities"),
        meeting,
        actor=tied.actor,
        values={"owner": cast.user("seller").pk},
        version=row.version,
    )
    tied.sync()

    assert radicale.names(tied.events) == []
    assert Activity.objects.get(pk=meeting).state == ActivityState.PLANNED


def test_asks_the_server_for_nothing_but_what_changed(
    radicale: Radicale, tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    for number in range(5):
        radicale.put(f"{tied.events}{number}.ics", event(str(number), *_visit()))
    tied.sync()
    asked: list[str] = []
    ask = Server._ask

    def watched(server: Server, method: str, *given: Any, **more: Any) -> Any:
        asked.append(method)
        return ask(server, method, *given, **more)

    monkeypatch.setattr(Server, "_ask", watched)

    tied.sync()

    assert asked == ["REPORT", "REPORT"]
