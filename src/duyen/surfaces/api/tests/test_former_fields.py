"""Fields of the company's own that are out of use: the history still tells of them, within rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import CustomField
from duyen.foundation.layouts.models import Layout
from duyen.foundation.org.models import Role
from duyen.kernel.clock import now
from duyen.modules.administration import queries
from duyen.modules.administration.actions import rights
from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db


def _set_state(field: CustomField, state: str) -> None:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "custom_fields.change")
        CustomField.objects.filter(pk=field.pk).update(state=state, label="Cỡ áo khoác")
        versions.bump_version()


def _hide(name: str) -> None:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.hide")
        FieldRight.objects.create(
            role=Role.objects.get(code="SALES_REP"), entity="customers", field=name, level="hidden"
        )


def _told(caller: Caller, record: dict[str, Any]) -> list[dict[str, Any]]:
    steps = caller.get(f"/customers/{record['id']}/history").json()["items"]
    return [change for step in steps for change in step["changes"] if change["field"] == "custom.size"]


@pytest.mark.parametrize("state", ["retired", "deleted"])
def test_the_history_tells_of_a_field_that_is_gone(seller: Caller, make_field: MakeField, state: str) -> None:
    field = make_field("size", label="Cỡ áo")
    made = seller.new_customer(custom={"size": "S"})
    seller.patch(f"/customers/{made['id']}", {"custom": {"size": "M"}, "version": 1})
    _set_state(field, state)

    change = _told(seller, made)[0]

    assert (change["label"], change["from"], change["to"]) == ("Cỡ áo khoác", "S", "M")
    assert "size" not in seller.get(f"/customers/{made['id']}").json()["custom"]


@pytest.mark.parametrize("state", ["retired", "deleted"])
def test_a_hidden_field_stays_hidden_when_it_is_gone(
    calls: Callable[[str], Caller], make_field: MakeField, state: str
) -> None:
    field = make_field("size", label="Cỡ áo")
    seller = calls("seller")
    made = seller.new_customer(custom={"size": "S bí mật"})
    operation = seller.patch(
        f"/customers/{made['id']}", {"custom": {"size": "M bí mật"}, "note": "mới", "version": 1}
    ).headers["Operation-Id"]
    _hide("custom_size")
    _set_state(field, state)

    told = seller.get(f"/customers/{made['id']}/history").content.decode()
    assert "bí mật" not in told
    assert "Cỡ áo" not in told

    undone = seller.post(f"/operations/{operation}/undo")
    assert undone.status_code == 200
    assert "size" not in undone.content.decode()
    assert Party.objects.get().custom == {str(field.pk): "M bí mật"}


def test_an_undo_names_what_it_leaves_by_the_field(seller: Caller, make_field: MakeField) -> None:
    make_field("size", label="Cỡ áo")
    made = seller.new_customer(custom={"size": "S"})
    address = f"/customers/{made['id']}"
    answer = seller.patch(address, {"custom": {"size": "M"}, "note": "một", "version": 1})
    assert seller.patch(address, {"custom": {"size": "L"}, "version": 2}).status_code == 200

    undone = seller.post(f"/operations/{answer.headers['Operation-Id']}/undo").json()

    assert undone["left"] == ["custom.size"]
    assert undone["left_fields"] == [{"field": "custom.size", "label": "Cỡ áo"}]


def test_an_undo_leaves_what_a_deleted_field_held(seller: Caller, make_field: MakeField) -> None:
    field = make_field("size", label="Cỡ áo")
    made = seller.new_customer(custom={"size": "S"})
    address = f"/customers/{made['id']}"
    answer = seller.patch(address, {"custom": {"size": None}, "note": "một", "version": 1})
    _set_state(field, "deleted")

    undone = seller.post(f"/operations/{answer.headers['Operation-Id']}/undo").json()

    assert undone["left_fields"] == [{"field": "custom.size", "label": "Cỡ áo khoác"}]
    assert Party.objects.get().custom == {}


def test_a_limit_on_a_retired_field_outlives_a_change_of_its_role(cast: Cast, make_field: MakeField) -> None:
    field = make_field("size")
    _hide("custom_size")
    _set_state(field, "retired")
    role = Role.objects.get(code="SALES_REP")
    held = queries.rights_of_role(role.pk)

    rights.set_rights(role.pk, actor=cast.actor("admin"), version=role.version, rights=held, limits={})

    assert set(queries.field_rights_of_role(role.pk)) == {("customers", "custom_size")}


def test_what_uses_a_field_tells_of_forms_with_a_place_for_it(
    calls: Callable[[str], Caller], make_field: MakeField
) -> None:
    field = make_field("size")
    other = make_field("weight")
    with transaction.atomic():
        trail.begin(system_actor("tests"), "layouts.change")
        role, moment = Role.objects.get(code="SALES_REP"), now()
        form = [{"key": "x", "vi": "Đo", "en": "", "lines": [["name"], ["custom_size"]]}]
        stamps = {"entity": "customers", "created_at": moment, "updated_at": moment}
        Layout.objects.create(role=role, form=form, **stamps)
        Layout.objects.create(hidden=["custom_size"], **stamps)
        versions.bump_version()

    admin = calls("admin")

    told = admin.get(f"/custom_fields/{field.pk}/uses").json()["forms"]
    assert len(told) == 2
    assert role.name in told
    assert admin.get(f"/custom_fields/{other.pk}/uses").json()["forms"] == []
    assert admin.delete(f"/custom_fields/{field.pk}", If_Match="1").status_code == 202
    assert calls("seller").new_customer()["custom"] == {"weight": None}
