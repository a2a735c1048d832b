"""A form asks for the company's own fields of leads, by their kinds, and an address names a product."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.custom.defining import retire
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import AccessEpoch, FieldRight
from duyen.foundation.fields.models import CustomField
from duyen.foundation.org.models import Role
from duyen.modules.leads.models import Lead
from duyen.modules.web_forms.tests.conftest import Make, Send
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
HOUSES = [{"code": "street", "label": "Nhà phố"}, {"code": "flat", "label": "Căn hộ"}]
ROOMS = [{"code": "bed", "label": "Phòng ngủ"}, {"code": "kitchen", "label": "Bếp"}]


def _held(lead: Lead, key: str) -> object:
    entity = entity_named("leads")
    row = {**Lead.objects.filter(pk=lead.pk).values(*entity.held_columns).get()}
    entity.unfold(row)
    return entity.field(key).load(row)


def test_a_visitor_fills_in_own_fields_of_each_kind(
    make_field: MakeField, form: Make, send: Send, cast: Cast
) -> None:
    make_field("floor", "whole", entity="leads", label="Tầng")
    make_field("moves_in", "day", entity="leads", label="Ngày chuyển đến")
    make_field("owns", "flag", entity="leads", label="Là chủ nhà")
    make_field("house", "choice", entity="leads", label="Kiểu nhà", options=HOUSES)
    make_field("rooms", "choices", entity="leads", label="Phòng cần mạng", options=ROOMS)
    make_field("keeper", "phone", entity="leads", label="Số bảo vệ")
    names = [f"custom_{key}" for key in ("floor", "moves_in", "owns", "house", "rooms", "keeper")]
    made = form(asked=["PHONE", *names], needed=["PHONE", "custom_floor", "custom_rooms"])

    page = Client().get(f"/f/{made.key}").content.decode()
    for shown in ("Tầng", "Ngày chuyển đến", "Là chủ nhà", "Nhà phố", "Phòng ngủ"):
        assert shown in page
    assert 'name="custom_keeper" type="tel"' in page

    answer = send(
        made,
        custom_floor="12",
        custom_moves_in="1/3/2027",
        custom_owns="1",
        custom_house="street",
        custom_rooms=["bed", "kitchen"],
        custom_keeper="0359 000 555",
    )

    assert answer.status_code == 302
    lead = Lead.objects.get()
    assert [str(_held(lead, each)) for each in names] == [
        *("12", "2027-03-01", "True", "street", "('bed', 'kitchen')", "+84359000555"),
    ]
    assert lead.raw["custom_moves_in"] == "1/3/2027"
    assert lead.raw["custom_keeper"] == "0359 000 555"
    client = Client()
    client.force_login(cast.user("director"))
    assert "Phòng ngủ, Bếp" in client.get(f"/leads/{lead.pk}").content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Điền mục này"),
        ({"custom_floor": "mười hai"}, "số"),
        ({"custom_floor": "9" * 5_000}, "số"),
        ({"custom_floor": "12", "custom_moves_in": "1/1/0001"}, "Ngày"),
        ({"custom_floor": "12", "custom_house": "palace"}, "lựa chọn"),
    ],
)
def test_says_what_is_wrong_with_an_own_field_and_keeps_what_was_typed(
    make_field: MakeField, form: Make, send: Send, sent: dict[str, str], told: str
) -> None:
    make_field("floor", "whole", entity="leads", label="Sàn thứ")
    make_field("moves_in", "day", entity="leads", label="Chuyển đến")
    make_field("house", "choice", entity="leads", label="Kiểu nhà", options=HOUSES)
    asked = ["PHONE", "NEED", "custom_floor", "custom_moves_in", "custom_house"]
    made = form(asked=asked, needed=["PHONE", "custom_floor"])

    answer = send(made, **sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert told in page
    assert "Mạng cho quán cà phê" in page
    for typed in (each for name, each in sent.items() if name != "custom_house"):
        assert typed in page
    assert not Lead.objects.exists()


def test_demands_of_visitors_what_it_asks_and_not_what_colleagues_must_fill_in(
    make_field: MakeField, form: Make, send: Send
) -> None:
    make_field("floor", "whole", entity="leads", label="Tầng", required="always")
    make_field("checked_by", "text", entity="leads", label="Người kiểm tra", required="always")

    assert send(form()).status_code == 302
    asking = form(asked=["PHONE", "NEED", "custom_floor"])
    page = Client().get(f"/f/{asking.key}").content.decode()
    assert 'id="f-custom_floor" name="custom_floor" type="text" value="" aria-required="true"' in page
    assert send(asking, phones="0359 000 222").status_code == 422
    assert send(asking, phones="0359 000 222", custom_floor="3").status_code == 302
    assert Lead.objects.count() == 2


def test_who_may_not_see_an_own_field_does_not_see_it_as_it_was_given(
    make_field: MakeField, form: Make, send: Send, cast: Cast
) -> None:
    make_field("debts", "text", entity="leads", label="Nợ ngân hàng")
    asked = form(asked=["PHONE", "custom_debts"], unit=cast.unit("HP").pk)
    assert send(asked, custom_debts="Hai tỷ").status_code == 302
    lead = Lead.objects.get()
    client = Client()
    client.force_login(cast.user("director"))
    assert "Hai tỷ" in client.get(f"/leads/{lead.pk}").content.decode()

    role = Role.objects.get(code="DIRECTOR")
    FieldRight.objects.create(role=role, entity="leads", field="custom_debts", level="hidden")
    AccessEpoch.objects.filter(pk=1).update(value=10**6)

    page = client.get(f"/leads/{lead.pk}").content.decode()
    assert lead.name in page
    assert "Hai tỷ" not in page


def test_a_field_out_of_use_is_asked_no_more(
    make_field: MakeField, form: Make, send: Send, cast: Cast
) -> None:
    field = make_field("floor", "whole", entity="leads", label="Tầng")
    made = form(asked=["PHONE", "custom_floor"], needed=["PHONE", "custom_floor"])
    with pytest.raises(InvalidValues):
        form(asked=["PHONE", "custom_room"])
    assert "Tầng" in Client().get(f"/f/{made.key}").content.decode()
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
