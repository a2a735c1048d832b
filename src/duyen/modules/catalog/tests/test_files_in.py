"""Products and prices come in from files and go out again, through the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.importing import Plan, rejected_path, running, start_import
from duyen.entities.importing.undoing import start_undo_of_import
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import Door
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.money import Money
from duyen.modules.catalog.models import PriceLine, Product
from duyen.modules.catalog.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _bring_in(cast: Cast, entity: str, path: Path, text: str, rule: str = "create", **plan: Any) -> Job:
    path.write_text(text, encoding="utf-8")
    actor = cast.actor("director", Door.IMPORT)
    asked = Plan(on_duplicate=OnDuplicate(rule), **plan)
    job = start_import(entity_named(entity), path, actor=actor, plan=asked)
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


HEADS = "Mã sản phẩm,Tên,Loại,Kỳ cước,Nhóm thuế GTGT,Tỷ lệ giá vốn,Mô tả"
HOME = "HOME,Internet gia đình,Định kỳ,Hằng tháng,Viễn thông"


def _counts(job: Job) -> tuple[int, ...]:
    return tuple(job.result[name] for name in ("imported", "updated", "unchanged", "skipped", "rejected"))


@pytest.mark.parametrize("chunk", [2_000, 1])
@pytest.mark.parametrize(
    ("rule", "second", "held"),
    [
        ("skip", (0, 0, 0, 2, 0), ("52.00", "")),
        ("fill", (0, 1, 1, 0, 0), ("52.00", "cáp quang")),
        ("update", (0, 1, 1, 0, 0), ("48.00", "cáp quang")),
        ("create", (0, 0, 0, 0, 2), ("52.00", "")),
    ],
)
def test_knows_a_product_by_its_code(
    cast: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
    rule: str,
    second: tuple[int, ...],
    held: tuple[str, str],
) -> None:
    monkeypatch.setattr(running, "CHUNK", chunk)
    path, other = tmp_path / "sp.csv", "CA-1,Chữ ký số,Một lần,,Công nghệ thông tin,40,"
    first = _bring_in(cast, "products", path, f"{HEADS}\n{HOME},52,\n{other}\n")
    again = f"{HEADS}\n{HOME.lower()},48,cáp quang\n{other}\n"

    tried = _bring_in(cast, "products", path, again, rule, dry_run=True)
    job = _bring_in(cast, "products", path, again, rule)

    assert _counts(first) == (2, 0, 0, 0, 0)
    assert _counts(tried) == _counts(job) == second
    home = Product.objects.get(code="HOME")
    assert (str(home.cost_ratio), home.description) == held
    assert Product.objects.count() == 2
    if rule == "create":
        assert "Mã này đã dùng" in rejected_path(job).read_text("utf-8-sig")


def test_changes_by_the_code_alone_what_a_column_says(
    cast: Cast, product: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product("HOME", cost_ratio="52")
    text = "Mã,Tỷ lệ giá vốn\nhome,48\nKHONG-CO,40\nHOME,nhiều\n"

    job = _bring_in(cast, "products", tmp_path / "sp.csv", text, "update")

    assert _counts(job) == (0, 1, 0, 0, 2)
    assert str(Product.objects.get().cost_ratio) == "48.00"
    told = rejected_path(job).read_text("utf-8-sig").splitlines()
    assert "Tên" in told[1]
    assert "Tỷ lệ giá vốn" in told[2]
    undone = start_undo_of_import(job, actor=cast.actor("director"))
    assert work(undone.pk)
    assert str(Product.objects.get().cost_ratio) == "52.00"


@pytest.mark.parametrize("chunk", [2_000, 1])
@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        ("skip", (1, 0, 0, 1, 0)),
        ("fill", (1, 1, 0, 0, 0)),
        ("update", (1, 1, 0, 0, 0)),
        ("create", (1, 0, 0, 0, 1)),
    ],
)
def test_foresees_a_code_that_comes_twice_in_one_file(
    cast: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
    rule: str,
    counts: tuple[int, ...],
) -> None:
    monkeypatch.setattr(running, "CHUNK", chunk)
    text = f"{HEADS}\n{HOME},52,\n{HOME.lower()},48,cáp quang\n"

    tried = _bring_in(cast, "products", tmp_path / "sp.csv", text, rule, dry_run=True)
    assert not Product.objects.exists()
    job = _bring_in(cast, "products", tmp_path / "sp.csv", text, rule)

    assert _counts(tried) == _counts(job) == counts
    assert Product.objects.count() == 1


def test_does_not_take_a_record_out_of_the_bin(cast: Cast, product: Make, tmp_path: Path) -> None:
    gone = product("HOME", description="cũ")
    standard.delete(entity_named("products"), gone, actor=cast.actor("director"))

    job = _bring_in(cast, "products", tmp_path / "sp.csv", f"{HEADS}\n{HOME},48,mới\n", "update")

    assert _counts(job) == (0, 0, 0, 0, 1)
    assert "thùng rác" in rejected_path(job).read_text("utf-8-sig")
    assert Product.objects.get().description == "cũ"


def test_knows_a_price_by_its_list_product_and_plan(
    cast: Cast, product: Make, plan: Make, price_list: Make, tmp_path: Path
) -> None:
    plan(product("HOME"), "HOME-T6")
    price_list("NHAP", is_issued=False)
    heads = "Bảng giá,Sản phẩm,Gói,Giá chưa thuế\n"
    rows = "NHAP,HOME,,180000\nNHAP,HOME,HOME-T6,175000\n"
    _bring_in(cast, "price_lines", tmp_path / "gia.csv", heads + rows)

    changed = rows.replace("180000", "190000") + "NHAP,HOME,KHONG-CO,1\n"
    job = _bring_in(cast, "price_lines", tmp_path / "gia.csv", heads + changed, "update")

    assert _counts(job) == (0, 1, 1, 0, 1)
    assert sorted(PriceLine.objects.values_list("price", flat=True)) == [175_000, 190_000]


def test_looks_up_codes_once_for_a_chunk(cast: Cast, product: Make, tmp_path: Path) -> None:
    asked = []
    for size in (3, 30):
        codes = [f"P{size}-{number}" for number in range(size)]
        for code in codes:
            product(code)
        text = "Mã,Mô tả\n" + "".join(f"{code},mới\n" for code in codes)
        with CaptureQueriesContext(connection) as caught:
            _bring_in(cast, "products", tmp_path / "sp.csv", text, "fill")
        asked.append(sum('"catalog_product"."code" IN' in each["sql"] for each in caught))

    assert asked == [1, 1]
