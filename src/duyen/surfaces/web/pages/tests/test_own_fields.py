"""A company's own fields on the pages: forms, lists, cells, and a field that goes while somebody types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import transaction
from django.test import Client

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import CustomField
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.test_forms import as_sent, text
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Client]
OPTIONS = [{"code": "silk", "label": "Lụa"}, {"code": "linen", "label": "Lanh"}]


def test_a_form_shows_and_saves_every_kind(browser_of: BrowserOf, make_field: MakeField) -> None:
    entered = {
        "text": "XL",
        "long_text": "dòng một\r\ndòng hai",
        "whole": "1.200",
        "decimal": "1.234,5",
        "amount": "12.500.000 đ",
        "day": "29/02/2024",
        "moment": "31/12/2025 09:30",
        "flag": "1",
        "choice": "linen",
        "choices": ["silk", "linen"],
        "phone": "0912 345 678",
        "email": "Lan@Example.com",
        "web": "duyen.vn/gia",
    }
    made = {
        kind: make_field(f"a_{kind}", kind, label=f"Mục {kind}", options=OPTIONS if "choice" in kind else [])
        for kind in entered
    }
    client = browser_of("seller")
    sent = as_sent(text(client.get("/customers/new"))) | {"name": "Lan", "kind": "INDIVIDUAL"}
    sent |= {f"custom_a_{kind}": value for kind, value in entered.items()}

    answer = client.post("/customers/new", sent)

    assert answer.status_code == 302, text(answer)
    party = Party.objects.get()
    held = {kind: party.custom[str(each.pk)] for kind, each in made.items()}
    assert held == {
        "text": "XL",
        "long_text": "dòng một\ndòng hai",
        "whole": 1200,
        "decimal": 1234.5,
        "amount": 12_500_000,
        "day": "2024-02-29",
        "moment": "2025-12-31T02:30:00Z",
        "flag": True,
        "choice": "linen",
        "choices": ["silk", "linen"],
        "phone": "+84912345678",
        "email": "Lan@example.com",
        "web": "https://duyen.vn/gia",
    }
    shown = text(client.get(f"/customers/{party.pk}?tab=info"))
    for words in (
        "1.234,5",
        "12.500.000 ₫",
        "29/02/2024",
        "Lanh",
        "tel:+84912345678",
        "https://duyen.vn/gia",
    ):
        assert words in shown
    again = as_sent(text(client.get(f"/customers/{party.pk}/edit")))
    assert client.post(f"/customers/{party.pk}/edit", again).status_code == 302
    party.refresh_from_db()
    assert (party.version, party.custom) == (1, {str(made[kind].pk): held[kind] for kind in made})


def test_what_was_typed_stays_when_it_does_not_fit(browser_of: BrowserOf, make_field: MakeField) -> None:
    make_field("seats", "whole", help="Đếm cả ghế phụ", required="always")
    client = browser_of("seller")
    page = text(client.get("/customers/new"))
    assert "Đếm cả ghế phụ" in page
    sent = as_sent(page) | {"name": "Lan", "kind": "INDIVIDUAL", "custom_seats": "nhiều lắm"}

    answer = client.post("/customers/new", sent)

    assert answer.status_code == 422
    assert "nhiều lắm" in text(answer)
    assert not Party.objects.exists()


def test_a_field_deleted_while_somebody_types_gets_its_sentence(
    browser_of: BrowserOf, make_field: MakeField, make_customer: Callable[..., object]
) -> None:
    size = make_field("size", label="Cỡ áo")
    make_customer(name="Lan")
    party = Party.objects.get()
    client = browser_of("seller")
    sent = as_sent(text(client.get(f"/customers/{party.pk}/edit")))
    sent |= {"custom_size": "XL", "note": "gọi buổi sáng"}
    _change(size, state="deleted")

    answer = client.post(f"/customers/{party.pk}/edit", sent)

    assert answer.status_code == 422
    page = text(answer)
    assert "Cỡ áo" in page
    assert "XL" in page
    assert "gọi buổi sáng" in page
    assert client.post(f"/customers/{party.pk}/edit", as_sent(page)).status_code == 302
    party.refresh_from_db()
    assert (party.note, party.custom) == ("gọi buổi sáng", {})


def test_a_field_that_comes_while_somebody_types_keeps_its_value(
    browser_of: BrowserOf, make_field: MakeField, make_customer: Callable[..., object]
) -> None:
    size = make_field("size")
    make_customer(name="Lan", custom_size="XL")
    party = Party.objects.get()
    client = browser_of("seller")
    _change(size, state="retired")
    sent = as_sent(text(client.get(f"/customers/{party.pk}/edit"))) | {"note": "gọi lại"}
    assert "custom_size" not in sent
    _change(size, state="active")

    assert client.post(f"/customers/{party.pk}/edit", sent).status_code == 302

    party.refresh_from_db()
    assert (party.note, party.custom) == ("gọi lại", {str(size.pk): "XL"})


def _change(field: CustomField, **values: str) -> None:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "custom_fields.change")
        CustomField.objects.filter(pk=field.pk).update(**values)
        versions.bump_version()


def test_a_list_shows_orders_and_filters_and_costs_the_same(
    browser_of: BrowserOf, make_field: MakeField, make_customers: Callable[..., Sequence[int]]
) -> None:
    make_field("fabrics", "choices", options=OPTIONS, label="Chất vải")
    make_field("weight", "decimal", label="Cân nặng")
    make_customers(2)
    party = Party.objects.order_by("pk").first()
    assert party is not None
    client = browser_of("seller")
    sent = as_sent(text(client.get(f"/customers/{party.pk}/edit")))
    client.post(f"/customers/{party.pk}/edit", sent | {"custom_fabrics": ["silk"], "custom_weight": "0,75"})

    page = text(client.get("/customers?cols=name,custom_fabrics,custom_weight&sort=custom_weight"))

    assert "Chất vải" in page
    assert "0,75" in page
    assert "Lụa" in page
    form = text(client.get("/customers/filter?field=custom_fabrics"))
    assert "Lụa" in form
    found = text(client.get('/customers?filter=["custom_fabrics","in",["silk"]]'))
    assert party.name in found


def test_a_cell_is_edited_in_place(
    browser_of: BrowserOf, make_field: MakeField, make_customers: Callable[..., Sequence[int]], cast: Cast
) -> None:
    field = make_field("weight", "decimal")
    (record,) = make_customers(1)
    client = browser_of("seller")
    address = f"/customers/{record}/cell/custom_weight"
    header = {"HX-Request": "true"}
    assert "custom_weight" in text(client.get(address, headers=header))

    wrong = client.post(address, {"custom_weight": "nặng", "version": "1"}, headers=header)
    assert wrong.status_code == 422
    assert "nặng" in text(wrong)
    right = client.post(address, {"custom_weight": "2,5", "version": "1"}, headers=header)

    assert right.status_code == 200
    assert Party.objects.get(pk=record).custom == {str(field.pk): 2.5}
