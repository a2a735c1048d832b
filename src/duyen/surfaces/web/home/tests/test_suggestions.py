"""Suggestions: why something is suggested, and what becomes of it when it is answered or its facts change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities.models import SuggestionAnswer
from duyen.entities.registry import entity_named
from duyen.entities.standard import change
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import User
from duyen.kernel import clock
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
Make = Callable[..., Any]
AT = "/suggestions"


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def bare(make_customer: Make) -> int:
    """A customer of the seller of whom nothing but the name is known."""
    return int(make_customer(name="Công ty CP Thiếu Tin").id)


def test_says_what_to_do_and_why(browser_of: BrowserOf, bare: int) -> None:
    page = text(browser_of("seller").get(AT))

    assert "Bổ sung thông tin Công ty CP Thiếu Tin" in page
    assert "Mới đủ" in page
    assert "còn thiếu: điện thoại hoặc email" in page.lower()
    assert "Khách hàng của bạn mới đủ dưới 50%." in page


def test_suggests_to_whoever_keeps_it_alone(browser_of: BrowserOf, bare: int) -> None:
    for who in ("teller", "manager", "colleague", "outsider", "director"):
        assert "Thiếu Tin" not in text(browser_of(who).get(AT)), who


def test_whoever_makes_no_customers_keeps_those_of_her_branch(browser_of: BrowserOf, bare: int) -> None:
    assert "Thiếu Tin" in text(browser_of("care_agent").get(AT))


def test_what_was_dismissed_comes_back_when_its_facts_change(
    browser_of: BrowserOf, cast: Cast, bare: int
) -> None:
    client = browser_of("seller")

    answer = client.post(f"{AT}/parties.incomplete/{bare}/dismiss", {"reason": "Khách đã dừng hoạt động"})
    gone = text(client.get(AT))
    actor = cast.actor("seller")
    change(entity_named("customers"), bare, actor=actor, values={"industry": "TRADE"}, version=1)
    back = text(client.get(AT))

    assert answer.status_code == 302
    assert "Bổ sung thông tin Công ty CP Thiếu Tin" not in gone
    assert "Bổ sung thông tin Công ty CP Thiếu Tin" in back


def test_a_manager_reads_what_was_dismissed_and_why(browser_of: BrowserOf, bare: int) -> None:
    browser_of("seller").post(
        f"{AT}/parties.incomplete/{bare}/dismiss", {"reason": "Khách đã dừng hoạt động"}
    )

    page = text(browser_of("manager").get(f"{AT}?answers=team"))

    assert "Công ty CP Thiếu Tin" in page
    assert "“Khách đã dừng hoạt động”" in page
    assert "Nguyễn Hồng Hạnh" in page


@pytest.mark.parametrize(("who", "status"), [("outsider", 403), ("teller", 403), ("admin", 403)])
def test_nobody_else_reads_it(browser_of: BrowserOf, bare: int, who: str, status: int) -> None:
    browser_of("seller").post(
        f"{AT}/parties.incomplete/{bare}/dismiss", {"reason": "Khách đã dừng hoạt động"}
    )
    client = browser_of(who)

    assert client.get(f"{AT}?answers=team").status_code == status
    assert "dừng hoạt động" not in text(client.get(f"{AT}?answers=mine"))


def test_what_was_put_off_comes_back_on_its_day(browser_of: BrowserOf, bare: int) -> None:
    client = browser_of("seller")
    moment = clock.now()

    client.post(f"{AT}/parties.incomplete/{bare}/later", {"choice": "+3"})
    soon = text(client.get(AT))
    with clock.stopped(moment + dt.timedelta(days=3)):
        client.force_login(User.objects.get(email="seller@example.com"))
        then = text(client.get(AT))

    assert "Thiếu Tin" not in soon
    assert "Thiếu Tin" in then


@pytest.mark.parametrize(
    ("step", "sent", "said"),
    [
        ("later", {}, "Nhập hoãn đến ngày nào"),
        ("later", {"until": "32/13/2026"}, "không phải ngày"),
        ("later", {"until": "hôm qua"}, "Chọn một ngày sau hôm nay."),
        ("later", {"until": "+999"}, "Chọn một ngày trong 366 ngày tới."),
        ("dismiss", {"reason": "  "}, "Nêu lý do"),
        ("dismiss", {"reason": "x" * 301}, "Dài quá"),
    ],
)
def test_an_answer_that_says_nothing_is_asked_again_and_keeps_nothing(
    browser_of: BrowserOf, bare: int, step: str, sent: dict[str, str], said: str
) -> None:
    before = History.objects.count()

    answer = browser_of("seller").post(f"{AT}/parties.incomplete/{bare}/{step}", sent, headers=HTMX)

    assert answer.status_code == 422
    assert said in text(answer)
    assert not SuggestionAnswer.objects.exists()
    assert History.objects.count() == before


def test_what_is_not_suggested_cannot_be_answered(browser_of: BrowserOf, bare: int) -> None:
    for who, rule, record in (
        ("teller", "parties.incomplete", bare),
        ("seller", "parties.incomplete", bare + 999),
        ("seller", "castle", bare),
        ("seller", "parties.without_owner", 0),
    ):
        answer = browser_of(who).post(f"{AT}/{rule}/{record}/dismiss", {"reason": "vì sao không"})

        assert answer.status_code in (404, 409), (who, rule)
    assert not SuggestionAnswer.objects.exists()


def test_an_answer_is_taken_back_by_its_giver_alone(browser_of: BrowserOf, bare: int) -> None:
    seller = browser_of("seller")
    seller.post(f"{AT}/parties.incomplete/{bare}/dismiss", {"reason": "Khách đã dừng hoạt động"})
    answer_id = SuggestionAnswer.objects.get().pk

    refused = browser_of("manager").post(f"{AT}/answers/{answer_id}/withdraw")
    kept = SuggestionAnswer.objects.count()
    seller.post(f"{AT}/answers/{answer_id}/withdraw")

    assert refused.status_code == 404
    assert kept == 1
    assert "Thiếu Tin" in text(seller.get(AT))


def test_alerts_tell_a_leader_of_customers_that_nobody_looks_after(
    browser_of: BrowserOf, cast: Cast, bare: int
) -> None:
    User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)

    told = text(browser_of("manager").get("/home/tiles/alerts?whose=team"))
    others = browser_of("teller").get("/home/tiles/alerts?whose=mine")

    assert "1 khách hàng của Nguyễn Hồng Hạnh chờ bàn giao" in told
    assert f"/customers?owner.in={cast.users['seller'].pk}" in told
    assert "chờ bàn giao" not in text(others)


def test_an_answer_in_a_dialog_says_so_and_renews_the_page(browser_of: BrowserOf, bare: int) -> None:
    client = browser_of("seller")
    at = f"{AT}/parties.incomplete/{bare}/dismiss"

    asked = client.get(at, headers=HTMX)
    done = client.post(at, {"reason": "Khách đã dừng hoạt động"}, headers=HTMX)

    assert 'id="dlg-title"' in text(asked)
    assert done.status_code == 204
    assert {"toast", "close-dialog", "home-changed"} <= set(
        done.headers["HX-Trigger"].replace('"', " ").split()
    )


def test_nothing_is_suggested_about_what_lies_in_the_bin(browser_of: BrowserOf, bare: int) -> None:
    browser_of("seller").post(f"/customers/{bare}/delete")

    assert "Thiếu Tin" not in text(browser_of("seller").get(AT))
