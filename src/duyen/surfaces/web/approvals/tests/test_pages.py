"""The pages of approvals: asking on a record, deciding, limits; as each of the cast meets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.foundation.audit.models import History
from duyen.foundation.settings.models import Setting
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dlg"}
LIMIT = "/settings/approvals/customers.delete"
SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(cast: Cast) -> SignIn:
    """Sign somebody of the cast in."""

    def sign_one_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_one_in


@pytest.fixture
def turned_on(sign_in: SignIn) -> None:
    """Let the administrator turn the approval of deletions on, in her browser."""
    given = {"is_on": "1", "hours": "8", "version": "0", "power:AREA_HEAD": "any", "power:DIRECTOR": "any"}
    assert sign_in("admin").post(LIMIT, given).status_code == 302


@pytest.fixture
def record(cast: Cast) -> int:
    values = {"name": "Công ty TNHH Hoa Sen", "kind": "ORGANISATION"}
    return create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_says_on_the_record_that_the_step_needs_approval(
    sign_in: SignIn, record: int, turned_on: None
) -> None:
    seller, manager = sign_in("seller"), sign_in("manager")

    assert "Xóa: gửi đề nghị phê duyệt" in _text(seller.get(f"/customers/{record}"))
    assert "gửi đề nghị phê duyệt" not in _text(manager.get(f"/customers/{record}"))
    form = _text(seller.get(f"/customers/{record}/delete"))
    assert "Gửi đề nghị phê duyệt" in form
    assert "Trưởng khu vực, Giám đốc" in form


def test_refuses_the_plain_step_and_offers_to_ask(sign_in: SignIn, record: int, turned_on: None) -> None:
    seller = sign_in("seller")
    entries = History.objects.count()

    plain = seller.post(f"/customers/{record}/delete")
    dialog = seller.post(f"/customers/{record}/delete", headers=HTMX)

    assert (plain.status_code, dialog.status_code) == (409, 422)
    assert 'name="ask"' in _text(plain)
    assert 'name="ask"' in _text(dialog)
    assert History.objects.count() == entries
    assert Party.objects.filter(pk=record, deleted_at=None).exists()


def test_goes_from_the_one_who_asks_to_the_one_who_grants(
    sign_in: SignIn, record: int, turned_on: None
) -> None:
    seller, manager = sign_in("seller"), sign_in("manager")

    asked = seller.post(f"/customers/{record}/delete", {"ask": "1", "approval_words": "Khách đã giải thể"})
    assert asked.status_code == 302
    request = ApprovalRequest.objects.get()
    assert (request.words, request.door) == ("Khách đã giải thể", "web")
    page = _text(seller.get(f"/customers/{record}"))
    assert "chờ Trưởng khu vực, Giám đốc phê duyệt" in page
    assert "Công ty TNHH Hoa Sen" in _text(seller.get("/approvals"))
    assert "Công ty TNHH Hoa Sen" in _text(manager.get("/approvals"))
    assert "Khách đã giải thể" in _text(manager.get(f"/approvals/{request.pk}"))

    granted = manager.post(f"/approvals/{request.pk}/grant", {"version": "1", "answer": "Đồng ý"})

    assert granted.status_code == 302
    assert not Party.objects.filter(pk=record, deleted_at=None).exists()
    assert "Đồng ý" in _text(seller.get(f"/approvals/{request.pk}"))
    assert "Đồng ý" in _text(manager.get(f"/customers/{record}"))


def test_shows_what_changed_since_and_asks_again(
    sign_in: SignIn, record: int, turned_on: None, cast: Cast
) -> None:
    manager = sign_in("manager")
    sign_in("seller").post(f"/customers/{record}/delete", {"ask": "1"})
    request = ApprovalRequest.objects.get()
    sign_in("teller").post(
        f"/customers/{record}/edit", {"name": "Công ty TNHH Hoa Mai", "kind": "ORGANISATION", "version": "1"}
    )

    answer = manager.post(f"/approvals/{request.pk}/grant", {"version": "1"})

    page = _text(answer)
    assert answer.status_code == 409
    assert "Công ty TNHH Hoa Sen → Công ty TNHH Hoa Mai" in page
    assert 'name="version" value="2"' in page
    assert Party.objects.filter(pk=record, deleted_at=None).exists()


def test_refuses_with_a_reason_alone(sign_in: SignIn, record: int, turned_on: None) -> None:
    manager = sign_in("manager")
    sign_in("seller").post(f"/customers/{record}/delete", {"ask": "1"})
    request = ApprovalRequest.objects.get()

    assert manager.post(f"/approvals/{request.pk}/refuse", {"answer": " "}).status_code == 422
    assert manager.post(f"/approvals/{request.pk}/refuse", {"answer": "Còn nợ"}).status_code == 302

    request.refresh_from_db()
    assert (request.state, request.answer) == ("REFUSED", "Còn nợ")


@pytest.mark.parametrize("who", ["outsider", "admin"])
def test_is_hidden_from_whoever_may_not_see_the_record(
    sign_in: SignIn, record: int, turned_on: None, who: str
) -> None:
    sign_in("seller").post(f"/customers/{record}/delete", {"ask": "1"})
    request, other = ApprovalRequest.objects.get(), sign_in(who)

    assert other.get(f"/approvals/{request.pk}").status_code == 404
    assert other.post(f"/approvals/{request.pk}/grant", {"version": "1"}).status_code == 404
    assert "Hoa Sen" not in _text(other.get("/approvals?which=all"))


def test_takes_a_request_back(sign_in: SignIn, record: int, turned_on: None) -> None:
    seller = sign_in("seller")
    seller.post(f"/customers/{record}/delete", {"ask": "1"})
    request = ApprovalRequest.objects.get()

    assert sign_in("manager").post(f"/approvals/{request.pk}/withdraw").status_code == 409
    assert seller.post(f"/approvals/{request.pk}/withdraw").status_code == 302

    request.refresh_from_db()
    assert request.state == "WITHDRAWN"


def test_asks_for_each_row_of_a_list(sign_in: SignIn, cast: Cast, record: int, turned_on: None) -> None:
    values = {"name": "Lê Văn Ấn", "kind": "INDIVIDUAL"}
    other = create(entity_named("customers"), actor=cast.actor("seller"), values=values).id

    answer = sign_in("seller").post("/customers/bulk", {"verb": "delete", "ids": f"{record}.1,{other}.1"})

    assert ApprovalRequest.objects.filter(state="WAITING").count() == 2
    assert Party.objects.filter(pk__in=[record, other], deleted_at=None).count() == 2
    assert "Đã gửi đề nghị phê duyệt" in _text(answer)


def test_keeps_limits_with_their_history(sign_in: SignIn, turned_on: None) -> None:
    admin = sign_in("admin")

    page = _text(admin.get(LIMIT))

    assert "Bùi Anh Tú" in page
    assert "8 giờ làm việc" in page
    assert "Xóa khách hàng" in _text(admin.get("/settings/approvals"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"is_on": "1", "hours": "8"}, "Chọn ít nhất một vai trò"),
        ({"hours": "0", "power:DIRECTOR": "any"}, "Nhập từ 1 đến 400"),
        ({"hours": "ba", "power:DIRECTOR": "any"}, "Nhập từ 1 đến 400"),
    ],
)
def test_refuses_limits_that_make_no_sense(sign_in: SignIn, given: dict[str, str], said: str) -> None:
    answer = sign_in("admin").post(LIMIT, {"version": "0", **given})

    assert answer.status_code == 422
    assert said in _text(answer)
    assert not Setting.objects.filter(key="approvals.customers.delete").exists()


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_lets_administrators_alone_keep_limits(sign_in: SignIn, who: str) -> None:
    client = sign_in(who)

    assert client.get("/settings/approvals").status_code == 403
    assert client.post(LIMIT, {"is_on": "", "hours": "8", "version": "0"}).status_code == 403
    assert not Setting.objects.filter(key="approvals.customers.delete").exists()


def test_asks_the_database_as_often_for_ten_requests_as_for_two(
    sign_in: SignIn, cast: Cast, turned_on: None
) -> None:
    seller, manager = sign_in("seller"), sign_in("manager")
    customers = entity_named("customers")

    def ask_for(count: int) -> None:
        for number in range(count):
            values = {"name": f"Khách hàng {number}", "kind": "INDIVIDUAL"}
            made = create(customers, actor=cast.actor("seller"), values=values).id
            assert seller.post(f"/customers/{made}/delete", {"ask": "1"}).status_code == 302

    def queries() -> int:
        with CaptureQueriesContext(connection) as told:
            assert manager.get("/approvals").status_code == 200
        return len(told)

    ask_for(2)
    queries()
    few = queries()
    ask_for(8)

    assert queries() == few <= 16


def test_reads_the_requests_about_a_record_once(sign_in: SignIn, record: int, turned_on: None) -> None:
    seller = sign_in("seller")

    with CaptureQueriesContext(connection) as told:
        assert seller.get(f"/customers/{record}").status_code == 200

    assert sum('FROM "entities_approvalrequest"' in each["sql"].split("WHERE")[0] for each in told) == 1


def test_stands_on_the_start_page_of_those_who_decide(sign_in: SignIn, record: int, turned_on: None) -> None:
    sign_in("seller").post(f"/customers/{record}/delete", {"ask": "1"})

    tile = _text(sign_in("manager").get("/home/tiles/approvals", headers={"HX-Request": "true"}))

    assert "Công ty TNHH Hoa Sen" in tile
    assert sign_in("admin").get("/home/tiles/approvals").status_code == 404
