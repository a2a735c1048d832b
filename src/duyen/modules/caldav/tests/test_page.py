"""The reader's own page: an account is tried before it is kept, and is nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.notices.models import Notice
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity
from duyen.modules.caldav.models import Account, Item, Standing
from duyen.modules.caldav.syncing import due_accounts, sync
from duyen.modules.caldav.tests.conftest import LOGIN, PASSWORD, Radicale, Tied, event
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
PAGE = "/profile/calendar"


@pytest.fixture
def seller(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.user("seller"))
    return client


def _sent(radicale: Radicale, **other: str) -> dict[str, str]:
    return {"address": radicale.address, "login": LOGIN, "password": PASSWORD, **other}


def test_finds_the_calendars_and_offers_each_for_what_it_holds(radicale: Radicale, seller: Client) -> None:
    radicale.make_calendar("lich", "VEVENT")
    radicale.make_calendar("viec", "VTODO")

    assert seller.post(PAGE, _sent(radicale)).status_code == 302

    offered = {each["name"]: (each["events"], each["tasks"]) for each in Account.objects.get().offered}
    assert offered == {"lich": (True, False), "viec": (False, True)}
    page = seller.get(PAGE).content.decode()
    assert "viec" in page
    assert PASSWORD not in page


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"password": "sai"}, "không nhận tên đăng nhập hoặc mật khẩu"),
        ({"address": "https://127.0.0.1:8443"}, "mạng nội bộ"),
        ({"address": "http://lich.example.com"}, "https://"),
        ({"address": "https://localhost"}, "mạng nội bộ"),
        ({"address": "ftp://lich.example.com"}, "không phải"),
        ({"login": ""}, "Hãy nhập địa chỉ, tên đăng nhập và mật khẩu"),
    ],
)
def test_says_what_is_wrong_and_keeps_nothing(
    radicale: Radicale, seller: Client, other: dict[str, str], sentence: str
) -> None:
    response = seller.post(PAGE, _sent(radicale, **other))

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert 'role="alert"' in page
    assert not Account.objects.exists()


def test_says_that_there_is_no_calendar_at_an_address(radicale: Radicale, seller: Client) -> None:
    response = seller.post(PAGE, _sent(radicale))

    assert response.status_code == 422
    assert "Không có lịch nào ở địa chỉ này" in response.content.decode()


def test_keeps_the_password_encrypted_and_out_of_the_trail(radicale: Radicale, seller: Client) -> None:
    radicale.make_calendar("lich", "VEVENT")

    seller.post(PAGE, _sent(radicale))

    assert PASSWORD.encode() not in bytes(Account.objects.get().sealed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(h::text, ' ') FROM history h WHERE entity = 'calendar_accounts'")
        (told,) = cursor.fetchone()
    assert "lich" not in told
    assert LOGIN in told
    assert PASSWORD not in told


def test_keeps_the_password_that_is_there_when_none_is_typed(radicale: Radicale, seller: Client) -> None:
    radicale.make_calendar("lich", "VEVENT")
    seller.post(PAGE, _sent(radicale))

    assert seller.post(PAGE, _sent(radicale, password="")).status_code == 302
    assert seller.post(PAGE, _sent(radicale, password="", login="khac")).status_code == 422


def test_chooses_only_from_what_was_offered(radicale: Radicale, seller: Client) -> None:
    events = radicale.make_calendar("lich", "VEVENT")
    seller.post(PAGE, _sent(radicale))

    strange = seller.post(f"{PAGE}/choose", {"events": "https://elsewhere.example.com/c/", "tasks": ""})
    none = seller.post(f"{PAGE}/choose", {"events": "", "tasks": ""})
    good = seller.post(f"{PAGE}/choose", {"events": radicale.address + events, "tasks": ""})

    assert (strange.status_code, none.status_code, good.status_code) == (422, 422, 302)
    assert due_accounts() == [Account.objects.get().pk]


def test_shows_what_stands_and_what_gave_way(
    radicale: Radicale, tie: Callable[..., Tied], seller: Client
) -> None:
    tied = tie()
    times = ("DTSTART:20270105T020000Z", "DTEND:20270105T030000Z")
    radicale.put(f"{tied.events}a.ics", event("a", "SUMMARY:Họp", *times))
    tied.sync()
    row = Activity.objects.get()
    standard.change(
        entity_named("activities"), row.pk, actor=tied.actor, values={"place": "Phòng 3"}, version=row.version
    )
    radicale.put(f"{tied.events}a.ics", event("a", "SUMMARY:Họp", "LOCATION:Phòng 5", *times))
    tied.sync()

    page = seller.get(PAGE).content.decode()

    assert "Hai bên cùng sửa" in page
    assert "Phòng 3" in page
    assert Activity.objects.get().place == "Phòng 5"


def test_shows_nobody_the_calendar_of_another(tie: Callable[..., Tied], cast: Cast) -> None:
    tie()
    manager = Client()
    manager.force_login(cast.user("manager"))

    page = manager.get(PAGE).content.decode()
    gone = manager.post(f"{PAGE}/remove")

    assert 'value="hanh"' not in page
    assert "Lần đồng bộ gần nhất" not in page
    assert gone.status_code == 409
    assert Account.objects.count() == 1


def test_forgets_the_account_and_leaves_both_sides_as_they_are(
    radicale: Radicale, tie: Callable[..., Tied], seller: Client
) -> None:
    tied = tie()
    radicale.put(f"{tied.events}a.ics", event("a", "SUMMARY:Họp", "DTSTART:20270105T020000Z"))
    tied.sync()

    seller.post(f"{PAGE}/remove")

    assert not Account.objects.exists()
    assert not Item.objects.exists()
    assert Activity.objects.filter(deleted_at=None).count() == 1
    assert radicale.names(tied.events) == ["a.ics"]


def test_waits_longer_after_each_failure_and_tells_once(
    radicale: Radicale, tie: Callable[..., Tied], seller: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = tie()
    monkeypatch.setenv("DUYEN_CALDAV_HOSTS", "")  # the operator took the permission back
    assert not tied.sync().is_good
    first = Standing.objects.get()
    assert first.next_at is not None
    assert first.next_at - now() <= dt.timedelta(minutes=5)
    assert not Notice.objects.exists()
    Standing.objects.update(failing_since=now() - dt.timedelta(hours=2))

    tied.sync()
    tied.sync()

    standing = Standing.objects.get()
    assert (standing.failures, Notice.objects.count()) == (3, 1)
    assert Notice.objects.get().user_id == cast.user("seller").pk
    page = seller.get(PAGE).content.decode()
    assert "Không đồng bộ được từ" in page
    monkeypatch.setenv("DUYEN_CALDAV_HOSTS", f"127.0.0.1:{radicale.port}")
    assert tied.sync().is_good
    assert Standing.objects.get().failing_since is None


def test_lets_one_process_have_an_account_at_a_time_and_none_of_who_left(
    tie: Callable[..., Tied], cast: Cast
) -> None:
    tied = tie()
    Standing.objects.update(held_until=now() + dt.timedelta(minutes=1))
    assert sync(tied.account.pk) is None
    assert due_accounts() == []

    Standing.objects.update(held_until=None)
    type(cast.user("seller")).objects.filter(pk=cast.user("seller").pk).update(is_active=False)

    assert due_accounts() == []
    assert sync(tied.account.pk) is None
