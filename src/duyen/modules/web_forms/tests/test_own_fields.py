"""A form asks for the company's own fields of leads, by their kinds, and an address names a product."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.custom.defining import retire
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.foundation.fields.models import CustomField
from duyen.modules.leads.models import Lead
from duyen.modules.web_forms.tests.conftest import Make, Send
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db


def _held(lead: Lead, key: str) -> object:
    entity = entity_named("leads")
    row = {**Lead.objects.filter(pk=lead.pk).values(*entity.held_columns).get()}
    entity.unfold(row)
    return entity.field(key).load(row)


def test_a_visitor_fills_in_own_fields_of_each_kind(make_field: MakeField, form: Make, send: Send) -> None:
    make_field("floor", "whole", entity="leads", label="Tầng")
    make_field("moves_in", "day", entity="leads", label="Ngày chuyển đến")
    make_field("owns", "flag", entity="leads", label="Là chủ nhà")
    made = form(
        asked=["PHONE", "custom_floor", "custom_moves_in", "custom_owns"], needed=["PHONE", "custom_floor"]
    )

    page = Client().get(f"/f/{made.key}").content.decode()
    assert "Tầng" in page
    assert "Ngày chuyển đến" in page

    assert send(made, custom_floor="12", custom_moves_in="01/03/2027", custom_owns="on").status_code == 302
    lead = Lead.objects.get()
    assert _held(lead, "custom_floor") == 12
    assert str(_held(lead, "custom_moves_in")) == "2027-03-01"
    assert _held(lead, "custom_owns") is True


def test_says_what_is_wrong_with_an_own_field_and_keeps_what_was_typed(
    make_field: MakeField, form: Make, send: Send
) -> None:
    make_field("floor", "whole", entity="leads", label="Tầng")
    made = form(asked=["PHONE", "NEED", "custom_floor"], needed=["PHONE", "custom_floor"])

    for wrong in ("", "mười hai"):
        answer = send(made, custom_floor=wrong)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Mạng cho quán cà phê" in page
        assert wrong in page
    assert not Lead.objects.exists()


def test_a_field_out_of_use_is_asked_no_more(
    make_field: MakeField, form: Make, send: Send, cast: Cast
) -> None:
    field = make_field("floor", "whole", entity="leads", label="Tầng")
    made = form(asked=["PHONE", "custom_floor"], needed=["PHONE", "custom_floor"])
    with pytest.raises(InvalidValues):
        form(asked=["PHONE", "custom_room"])
    version = CustomField.objects.get(pk=field.pk).version
    retire(field.pk, version=version, actor=cast.actor("admin"))
    assert "Tầng" not in Client().get(f"/f/{made.key}").content.decode()
    assert send(made).status_code == 302


def test_the_address_names_a_product(cast: Cast, form: Make, send: Send) -> None:
    goods = [
        standard.create(
            entity_named("products"),
            actor=cast.actor("director"),
            values={
                "code": code,
                "name": code,
                "kind": "ONE_OFF",
                "measure": "PACKAGE",
                "vat_class": "TELECOM",
            },
        ).id
        for code in ("FTTH-1", "CAM-1")
    ]
    plain = form()
    assert send(plain, query="?product=FTTH-1").status_code == 302
    assert Lead.objects.get().product_ids == goods[:1]

    choosing = form(asked=["PHONE", "PRODUCTS"], products=goods)
    page = Client().get(f"/f/{choosing.key}?product=CAM-1").content.decode()
    assert page.count("checked") == 1
    assert (
        send(choosing, query="?product=CAM-1", phones="0359 000 222", products=[goods[0]]).status_code == 302
    )
    assert Lead.objects.order_by("-pk")[0].product_ids == goods[:1]

    assert send(plain, query="?product=NONE", phones="0359 000 333").status_code == 302
    assert Lead.objects.order_by("-pk")[0].product_ids == []
