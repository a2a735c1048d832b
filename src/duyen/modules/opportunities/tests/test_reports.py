"""The reports beyond their figures: what they cost and leave out, for whom, and what leaves the house."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from duyen.entities.reports.declared import all_reports
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import today
from duyen.modules.opportunities.tests.conftest import BrowserOf, Goods, Make, Take, stage_at
from duyen.modules.opportunities.tests.reporting import (
    KEYS,
    close,
    lines_in,
    links_in,
    text,
    words,
)
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


# --- what they cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_costs_as_many_queries_for_many_deals_as_for_few(
    deal: Make, browser_of: BrowserOf, cast: Cast, key: str
) -> None:
    client = browser_of("director")
    close(deal(), cast, "WON", today())
    deal()
    client.get(f"/reports/{key}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/reports/{key}")
    for number in range(24):
        kind = ("NEW_BUSINESS", "RENEWAL", "PROJECT")[number % 3]
        record = deal(stage=stage_at(number % 6 + 1).pk, type=kind)
        if number % 2:
            close(record, cast, "LOST", today())

    with CaptureQueriesContext(connection) as many:
        answer = client.get(f"/reports/{key}")

    assert len(many) == len(few)
    assert len(answer.content) < 60_000


@pytest.mark.parametrize("key", ["opportunities_by_stage", "opportunity_contact_roles"])
def test_reads_another_report_once_and_only_for_the_figures_that_it_takes(
    deal: Make, browser_of: BrowserOf, key: str
) -> None:
    deal()

    with CaptureQueriesContext(connection) as sent:
        browser_of("director").get(f"/reports/{key}")

    grouped = [each["sql"] for each in sent if each["sql"].startswith("SELECT GROUPING")]
    assert len(grouped) == 2
    assert not [each for each in grouped if "percentile_cont" in each]
    # What is counted by rows, or once for each record, adds up: it is grouped once for all levels.
    assert "DISTINCT" not in grouped[1]


# --- for whom ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_keeps_what_is_outside_ones_rights_out_of_every_figure(
    deal: Make, browser_of: BrowserOf, cast: Cast, key: str
) -> None:
    close(deal(amount=777_000_111), cast, "WON", today())
    deal(amount=777_000_111)

    shown = text(browser_of("outsider").get(f"/reports/{key}"))
    seen = text(browser_of("manager").get(f"/reports/{key}"))

    assert "777" not in words(shown)
    assert lines_in(shown) == {}
    assert 'class="empty"' in shown
    assert int(lines_in(seen)["Tổng"][0]) > 0


def test_is_not_there_for_whoever_may_not_read_opportunities(browser_of: BrowserOf) -> None:
    client = browser_of("care_agent")

    assert client.get("/reports/opportunities_by_type").status_code == 404
    assert "opportunities_by_type" not in text(client.get("/reports"))
    # An administrator has no report at all.
    assert "/reports" not in text(browser_of("admin").get("/"))


def test_leaves_out_the_figures_of_a_hidden_field_and_says_so(deal: Make, browser_of: BrowserOf) -> None:
    deal(amount=123_000_000)
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field="amount", level="hidden")

    shown = text(browser_of("seller").get("/reports/opportunities_by_type"))

    assert lines_in(shown)["Tổng"] == ["1", "100%", "1", "0", "0", "—", "—"]
    assert "Bỏ 3 cột" in shown
    assert "123" not in words(shown)


def test_is_not_there_without_the_field_that_makes_its_groups(deal: Make, browser_of: BrowserOf) -> None:
    deal()
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field="type", level="hidden")
    client = browser_of("seller")

    assert client.get("/reports/opportunities_by_type").status_code == 404
    assert client.get("/reports/opportunity_sources").status_code == 200
    assert "opportunities_by_type" not in text(client.get("/reports"))


# --- what people give -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["from=31/02/2026", "owner=ai", "period=bao_gio", "owner=999999999999999999999", "type=LA", "unit=-1"],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(browser_of: BrowserOf, query: str) -> None:
    answer = browser_of("seller").get(f"/reports/closed_opportunities?{query}")

    assert answer.status_code == 422
    assert "role=alert" in text(answer).replace('"', "")


def test_takes_no_notice_of_an_unknown_page_or_day(deal: Make, browser_of: BrowserOf) -> None:
    deal()
    client = browser_of("seller")

    for query in ("page=0", "page=99999", "page=x", "on=name", "whose=%40nobody"):
        shown = lines_in(text(client.get(f"/reports/opportunities_by_type?{query}")))
        assert shown["Tổng"][0] == "1"


def test_finds_a_person_by_the_name_that_was_typed(deal: Make, browser_of: BrowserOf, cast: Cast) -> None:
    deal()
    client = browser_of("director")
    mine = {"owner_text": cast.user("seller").full_name}

    assert lines_in(text(client.get("/reports/opportunities_by_type", mine)))["Tổng"][0] == "1"
    refused = client.get("/reports/opportunities_by_type", {"owner_text": "Không có ai"})
    assert refused.status_code == 422


# --- what leaves the house --------------------------------------------------------------------------------


def test_gives_a_workbook_to_whoever_may_export_and_tells_the_trail(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    deal(amount=2_000_000)
    client = browser_of("director")
    address = "/reports/opportunities_by_type/export?period=this_year"

    assert client.get(address).status_code == 200
    told = client.post(address, {"purpose": "Họp giao ban"})

    book = CalamineWorkbook.from_filelike(BytesIO(told.getvalue()))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["Loại cơ hội", "Cơ hội", "Tỷ trọng"]
    assert rows[-1][0] == "Tổng"
    assert rows[-1][1] == 1
    assert 2_000_000 in rows[1]
    line = History.objects.filter(entity="exports").order_by("-pk")[0]
    assert line.changes is not None
    assert (line.changes["report"], line.changes["entries"]) == ("opportunities_by_type", 1)


def test_gives_a_matrix_with_a_sheet_for_each_figure(
    deal: Make, take: Take, goods: Goods, browser_of: BrowserOf
) -> None:
    day = dt.date(today().year, 2, 10)
    take("add_line", deal(expected_close=day), product=goods.box, quantity=3)

    told = browser_of("director").post(
        "/reports/opportunities_by_month_and_product/export", {"purpose": "Họp giao ban"}
    )

    book = CalamineWorkbook.from_filelike(BytesIO(told.getvalue()))
    assert book.sheet_names == ["Giá trị", "Số lượng", "Giá trị có trọng số", "Cơ hội"]
    rows = book.get_sheet_by_name("Số lượng").to_python()
    assert rows[0][:3] == ["Sản phẩm", f"01/{day.year}", f"02/{day.year}"]
    assert rows[0][-2:] == ["Tổng", "Năm trước"]
    assert rows[1][0] == "Thiết bị"
    assert [rows[1][2], rows[1][-2]] == [3, 3]
    assert rows[-1][0] == "Tổng"
    amounts = book.get_sheet_by_name("Giá trị").to_python()
    assert amounts[1][2] == 3_000_000


def test_gives_no_workbook_without_the_right_or_the_purpose(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    deal()
    before = History.objects.count()

    refused = browser_of("seller").post("/reports/opportunities_by_type/export", {"purpose": "Xem"})
    silent = browser_of("director").post("/reports/opportunities_by_type/export", {"purpose": " "})

    assert (refused.status_code, silent.status_code) == (403, 422)
    assert "/export" not in text(browser_of("seller").get("/reports/opportunities_by_type"))
    assert History.objects.count() == before


def test_prints_every_line_without_links(deal: Make, browser_of: BrowserOf) -> None:
    deal(amount=5)

    shown = text(browser_of("seller").get("/reports/opportunities_by_type/print?period=all"))

    assert lines_in(shown)["Tổng"][0] == "1"
    assert not list(links_in(shown))


def test_names_every_report_in_the_list_and_the_palette(browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    listed = text(client.get("/reports"))
    palette = text(client.get("/_palette?q=bao+cao", headers={"HX-Request": "true"}))

    for each in all_reports():
        assert f"/reports/{each.key}" in listed
        assert f"/reports/{each.key}" in palette
