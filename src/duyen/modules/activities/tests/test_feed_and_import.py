"""One's own calendar in other programs, and a calendar file brought in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duyen.entities import standard
from duyen.entities.importing import Plan, start_import
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import User
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.kernel.icalendars import read_calendar
from duyen.modules.activities.actions import bringing, feeds
from duyen.modules.activities.actions.bringing import Found
from duyen.modules.activities.models import Activity, CalendarFeed
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Make = Callable[..., int]
NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=ZONE)


def subjects(secret: str) -> set[str]:
    answer = Client().get(f"/calendar/feed/{secret}.ics")
    assert answer.status_code == 200
    return {each.subject for each in read_calendar(answer.content).entries}


def event(*lines: str, uid: str = "a1@google.com", subject: str = "Họp giao ban") -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{subject}", *lines, "END:VEVENT"))


def file(*parts: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", "")).encode()


WEEKLY = ("DTSTART;TZID=Asia/Ho_Chi_Minh:20260105T080000", "DURATION:PT1H")


def test_the_address_shows_ones_own_calendar_and_nobody_elses(cast: Cast, make: Make) -> None:
    make("Gặp chị Trà", kind="MEETING", starts_at=at(24, 9), ends_at=at(24, 10))
    make("Gửi báo giá", due_at=at(25, 16))
    make("Khám sức khỏe", kind="MEETING", starts_at=at(26, 9), ends_at=at(26, 10), is_private=True)
    make("Việc của đồng nghiệp", by="teller", due_at=at(25, 16))
    secret = feeds.open_feed(actor=cast.actor("seller"))

    assert subjects(secret) == {"Gặp chị Trà", "Gửi báo giá", "Khám sức khỏe"}
    assert "Khám sức khỏe" not in subjects(feeds.open_feed(actor=cast.actor("manager")))


def test_its_secret_is_kept_as_a_digest_and_shown_once(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.users["seller"])

    made = client.post("/calendar/subscribe", {"step": "open", "with_tasks": "1"}).content.decode()
    later = client.get("/calendar/subscribe").content.decode()

    found = re.search(r"/calendar/feed/([\w-]{40,})\.ics", made)
    assert found is not None
    assert "/calendar/feed/" not in later
    assert found[1].encode() not in bytes(CalendarFeed.objects.get().digest)
    assert not any(found[1] in str(row) for row in History.objects.values_list("changes", flat=True))
    assert Client().get(f"/calendar/feed/{found[1]}.ics").status_code == 200


def test_a_new_address_ends_the_one_before_and_revoking_ends_it(cast: Cast) -> None:
    seller = cast.actor("seller")
    first, second = feeds.open_feed(actor=seller), feeds.open_feed(actor=seller)

    assert Client().get(f"/calendar/feed/{first}.ics").status_code == 404
    assert Client().get(f"/calendar/feed/{second}.ics").status_code == 200
    assert feeds.revoke_feed(actor=seller)
    assert Client().get(f"/calendar/feed/{second}.ics").status_code == 404


def test_somebody_locked_has_no_address(cast: Cast) -> None:
    secret = feeds.open_feed(actor=cast.actor("seller"))

    User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)

    assert Client().get(f"/calendar/feed/{secret}.ics").status_code == 404
    assert Client().get("/calendar/feed/khong-co-that.ics").status_code == 404


def test_it_makes_no_session_and_answers_what_did_not_change(cast: Cast) -> None:
    address = f"/calendar/feed/{feeds.open_feed(actor=cast.actor('seller'))}.ics"

    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert not first.cookies
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert again.status_code == 304


def test_a_file_comes_in_once(cast: Cast) -> None:
    seller = cast.actor("seller")
    content = file(event("DTSTART:20261126T020000Z", "DTEND:20261126T030000Z"))

    first, again = bringing.bring_in(content, actor=seller), bringing.bring_in(content, actor=seller)

    assert (first.made, first.known, again.made, again.known) == (1, 0, 0, 1)
    made = Activity.objects.get()
    assert (made.subject, made.kind, made.owner_id) == ("Họp giao ban", "MEETING", cast.users["seller"].pk)
    assert (made.starts_at, made.ends_at) == (at(26, 9), at(26, 10))


def test_what_was_deleted_here_comes_in_again(cast: Cast) -> None:
    seller = cast.actor("seller")
    content = file(event("DTSTART:20261126T020000Z"))
    bringing.bring_in(content, actor=seller)
    before = [each.found for each in bringing.look(content, actor=seller)]

    standard.delete(entity_named("activities"), Activity.objects.get().pk, actor=seller)

    assert before == [Found.KNOWN]
    assert [each.found for each in bringing.look(content, actor=seller)] == [Found.NEW]


def test_ones_own_feed_brought_in_makes_nothing(cast: Cast, make: Make) -> None:
    make("Gặp chị Trà", kind="MEETING", starts_at=at(24, 9), ends_at=at(24, 10))
    seller = cast.actor("seller")
    content = Client().get(f"/calendar/feed/{feeds.open_feed(actor=seller)}.ics").content

    brought = bringing.bring_in(content, actor=seller)

    assert (brought.made, brought.known) == (0, 1)
    assert Activity.objects.count() == 1


def test_a_rule_without_an_end_goes_on_recurring_from_now(cast: Cast) -> None:
    content = file(event(*WEEKLY, "RRULE:FREQ=WEEKLY;BYDAY=MO"))

    brought = bringing.bring_in(content, actor=cast.actor("seller"))

    first = Activity.objects.order_by("starts_at").first()
    assert brought.made == 1
    assert first is not None
    assert (first.starts_at, first.series_id is not None) == (at(23, 8), True)


def test_a_rule_with_exceptions_comes_in_as_its_times(cast: Cast) -> None:
    left_out = "EXDATE;TZID=Asia/Ho_Chi_Minh:20261130T080000"
    content = file(
        event(*WEEKLY, "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20261215T000000Z", left_out),
        event(
            "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261207T080000", "DTSTART:20261208T020000Z", "DURATION:PT1H"
        ),
    )

    brought = bringing.bring_in(content, actor=cast.actor("seller"))

    starts = list(Activity.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [
        at(23, 8),
        dt.datetime(2026, 12, 8, 9, tzinfo=ZONE),
        dt.datetime(2026, 12, 14, 8, tzinfo=ZONE),
    ]
    assert brought.made == 2
    assert bringing.bring_in(content, actor=cast.actor("seller")).made == 0


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("FREQ=DAILY;COUNT=1000000", "lần"),
        ("FREQ=SECONDLY", "một lần mỗi ngày"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "mười năm"),
        ("FREQ=WEEKLY;UNTIL=20260201T000000Z", "đã qua"),
    ],
)
def test_a_rule_that_cannot_be_taken_gets_its_sentence_and_stops_no_other(
    cast: Cast, rule: str, sentence: str
) -> None:
    content = file(
        event(*WEEKLY, f"RRULE:{rule}", subject="Quá nhiều"),
        event("DTSTART:20261126T020000Z", uid="a2@google.com", subject="Gặp chị Trà"),
    )

    brought = bringing.bring_in(content, actor=cast.actor("seller"))

    assert brought.made == 1
    assert Activity.objects.get().subject == "Gặp chị Trà"
    assert len(brought.refused) == 1
    assert "Quá nhiều" in brought.refused[0]


def test_the_page_shows_what_would_come_in_and_keeps_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.users["seller"])
    content = file(
        event("DTSTART:20261126T020000Z"),
        event("DTSTART:20261126T020000Z", "DTEND:20261126T010000Z", uid="a3@google.com", subject="Ngược"),
    )

    def send(step: str) -> Any:
        upload = SimpleUploadedFile("lich.ics", content, content_type="text/calendar")
        return client.post("/calendar/import", {"file": upload, "step": step})

    looked = send("look")
    kept = Activity.objects.count()
    brought = send("bring")

    assert "1 mới, 0 đã có, 1 không nhập" in looked.content.decode()
    assert kept == 0
    assert brought.headers["Location"] == "/calendar"
    assert Activity.objects.get().subject == "Họp giao ban"


@pytest.mark.parametrize("content", [b"", b"ten;dien thoai", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"])
def test_what_is_no_calendar_gets_its_sentence(cast: Cast, content: bytes) -> None:
    client = Client()
    client.force_login(cast.users["seller"])
    upload = SimpleUploadedFile("lich.ics", content or b" ", content_type="text/calendar")

    answer = client.post("/calendar/import", {"file": upload, "step": "bring"})

    assert answer.status_code == 422
    assert "không phải một lịch" in answer.content.decode()
    assert not Activity.objects.exists()


def test_a_table_says_what_an_activity_is_about(cast: Cast, tmp_path: Path) -> None:
    seller, customers = cast.actor("seller"), entity_named("customers")
    values = {"name": "Công ty TNHH Minh Khuê", "kind": "ORGANISATION"}
    customer = standard.create(customers, actor=seller, values=values).id
    path = tmp_path / "hoạt động.csv"
    path.write_text(f"Nội dung,Loại,about\nHỏi thăm,Cuộc gọi,customers:{customer}\n", encoding="utf-8")

    job = start_import(entity_named("activities"), path, actor=seller, plan=Plan())

    assert work(job.pk)
    made = Activity.objects.get()
    assert (made.subject, made.party_id) == ("Hỏi thăm", customer)
