"""The bell, the page of notices and the watches, by browser with and without a script."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings as product
from pytest_django import Settings

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, hand_over
from duyen.foundation.access.looking import KEPT, begin_look
from duyen.foundation.notices.models import Notice
from duyen.foundation.notices.telling import notify
from duyen.foundation.notices.tickets import SECONDS, BadTicket, read_ticket
from duyen.foundation.watching.models import Watch
from duyen.kernel.clock import now
from duyen.surfaces.web.notices.tests.conftest import HTMX, Change, SignIn
from duyen.testing.cast import Cast
from duyen.testing.following import catch_up

pytestmark = pytest.mark.django_db
PANEL = {**HTMX, "HX-Target": "notices-menu"}


@pytest.fixture
def given(cast: Cast, made: Done) -> Done:
    """The customer, given to the teller by the manager, and told."""
    hand_over(
        entity_named("customers"), [made.id], actor=cast.actor("manager"), owner=cast.users["teller"].pk
    )
    catch_up()
    return made


def test_counts_on_the_bell_and_shows_the_newest_on_demand(given: Done, sign_in: SignIn) -> None:
    client = sign_in("teller")

    page = client.get("/").content.decode()
    panel = client.get("/notices", headers=PANEL).content.decode()

    assert '<span class="n" data-tally>1</span>' in page
    assert "giao cho bạn" not in page
    assert "giao cho bạn <b>Công ty Hoa Sen</b>" in panel
    assert "<html" not in panel
    assert '<span class="n" data-tally></span>' in sign_in("seller").get("/").content.decode()


def test_leads_to_the_record_and_marks_the_notice_read(given: Done, sign_in: SignIn) -> None:
    client = sign_in("teller")
    notice = Notice.objects.get()

    answer = client.get(f"/notices/{notice.pk}")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{given.id}")
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert "Đã đọc hết" in client.get("/notices?show=unread").content.decode()


def test_keeps_notices_to_the_one_they_are_for(given: Done, sign_in: SignIn) -> None:
    stranger, notice = sign_in("colleague"), Notice.objects.get()

    assert stranger.get(f"/notices/{notice.pk}").status_code == 404
    stranger.post("/notices/read", {"id": notice.pk})
    stranger.post("/notices/read")

    notice.refresh_from_db()
    assert notice.read_at is None
    assert "Hoa Sen" not in stranger.get("/notices").content.decode()


def test_says_nothing_of_a_record_that_is_closed_since(cast: Cast, given: Done, sign_in: SignIn) -> None:
    hand_over(
        entity_named("customers"),
        [given.id],
        actor=cast.actor("director"),
        owner=cast.users["outsider"].pk,
        unit=cast.unit("HD1").pk,
    )
    client = sign_in("teller")

    for headers in ({}, PANEL):
        shown = client.get("/notices", headers=headers).content.decode()
        assert "Hoa Sen" not in shown
        assert "một bản ghi mà bạn không xem được" in shown
    assert client.get(f"/notices/{Notice.objects.earliest('pk').pk}").headers["Location"] == "/notices"


def test_marks_all_read_and_takes_it_back(given: Done, sign_in: SignIn, cast: Cast) -> None:
    notify([cast.users["teller"].pk], "job_done", entity="jobs", record_id=5, label="Xuất khách hàng")
    client = sign_in("teller")

    answer = client.post("/notices/read", headers=PANEL)

    events = json.loads(answer.headers["HX-Trigger"])
    assert "2 thông báo" in events["toast"]["text"]
    assert not Notice.objects.filter(read_at=None).exists()
    client.post(events["toast"]["undo"])
    assert Notice.objects.filter(read_at=None).count() == 2

    answer = client.post("/notices/read", {"back": "/notices?show=unread", "group": "jobs"}, follow=True)
    assert answer.redirect_chain == [("/notices?show=unread", 302)]
    assert Notice.objects.get(read_at=None).kind == "assigned"
    assert (
        client.post("/notices/read", {"back": "https://elsewhere.example"}).headers["Location"] == "/notices"
    )


@pytest.mark.parametrize("at", ["", "hôm qua", "2026-01-01", "2026-11-26T00:00:00+00:00"])
def test_takes_nothing_back_by_a_moment_at_which_nothing_was_read(
    given: Done, sign_in: SignIn, at: str
) -> None:
    client = sign_in("teller")
    client.post("/notices/read")

    client.post("/notices/unread", query_params={"at": at})

    assert not Notice.objects.filter(read_at=None).exists()


def test_lists_page_by_page_in_as_many_queries(
    cast: Cast, sign_in: SignIn, given: Done, django_assert_max_num_queries: object
) -> None:
    user_id = cast.users["teller"].pk
    for number in range(60):
        notify([user_id], "job_done", entity="jobs", record_id=number + 1, label=f"Việc {number}")
    client = sign_in("teller")

    page = client.get("/notices").content.decode()
    following = re.search(r'hx-get="(/notices\?[^"]*before[^"]*)"', page)
    assert following is not None
    rest = client.get(
        following[1].replace("&amp;", "&"), headers={**HTMX, "HX-Target": "more-notices"}
    ).content.decode()

    assert page.count("Đã xong:") >= 50
    assert "Hoa Sen" in rest
    assert "Hoa Sen" not in page


def test_watches_and_stops_with_and_without_a_script(made: Done, sign_in: SignIn, cast: Cast) -> None:
    client, at = sign_in("manager"), f"/customers/{made.id}"

    assert f'action="{at}/watch"' in client.get(at).content.decode()
    assert client.post(f"{at}/watch").headers["Location"] == at
    assert f'action="{at}/unwatch"' in client.get(at).content.decode()
    assert "Công ty Hoa Sen" in client.get("/watching").content.decode()
    button = client.post(f"{at}/unwatch", headers=HTMX).content.decode()
    assert f'action="{at}/watch"' in button
    assert not Watch.objects.filter(user=cast.users["manager"]).exists()


def test_watches_nothing_that_is_closed(made: Done, sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("outsider").post(f"/customers/{made.id}/watch")

    assert answer.status_code == 404
    assert not Watch.objects.filter(user=cast.users["outsider"]).exists()


def test_stops_watching_what_is_closed_since_and_only_ones_own(
    made: Done, sign_in: SignIn, cast: Cast
) -> None:
    own = Watch.objects.create(user=cast.users["outsider"], entity="parties", record_id=made.id, since=now())
    client = sign_in("outsider")

    page = client.get("/watching").content.decode()
    assert "Hoa Sen" not in page
    assert "Bạn không xem được nữa" in page
    assert sign_in("seller").post("/watching/stop", {"watch": own.pk}).status_code == 404
    assert client.post("/watching/stop", {"watch": own.pk}).headers["Location"] == "/watching"
    assert not Watch.objects.filter(pk=own.pk).exists()


def test_is_silent_while_somebody_views_as_another(cast: Cast, given: Done, sign_in: SignIn) -> None:
    client = sign_in("admin")
    session = client.session
    look = begin_look(cast.users["teller"].pk, actor=cast.actor("admin"), reason="Xem giúp lỗi màn hình")
    session[KEPT] = look.kept()
    session.save()

    page = client.get("/").content.decode()

    assert 'id="bell"' not in page
    assert "data-live" not in page
    assert client.get("/notices").status_code == 403
    assert client.get("/watching").status_code == 403
    assert json.loads(client.get("/_live").content)["url"] == ""
    assert client.post(f"/customers/{given.id}/watch").status_code == 403
    assert not Watch.objects.filter(user=cast.users["teller"]).exists()


def test_tells_an_open_page_who_changed_what(made: Done, sign_in: SignIn, alter: Change) -> None:
    client = sign_in("manager")
    page = client.get(f"/customers/{made.id}").content.decode()
    assert f'data-record="customers.{made.id}" data-version="1"' in page
    alter(made.id, "seller", phones=["0987654321"])

    told = json.loads(client.get(f"/_live?on=customers.{made.id}.1").content)
    banner = client.get(f"/customers/{made.id}/changes?since=1", headers=HTMX).content.decode()

    assert told["changed"] == [f"customers.{made.id}"]
    assert "Nguyễn Hồng Hạnh" in banner
    assert "Điện thoại" in banner
    assert "Hiện giá trị mới" in banner
    in_form = client.get(f"/customers/{made.id}/changes?since=1&in=form", headers=HTMX).content.decode()
    assert "Những gì bạn đã nhập vẫn còn nguyên" in in_form
    assert not client.get(f"/customers/{made.id}/changes?since=2", headers=HTMX).content.strip()
    own = sign_in("seller").get(f"/customers/{made.id}/changes?since=1", headers=HTMX)
    assert not own.content.strip()


def test_tells_nothing_of_records_that_are_closed(made: Done, sign_in: SignIn, alter: Change) -> None:
    alter(made.id, "seller", name="Hoa Súng")
    client = sign_in("outsider")

    told = json.loads(client.get(f"/_live?on=customers.{made.id}.1&on=khong.1.1&on=users.x.y").content)

    assert told["changed"] == []
    assert client.get(f"/customers/{made.id}/changes?since=1", headers=HTMX).status_code == 404
    # Without a script the address leads to the history of the record, which is closed too.
    assert client.get(f"/customers/{made.id}/changes?since=1", follow=True).status_code == 404


def test_writes_a_ticket_for_one_origin_and_the_records_that_may_be_read(
    made: Done, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    monkeypatch.setenv("DUYEN_LIVE_PORT", "8161")
    client = sign_in("manager")

    answer = client.get(
        f"/_live?on=customers.{made.id}.1&on=customers.999999.1", headers={"Host": "crm.test:8160"}
    )

    url = json.loads(answer.content)["url"]
    assert url.startswith("http://crm.test:8161/events?ticket=")
    ticket = read_ticket(url.partition("ticket=")[2].replace("%3A", ":"))
    assert (ticket.user_id, ticket.origin) == (cast.users["manager"].pk, "http://crm.test:8160")
    assert ticket.records == (("parties", made.id),)
    page = client.get("/", headers={"Host": "crm.test:8160"})
    assert "connect-src 'self' http://crm.test:8161;" in page.headers["Content-Security-Policy"]


def test_names_no_address_behind_https_unless_it_is_told(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("DUYEN_LIVE_PORT", "8161")
    settings.HTTPS = True
    client = sign_in("seller")
    assert json.loads(client.get("/_live").content)["url"] == ""

    monkeypatch.setenv("DUYEN_LIVE_URL", "https://live.example.com/")
    assert json.loads(client.get("/_live").content)["url"].startswith(
        "https://live.example.com/events?ticket="
    )
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "connect-src 'self' https://live.example.com;" in policy


@pytest.mark.parametrize("text", ["", "x", "a:b:c"])
def test_takes_no_ticket_that_is_none(text: str) -> None:
    with pytest.raises(BadTicket):
        read_ticket(text)
    assert SECONDS <= 60
    assert product.SESSION_COOKIE_HTTPONLY
