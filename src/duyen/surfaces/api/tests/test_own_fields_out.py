"""A company's own fields on their way out: sheets and archives have them, and no hidden one leaves by any."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from python_calamine import CalamineWorkbook

from duyen.entities.exporting.everything import write_everything
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

#: An archive reads what is committed, through a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"purpose": "Đối chiếu"}
SECRET = "Cỡ bí mật"


def _content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def _sheet(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def _archive(cast: Cast, path: Path) -> str:
    write_everything(path, actor=cast.actor("director"))
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(each).decode("utf-8-sig") for each in archive.namelist())


def _hide(name: str) -> None:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.hide")
        FieldRight.objects.create(
            role=Role.objects.get(code="DIRECTOR"), entity="customers", field=name, level="hidden"
        )


def test_a_sheet_holds_own_fields_as_what_they_are(
    calls: Callable[[str], Caller], make_field: MakeField
) -> None:
    make_field("size", label="Cỡ áo")
    make_field("seats", "whole", label="Số chỗ")
    make_field("vip", "flag", label="Khách quen")
    make_field("referrer", "link", label="Người giới thiệu", limits={"to": "customers"})
    seller, director = calls("seller"), calls("director")
    first = seller.new_customer("An")
    seller.new_customer("Bình", custom={"size": "=XL", "seats": 1200, "vip": True, "referrer": first["id"]})
    columns = ["name", "custom.size", "custom.seats", "custom.vip", "custom.referrer"]

    answer = director.post(
        "/customers/export", {**WHY, "format": "xlsx", "columns": columns, "sort": "-name"}
    )

    heads, row, _other = _sheet(_content(answer))
    assert [each for each in ("Cỡ áo", "Số chỗ", "Khách quen") if each not in heads] == []
    told = dict(zip(heads, row, strict=True))
    assert (told["Cỡ áo"].lstrip("'"), told["Số chỗ"]) == ("=XL", 1200)
    assert "An" in row or first["code"] in row


def test_everything_holds_own_fields(
    calls: Callable[[str], Caller], cast: Cast, make_field: MakeField, tmp_path: Path
) -> None:
    make_field("size", label="Cỡ áo")
    calls("seller").new_customer("An", custom={"size": "XL rộng"})

    write_everything(tmp_path / "all.zip", actor=cast.actor("director"))

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        lines = io.StringIO(archive.read("customers.csv").decode("utf-8-sig"), newline="")
        (row,) = csv.DictReader(lines)
    assert "XL rộng" in row.values()


def test_a_hidden_own_field_leaves_by_no_export(
    calls: Callable[[str], Caller], cast: Cast, make_field: MakeField, tmp_path: Path
) -> None:
    make_field("size", label="Nhãn kín")
    seller, director = calls("seller"), calls("director")
    made = seller.new_customer("An", custom={"size": SECRET})
    seller.patch(f"/customers/{made['id']}", {"custom": {"size": f"{SECRET} hai"}, "version": 1})
    _hide("custom_size")

    for kind in ("csv", "xlsx"):
        body = {**WHY, "format": kind}
        refused = director.post("/customers/export", {**body, "columns": ["name", "custom.size"]})
        assert refused.status_code == 422
        content = _content(director.post("/customers/export", body))
        told = str(_sheet(content)) if kind == "xlsx" else content.decode("utf-8-sig")
        assert "An" in told
        assert SECRET not in told
        assert "Nhãn kín" not in told
    for asked in ({"filter": ["custom.size", "eq", SECRET]}, {"sort": "custom.size"}):
        answer = director.post("/customers/export", {**WHY, **asked})
        assert answer.status_code == 422
    assert SECRET not in _archive(cast, tmp_path / "all.zip")
    history = director.get(f"/customers/{made['id']}/history").content.decode()
    assert SECRET not in history
    assert "Nhãn kín" not in history


def test_own_phones_and_mails_make_no_duplicates(
    calls: Callable[[str], Caller], make_field: MakeField
) -> None:
    make_field("second", "phone")
    make_field("mail", "email")
    seller = calls("seller")
    held = {"second": "0912345678", "mail": "an@vidu.vn"}
    seller.new_customer("Phan Thu Trà", custom=held)
    other = seller.new_customer("Lê Bình", custom=held)

    assert seller.get(f"/customers/{other['id']}/duplicates").json()["items"] == []


def test_asks_through_an_own_link_within_rights(
    calls: Callable[[str], Caller], make_field: MakeField
) -> None:
    make_field("referrer", "link", limits={"to": "customers"})
    make_field("seats", "whole")
    seller, outsider = calls("seller"), calls("outsider")
    far = outsider.new_customer("Ở xa", custom={"seats": 9})
    near = seller.new_customer("Ở gần", custom={"seats": 9})
    seller.new_customer("An", custom={"referrer": near["id"]})
    calls("director").patch(
        f"/customers/{seller.new_customer('Bình')['id']}",
        {"custom": {"referrer": far["id"]}, "version": 1},
    )

    def found(who: Caller, *condition: object) -> set[str]:
        answer = who.get("/customers", filter=json.dumps(condition))
        assert answer.status_code == 200, answer.content
        return {each["name"] for each in answer.json()["items"]}

    assert found(seller, "custom.referrer", "eq", near["id"]) == {"An"}
    assert found(seller, "custom.referrer.name", "contains", "Ở") == {"An"}
    assert found(calls("director"), "custom.referrer.name", "contains", "Ở") == {"An", "Bình"}
    assert found(seller, "custom.referrer.custom.seats", "eq", 9) == {"An"}
    refused = seller.get("/customers", filter=json.dumps(["custom.seats.name", "eq", "x"]))
    assert refused.status_code == 422
    assert seller.get("/customers", sort="custom.referrer.name").status_code == 422
