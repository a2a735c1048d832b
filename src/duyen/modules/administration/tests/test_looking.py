"""Viewing as a colleague: for a reason, reading alone, never in secret, and not for long."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.looking import MayNotLook, begin_look, eyes_of, looks_at, nothing_written
from duyen.foundation.access.models import RoleRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.org.models import DoorstepEvent, Position, Role, User
from duyen.kernel import clock
from duyen.modules.parties.models import Party
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db

REASON = "Bạn ấy báo không thấy khách hàng"


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


@pytest.fixture
def customer(cast: Cast) -> Done:
    return standard.create(
        entity_named("customers"),
        actor=cast.actor("seller"),
        values={"name": "Công ty TNHH Hoa Sen", "kind": "ORGANISATION"},
    )


def text(response: Any) -> str:
    return str(response.content.decode())


def look(client: Client, cast: Cast, who: str = "seller", reason: str = REASON) -> Any:
    return client.post(f"/users/{cast.users[who].pk}/view-as", {"reason": reason})


def test_reads_what_the_colleague_reads_under_a_banner(admin: Client, cast: Cast, customer: Done) -> None:
    address = f"/customers/{customer.id}"
    assert admin.get(address).status_code == 403

    assert look(admin, cast).headers["Location"] == "/"

    page = text(admin.get(address))
    assert "Công ty TNHH Hoa Sen" in page
    assert "Bạn đang xem như Nguyễn Hồng Hạnh." in page
    assert 'action="/view-as/end"' in page
    assert re.search(r"<h1>[^<]*Hạnh</h1>", text(admin.get("/")))
    assert admin.get("/settings/company").status_code == 403
    assert admin.get("/users").status_code == 403
    admin.post("/view-as/end")
    assert admin.get(address).status_code == 403
    assert "Bạn đang xem như" not in text(admin.get("/"))


def test_leaves_the_start_the_reason_and_the_end_where_the_colleague_reads_them(
    admin: Client, cast: Cast
) -> None:
    look(admin, cast)
    (open_look,) = looks_at(cast.users["seller"].pk)
    admin.post("/view-as/end")

    (told,) = looks_at(cast.users["seller"].pk)
    assert (open_look.is_open, told.is_open) == (True, False)
    assert (told.who, told.reason) == ("Bùi Anh Tú", REASON)
    seller = Client()
    seller.force_login(cast.user("seller"))
    assert REASON in text(seller.get("/profile"))
    assert REASON in text(admin.get(f"/users/{cast.users['seller'].pk}?tab=access"))
    history = text(admin.get(f"/users/{cast.users['seller'].pk}?tab=history"))
    assert "Xem như người này" in history
    assert REASON in history
    entries = History.objects.filter(root_entity="users", root_id=cast.users["seller"].pk, kind="O")
    assert [each.actor_id for each in entries] == [cast.users["admin"].pk] * 2


@pytest.mark.parametrize("reason", ["", "   ", "vì", "x" * 301])
def test_asks_for_a_reason_and_begins_nothing_without(admin: Client, cast: Cast, reason: str) -> None:
    before = History.objects.count()

    answer = look(admin, cast, reason=reason)

    assert answer.status_code == 422
    assert 'id="f-reason-err"' in text(answer)
    assert History.objects.count() == before
    assert "Bạn đang xem như" not in text(admin.get("/"))


def test_writes_nothing_by_any_form(admin: Client, cast: Cast, customer: Done) -> None:
    look(admin, cast)
    before = Party.objects.values().get(pk=customer.id), History.objects.count(), User.objects.count()

    answers = [
        admin.post(f"/customers/{customer.id}/edit", {"name": "Khác", "version": "1"}),
        admin.post(f"/customers/{customer.id}/delete"),
        admin.post("/customers/new", {"name": "Mới", "kind": "INDIVIDUAL"}),
        admin.post("/profile", {"full_name": "Khác", "language": "vi", "theme": "auto", "density": "normal"}),
        admin.post("/profile/password", {"old": PASSWORD, "password": "x" * 20, "again": "x" * 20}),
        admin.post(f"/users/{cast.users['teller'].pk}/view-as", {"reason": REASON}),
        admin.post("/users/new", {"full_name": "Mới"}),
    ]

    assert [each.status_code for each in answers] == [403] * len(answers)
    assert all("Bạn đang xem như Nguyễn Hồng Hạnh" in text(each) for each in answers)
    after = Party.objects.values().get(pk=customer.id), History.objects.count(), User.objects.count()
    assert after == before


def test_writes_nothing_and_reads_nothing_by_the_api(admin: Client, cast: Cast, customer: Done) -> None:
    look(admin, cast)
    before = History.objects.count()

    answers = [
        admin.get(f"/api/v1/customers/{customer.id}"),
        admin.post(
            "/api/v1/customers", {"name": "Mới", "kind": "INDIVIDUAL"}, content_type="application/json"
        ),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "only_looking")] * 2
    assert History.objects.count() == before


@pytest.mark.parametrize("address", ["/profile", "/profile/password", "/profile/sessions", "/profile/tokens"])
def test_keeps_what_is_the_colleagues_alone_closed(admin: Client, cast: Cast, address: str) -> None:
    look(admin, cast)

    answer = admin.get(address)

    assert answer.status_code in (403, 404)
    assert 'name="full_name"' not in text(answer)
    assert 'type="password"' not in text(answer)


def test_the_trail_and_the_database_refuse_by_themselves(cast: Cast, customer: Done) -> None:
    open_look = begin_look(cast.users["seller"].pk, actor=cast.actor("admin"), reason=REASON)
    _user, eyes = eyes_of(open_look, actor=cast.actor("admin"))
    customers = entity_named("customers")
    before = History.objects.count()

    with pytest.raises(OnlyLooking):
        standard.change(customers, customer.id, actor=eyes, values={"name": "Khác"}, version=1)
    with pytest.raises(OnlyLooking):
        trail.note_opened(eyes, "trail.search", entity="trail")
    with pytest.raises(InternalError), nothing_written():
        RoleRight.objects.all().delete()

    assert Party.objects.get(pk=customer.id).name == "Công ty TNHH Hoa Sen"
    assert History.objects.count() == before
    assert RoleRight.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/customers",
        "/customers?q=hoa",
        "/customers?sort=-created_at",
        "/customers/new",
        "/customers/{id}",
        "/customers/{id}?tab=history",
        "/customers/{id}/menu",
        "/customers/{id}/edit",
        "/customers/{id}/share",
        "/customers/print",
        "/contacts",
        "/search?q=hoa",
        "/_palette?q=hoa",
        "/users",
        "/units",
        "/roles",
        "/access",
        "/help/keys",
    ],
)
def test_opens_every_page_that_the_colleague_opens(
    admin: Client, cast: Cast, customer: Done, address: str
) -> None:
    own = Client()
    own.force_login(cast.user("director"))
    look(admin, cast, "director")

    expected = own.get(address.format(id=customer.id)).status_code

    assert admin.get(address.format(id=customer.id)).status_code == expected == 200


def test_a_page_that_notes_something_while_it_reads_says_why_it_stays_closed(
    admin: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noting(_name: str) -> str:
        DoorstepEvent.objects.create(at=clock.now(), what="SIGN_IN", outcome="GOOD", email="", address="")
        return ""

    look(admin, cast)
    before = DoorstepEvent.objects.count()
    monkeypatch.setattr("duyen.surfaces.web.home.pages.given_name", noting)

    answer = admin.get("/")

    assert answer.status_code == 403
    assert "Bạn đang xem như Nguyễn Hồng Hạnh" in text(answer)
    assert DoorstepEvent.objects.count() == before


def test_ends_by_itself_after_half_an_hour(admin: Client, cast: Cast, customer: Done) -> None:
    moment = clock.now()
    look(admin, cast)
    before = History.objects.count()

    with clock.stopped(moment + dt.timedelta(minutes=31)):
        answer = admin.post(f"/customers/{customer.id}/edit", {"name": "Khác", "version": "1"})
        after = admin.get(f"/customers/{customer.id}")
        (told,) = looks_at(cast.users["seller"].pk)

    assert answer.headers["Location"] == f"/users/{cast.users['seller'].pk}?tab=access"
    assert after.status_code == 403
    assert abs(told.until - told.since - dt.timedelta(minutes=30)) < dt.timedelta(seconds=5)
    assert not told.is_open
    assert History.objects.count() == before


def test_ends_at_sign_out_and_with_the_right(admin: Client, cast: Cast, customer: Done) -> None:
    look(admin, cast)
    admin.post("/logout")
    admin.force_login(cast.user("admin"))
    assert admin.get(f"/customers/{customer.id}").status_code == 403
    (told,) = looks_at(cast.users["seller"].pk)
    assert not told.is_open

    look(admin, cast)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.take")
        RoleRight.objects.filter(entity="users", verb="view_as").delete()
    answer = admin.get(f"/customers/{customer.id}")

    assert answer.status_code == 302
    assert admin.get(f"/customers/{customer.id}").status_code == 403


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_is_a_right_of_its_own(client: Client, cast: Cast, who: str) -> None:
    client.force_login(cast.user(who))
    before = History.objects.count()

    answers = [client.get(f"/users/{cast.users['teller'].pk}/view-as"), look(client, cast, "teller")]

    assert [each.status_code for each in answers] == [403, 403]
    assert History.objects.count() == before


def test_lends_no_eyes_that_may_administer_more(cast: Cast) -> None:
    """A helper with the right to view as others does not become an administrator by it."""
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.helper")
        role = Role.objects.get(code="CARE_AGENT")
        RoleRight.objects.create(role=role, entity="users", verb="view_as", reach="all")
        moment = clock.now()
        second = User(
            email="second@example.com", full_name="Quản trị hai", created_at=moment, updated_at=moment
        )
        second.save(force_insert=True)
        Position.objects.create(
            user=second,
            unit=cast.unit("HO"),
            role=Role.objects.get(code="ADMIN"),
            since=clock.today(),
            created_at=moment,
            updated_at=moment,
        )
    helper, admin = cast.actor("care_agent"), cast.actor("admin")

    with pytest.raises(MayNotLook):
        begin_look(second.pk, actor=helper, reason=REASON)
    with pytest.raises(MayNotLook):
        begin_look(cast.users["admin"].pk, actor=admin, reason=REASON)
    assert begin_look(cast.users["seller"].pk, actor=helper, reason=REASON)
    assert begin_look(second.pk, actor=admin, reason=REASON)


def test_lends_no_eyes_of_a_locked_person_nor_through_other_eyes(cast: Cast) -> None:
    admin = cast.actor("admin")
    open_look = begin_look(cast.users["director"].pk, actor=admin, reason=REASON)
    _user, eyes = eyes_of(open_look, actor=admin)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.lock")
        User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)

    with pytest.raises(MayNotLook):
        begin_look(cast.users["teller"].pk, actor=eyes, reason=REASON)
    with pytest.raises(MayNotLook):
        begin_look(cast.users["seller"].pk, actor=admin, reason=REASON)
    with pytest.raises(MayNotLook):
        begin_look(987_654, actor=admin, reason=REASON)
