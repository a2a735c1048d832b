"""The pages on which an administrator defines formulas and roll-ups, and those that show their values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from duyen.entities.derived.recounting import recount_now
from duyen.foundation.fields.models import CustomField
from duyen.foundation.jobs.models import Job
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.test_forms import as_sent, text
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Client]
NEW = "/settings/fields/customers/new"


def test_a_formula_is_tried_kept_and_shown(browser_of: BrowserOf, make_field: MakeField) -> None:
    make_field("seats", "whole", label="Số chỗ")
    admin, seller = browser_of("admin"), browser_of("seller")
    sent = as_sent(text(admin.get(f"{NEW}?kind=formula"))) | {
        "label": "Gấp đôi",
        "formula": "[Số chỗ] * 2",
        "result": "whole",
    }

    tried = admin.post(NEW, {**sent, "try": "1"})
    assert tried.status_code == 200
    assert CustomField.objects.filter(kind="formula").count() == 0
    kept = admin.post(NEW, sent)

    assert kept.status_code == 302
    held = CustomField.objects.get(kind="formula")
    assert held.limits["formula"] == "[custom_seats] * 2"
    assert Job.objects.filter(kind="derived").count() == 1
    assert "[Số chỗ] * 2" in text(admin.get(f"/settings/fields/{held.pk}"))
    form = as_sent(text(seller.get("/customers/new")))
    assert "custom_gap_doi" not in form
    seller.post("/customers/new", form | {"name": "Lan", "kind": "INDIVIDUAL", "custom_seats": "21"})
    party = Party.objects.get()
    assert party.derived == {str(held.pk): 42}
    page = text(seller.get(f"/customers/{party.pk}?tab=info"))
    assert "42 <span" in page  # being worked out again, as long as the job has not gone through all
    recount_now()
    assert "42 <span" not in text(seller.get(f"/customers/{party.pk}?tab=info"))
    listed = text(seller.get("/customers?cols=name,custom_gap_doi"))
    assert ">42<" in listed


def test_what_is_wrong_comes_back_with_what_was_typed(browser_of: BrowserOf, make_field: MakeField) -> None:
    make_field("seats", "whole", label="Số chỗ")
    admin = browser_of("admin")
    sent = as_sent(text(admin.get(f"{NEW}?kind=formula"))) | {"label": "Sai", "formula": "[Số ghế] * 2"}

    for more in ({"try": "1"}, {}):
        answer = admin.post(NEW, {**sent, **more})
        page = text(answer)
        assert answer.status_code == 422
        assert "[Số ghế] * 2" in page
        assert "ký tự 1" in page
    assert not CustomField.objects.filter(kind="formula").exists()


def test_a_roll_up_asks_first_whom_it_adds_up(browser_of: BrowserOf, make_field: MakeField) -> None:
    make_field("boss", "link", label="Cấp trên", limits={"to": "customers"})
    admin = browser_of("admin")

    asked = text(admin.get(f"{NEW}?kind=rollup"))
    assert "source=customers.custom_boss" in asked
    assert "source=ties.to_party" in asked
    sent = as_sent(text(admin.get(f"{NEW}?kind=rollup&source=customers.custom_boss")))
    answer = admin.post(
        NEW, sent | {"label": "Cấp dưới", "what": "count", "where": "[Khách hàng trọng điểm]"}
    )

    assert answer.status_code == 302
    held = CustomField.objects.get(kind="rollup")
    assert held.limits["source"] == "customers.custom_boss"
    assert held.limits["where"] == "[is_key_account]"


def test_what_others_follow_from_says_so_and_stays(browser_of: BrowserOf, make_field: MakeField) -> None:
    seats = make_field("seats", "whole", label="Số chỗ")
    admin = browser_of("admin")
    sent = as_sent(text(admin.get(f"{NEW}?kind=formula"))) | {"label": "Gấp đôi", "formula": "[Số chỗ] * 2"}
    admin.post(NEW, sent)
    address = f"/settings/fields/{seats.pk}/delete"

    page = text(admin.get(address))
    answer = admin.post(address, {"version": "1", "typed": "Số chỗ"})

    assert "Gấp đôi" in page
    assert answer.status_code == 409
    assert CustomField.objects.get(pk=seats.pk).state == "active"


def test_others_define_nothing(browser_of: BrowserOf) -> None:
    answer = browser_of("manager").post(NEW, {"kind": "formula", "label": "A", "formula": "1", "try": "1"})

    assert answer.status_code == 403
    assert not CustomField.objects.exists()
