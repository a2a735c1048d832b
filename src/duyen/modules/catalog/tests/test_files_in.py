"""Products and prices come in from files and go out again, through the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from duyen.entities.importing import Keeping, start_import
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import Door
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.money import Money
from duyen.modules.catalog.models import PriceLine, Product
from duyen.modules.catalog.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _bring_in(cast: Cast, entity: str, path: Path, text: str) -> Job:
    path.write_text(text, encoding="utf-8")
    actor = cast.actor("director", Door.IMPORT)
    job = start_import(entity_named(entity), path, actor=actor, keeping=Keeping())
    assert work(job.pk)
    job.refresh_from_db()
    return job


def test_brings_in_products_by_the_heads_that_people_write(cast: Cast, tmp_path: Path) -> None:
    text = (
        "Mã sản phẩm;Tên;Loại;Kỳ cước;ĐVT;Nhóm hàng;Nhóm thuế GTGT;Tỷ lệ giá vốn\n"
        "ftth-1;Internet 300 Mbps;Định kỳ;Hằng tháng;tháng;Internet;Viễn thông;52%\n"
        "CA-1;Chữ ký số;Một lần;;gói;;Công nghệ thông tin;40,5\n"
        "FTTH-1;Trùng mã;Định kỳ;Hằng tháng;tháng;;Viễn thông;\n"
        "SAI;Thiếu kỳ cước;Định kỳ;;tháng;;Viễn thông;\n"
    )

    job = _bring_in(cast, "products", tmp_path / "sp.csv", text)

    assert (job.result["imported"], job.result["rejected"]) == (2, 2)
    found = Product.objects.order_by("code").values_list(
        "code", "kind", "measure", "category", "vat_class", "cost_ratio"
    )
    assert [(*row[:5], str(row[5])) for row in found] == [
        ("CA-1", "ONE_OFF", "PACKAGE", "", "TECHNOLOGY", "40.50"),
        ("FTTH-1", "RECURRING", "MONTH", "INTERNET", "TELECOM", "52.00"),
    ]


def test_brings_in_prices_by_the_codes_of_list_product_and_plan(
    cast: Cast, product: Make, plan: Make, price_list: Make, tmp_path: Path
) -> None:
    home = product("HOME")
    plan(home, "HOME-T6")
    draft = price_list("NHAP", is_issued=False)
    product("SMS")
    price_list("NAY", "SMS;;720")
    text = (
        "Bảng giá,Sản phẩm,Gói,Giá chưa thuế,Phí hòa mạng,Giá sàn\n"
        'NHAP,HOME,,"180.000",300000,165000\n'
        "NHAP,HOME,HOME-T6,175000 đ,0,\n"
        "NHAP,HOME,,190000,,\n"
        "NAY,HOME,,1000,,\n"
        "NHAP,KHONG-CO,,1000,,\n"
    )

    job = _bring_in(cast, "price_lines", tmp_path / "gia.csv", text)

    assert (job.result["imported"], job.result["rejected"]) == (2, 3)
    rows = PriceLine.objects.filter(price_list_id=draft).order_by("price")
    assert list(rows.values_list("name", "price", "one_off_fee", "floor")) == [
        ("HOME-T6", 175_000, 0, None),
        ("HOME", 180_000, 300_000, 165_000),
    ]
    field = entity_named("price_lines").field("price")
    assert field.show(Money(180_000)) == "180.000\u00a0₫"
