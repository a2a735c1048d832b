"""Creating from anywhere: what the short forms ask, what they start with, where they lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.foundation.audit.models import History
from duyen.modules.activities.models import About, Activity
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
Make = Callable[..., Any]


def text(response: Any) -> str:
    return str(response.content.decode())


def test_offers_what_one_may_create_and_a_letter_for_each(browser_of: BrowserOf) -> None:
    seller, admin = (text(browser_of(who).get("/")) for who in ("seller", "admin"))

    for name, letter in (("customer", "k"), ("contact", "l"), ("task", "v"), ("call", "g"), ("note", "n")):
        assert f'data-then="{letter}" hx-get="/quick/{name}"' in seller, name
    assert 'hx-get="/quick/' not in admin


@pytest.mark.parametrize("name", ["customer", "contact", "task", "call", "appointment", "note"])
def test_each_form_is_a_dialog_and_without_a_script_a_page(browser_of: BrowserOf, name: str) -> None:
    client = browser_of("seller")

    dialog, whole = client.get(f"/quick/{name}", headers=HTMX), client.get(f"/quick/{name}")

    assert 'id="dlg-title"' in text(dialog)
    assert "<html" not in text(dialog)
    assert "<h1>" in text(whole)


def test_makes_a_customer_and_opens_it(browser_of: BrowserOf) -> None:
    sent = {"kind": "ORGANISATION", "name": "Công ty CP Hồng Bàng", "key": "a"}

    answer = browser_of("seller").post("/quick/customer", sent, headers=HTMX)
    made = Party.objects.get(name="Công ty CP Hồng Bàng")

    assert answer.headers["HX-Redirect"] == f"/customers/{made.pk}"


def test_bad_input_changes_nothing_and_loses_nothing(browser_of: BrowserOf) -> None:
    before = History.objects.count()
    sent = {"subject": "Gọi lại", "due_at": "31/13/2026", "priority": "NORMAL"}

    answer = browser_of("seller").post("/quick/task", sent, headers=HTMX)

    assert answer.status_code == 422
    assert 'value="Gọi lại"' in text(answer)
    assert "31/13/2026" in text(answer)
    assert 'aria-invalid="true"' in text(answer)
    assert not Activity.objects.exists()
    assert History.objects.count() == before


def test_a_likely_duplicate_is_shown_before_a_second_one_is_made(
    browser_of: BrowserOf, make_customer: Make
) -> None:
    make_customer(name="Công ty TNHH Hoa Sen", phones=["0912 345 678"])
    sent = {"kind": "ORGANISATION", "name": "Cty TNHH Hoa Sen", "phones": "0912345678"}

    answer = browser_of("seller").post("/quick/customer", sent, headers=HTMX)

    assert answer.status_code == 422
    assert "Có thể đã có" in text(answer) or "Có thể" in text(answer)
    assert Party.objects.count() == 1


def test_is_about_the_record_on_whose_page_one_is(
    browser_of: BrowserOf, make_customer: Make, cast: Cast
) -> None:
    customer = make_customer(name="Công ty CP Hòa Thuận").id
    client = browser_of("seller")
    here = {**HTMX, "HX-Current-URL": f"http://testserver/customers/{customer}?tab=ties"}

    form = text(client.get("/quick/call", headers=here))
    sent = {"subject": "Gọi báo giá", "about": f"customers:{customer}", "result": "Hẹn tuần sau"}
    answer = client.post("/quick/call", sent, headers=here)
    made = Activity.objects.get()

    assert "Công ty CP Hòa Thuận" in form
    assert answer.headers["HX-Refresh"] == "true"
    assert (made.kind, made.state, made.owner_id) == ("CALL", "DONE", cast.users["seller"].pk)
    assert About.objects.get().record_id == customer


def test_starts_with_no_record_that_is_closed_to_the_reader(
    browser_of: BrowserOf, make_customer: Make
) -> None:
    far = make_customer("outsider", name="Công ty CP Tứ Minh").id
    here = {**HTMX, "HX-Current-URL": f"http://testserver/customers/{far}"}

    assert "Tứ Minh" not in text(browser_of("seller").get("/quick/call", headers=here))


def test_a_form_that_is_sent_twice_makes_one(browser_of: BrowserOf) -> None:
    client, sent = browser_of("seller"), {"subject": "Gửi báo giá", "key": "once"}

    first, second = (client.post("/quick/task", sent, headers=HTMX) for _time in range(2))

    assert first.status_code == second.status_code == 204
    assert Activity.objects.count() == 1


def test_stays_open_for_another_one(browser_of: BrowserOf) -> None:
    answer = browser_of("seller").post("/quick/task", {"subject": "Gửi báo giá", "again": "1"}, headers=HTMX)

    assert answer.status_code == 200
    assert "Gửi báo giá" not in text(answer)
    assert "toast" in answer.headers["HX-Trigger"]
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(("who", "name", "status"), [("admin", "customer", 403), ("seller", "castle", 404)])
def test_nobody_makes_what_she_has_no_right_to(
    browser_of: BrowserOf, who: str, name: str, status: int
) -> None:
    before = History.objects.count()

    assert browser_of(who).post(f"/quick/{name}", {"name": "X"}).status_code == status
    assert History.objects.count() == before
