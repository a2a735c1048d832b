"""What the reports add up, the lists to which their figures open, and how a matrix stands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.counting import count_all
from duyen.entities.paging import View, page
from duyen.entities.registry import entity_named
from duyen.entities.reports.declared import Count, Sum
from duyen.entities.reports.drilling import leads_to_rows, parts_of
from duyen.entities.reports.reading import read_report
from duyen.foundation.audit import trail
from duyen.kernel.clock import now, today
from duyen.modules.opportunities.models import Line, Opportunity
from duyen.modules.opportunities.tests.conftest import BrowserOf, Goods, Make, Take, stage_at
from duyen.modules.opportunities.tests.reporting import (
    HOMES,
    OF_RECORDS,
    close,
    lines_in,
    links_in,
    report,
    text,
    words,
)
from duyen.surfaces.web.pages.state import ListState
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_tells_by_type_how_many_how_much_and_how_often_won(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    won, lost = deal(amount=300), deal(amount=100)
    close(won, cast, "WON", today())
    close(lost, cast, "LOST", today())
    deal(amount=1_000_000, type="RENEWAL", probability=10)

    shown = lines_in(text(browser_of("seller").get("/reports/opportunities_by_type")))

    assert list(shown) == ["Bán mới", "Gia hạn", "Tổng"]
    assert shown["Bán mới"] == ["2", "66,7%", "0", "1", "1", "50%", "400", "40", "200", "0,0"]
    assert shown["Gia hạn"] == ["1", "33,3%", "1", "0", "0", "—", "1.000.000", "100.000", "1.000.000", "—"]
    assert shown["Tổng"] == ["3", "100%", "1", "1", "1", "50%", "1.000.400", "100.040", "333.467", "0,0"]


def test_tells_of_what_is_closed_in_the_period_by_the_day_on_which_it_closed(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    now_won, long_ago = deal(amount=100), deal(amount=200)
    close(now_won, cast, "WON", today())
    close(long_ago, cast, "LOST", dt.date(2019, 5, 4))
    deal(amount=400)
    client = browser_of("seller")

    this_year = lines_in(text(client.get("/reports/closed_opportunities")))
    then = lines_in(text(client.get("/reports/closed_opportunities?from=01/05/2019&to=31/05/2019")))
    ever = lines_in(text(client.get("/reports/closed_opportunities?period=all")))

    name = cast.user("seller").full_name
    assert list(this_year) == ["Thắng", name, "Tổng"]
    assert list(then) == ["Thua", name, "Tổng"]
    assert (this_year["Tổng"][0], then["Tổng"][0]) == ("1", "1")
    assert ever["Tổng"][:5] == ["2", "100%", "300", "90", "90%"]


def test_stands_the_stages_in_their_order_with_what_is_late(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    late = deal(stage=stage_at(4).pk, amount=1_000, probability=50)
    deal(stage=stage_at(2).pk, amount=3_000, probability=20)
    deal(stage=stage_at(2).pk, amount=4_000, probability=20)
    with transaction.atomic():
        trail.begin(cast.actor("director"), "tests.backdate")
        Opportunity.objects.filter(pk=late).update(
            expected_close=today() - dt.timedelta(days=1), stage_since=now() - dt.timedelta(days=12)
        )

    shown = lines_in(text(browser_of("seller").get("/reports/opportunities_by_stage")))

    assert list(shown)[1:-1] == [stage_at(2).name, stage_at(4).name]
    assert shown[stage_at(2).name] == ["2", "7.000", "87,5%", "1.400", "0,0", "0", "—"]
    assert shown[stage_at(4).name] == ["1", "1.000", "12,5%", "500", "12,0", "1", "—"]


def test_divides_sources_by_campaign(deal: Make, browser_of: BrowserOf, cast: Cast) -> None:
    campaign = standard.create(
        entity_named("campaigns"), actor=cast.actor("director"), values={"name": "Mùa tựu trường"}
    ).id
    deal(source="REFERRAL", campaign=campaign)
    close(deal(source="REFERRAL"), cast, "WON", today())

    shown = lines_in(text(browser_of("director").get("/reports/opportunity_sources")))

    referral, with_campaign, without, total = shown
    assert (with_campaign, without, total) == ("Mùa tựu trường", "Chưa điền", "Tổng")
    assert shown[referral][0] == "2"
    assert shown["Chưa điền"] == ["1", "50%", "1", "0", "100%", "90"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(
            st.integers(1, 6),
            st.none() | st.integers(0, 3 * 10**9),
            st.sampled_from(["NEW_BUSINESS", "RENEWAL", "PROJECT"]),
            st.sampled_from(["OPEN", "WON", "LOST", "CANCELLED"]),
            st.sampled_from(["seller", "outsider"]),
        ),
        max_size=7,
    ),
    least=st.none() | st.integers(0, 10**9),
    who=st.sampled_from(["seller", "manager", "director", "outsider"]),
    key=st.sampled_from(OF_RECORDS),
)
def test_adds_up_to_the_dong_what_the_list_shows_and_opens_to_exactly_those_rows(
    cast: Cast,
    customer: int,
    deal: Make,
    made: list[tuple[int, int | None, str, str, str]],
    least: int | None,
    who: str,
    key: str,
) -> None:
    deals, actor, told_of = entity_named("opportunities"), cast.actor(who), report(key)
    asked = [["amount", "gte", least]] if least is not None else []
    with transaction.atomic():
        for place, amount, kind, state, keeper in made:
            record = deal(stage=stage_at(place).pk, amount=amount, type=kind)
            columns = {"owner": cast.user(keeper), "unit": cast.unit(HOMES[keeper])}
            with transaction.atomic():
                trail.begin(cast.actor("director"), "tests.scatter")
                Opportunity.objects.filter(pk=record).update(**columns)
            if state != "OPEN":
                close(record, cast, state, today() - dt.timedelta(days=place))
        told = read_report(told_of, actor=actor, filter={"and": asked} if asked else None)
        opened = {}
        for line in [*told.lines, told.total]:
            for measure in filter(leads_to_rows, told.measures):
                parts = [*asked, *parts_of(told_of, line, measure)]
                view = View(filter={"and": parts} if parts else None, limit=200)
                rows = page(deals, deals.listing("all"), actor=actor, view=view).rows
                assert len(rows) == count_all(deals, actor=actor, view=view)
                opened[line.keys, measure.name] = rows
        transaction.set_rollback(True)

    for line in [*told.lines, told.total]:
        for measure in told.measures:
            if isinstance(measure, Count):
                assert line.values[measure.name] == len(opened[line.keys, measure.name])
            elif isinstance(measure, Sum):
                column = deals.field(measure.field).columns[0]
                rows = opened[line.keys, measure.name]
                assert line.values[measure.name] == sum(row[column] or 0 for row in rows)
    for measure in (each for each in told.measures if isinstance(each, (Count, Sum))):
        for depth in range(1, len(told_of.groups) + 1):
            level = [each.values[measure.name] for each in told.lines if len(each.keys) == depth]
            assert sum(value or 0 for value in level) == told.total.values[measure.name]


def test_opens_each_figure_to_its_rows(deal: Make, browser_of: BrowserOf, cast: Cast) -> None:
    for amount in (1_000, 2_000, 3_000):
        close(deal(amount=amount), cast, "WON" if amount > 1_000 else "LOST", today())
    deal(amount=4_000, type="RENEWAL")
    client = browser_of("seller")
    deals, actor = entity_named("opportunities"), cast.actor("seller")

    shown = text(client.get("/reports/opportunities_by_type?whose=%40me"))

    counted = [(address, figure) for address, figure in links_in(shown) if len(figure) == 1]
    assert len(counted) >= 8
    for address, figure in counted:
        state = ListState.read(deals, QueryDict(urlsplit(address).query))
        assert count_all(deals, actor=actor, view=state.view()) == int(figure)
        assert client.get(address).status_code == 200


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(
            st.integers(0, 70),
            st.lists(st.tuples(st.sampled_from(["line", "box"]), st.integers(1, 9)), max_size=3),
            st.sampled_from(["OPEN", "OPEN", "WON", "LOST"]),
        ),
        max_size=4,
    )
)
def test_adds_up_products_by_month_and_opens_each_cell_to_the_deals_that_hold_them(
    cast: Cast,
    deal: Make,
    take: Take,
    goods: Goods,
    made: list[tuple[int, list[tuple[str, int]], str]],
) -> None:
    deals, actor = entity_named("opportunities"), cast.actor("seller")
    told_of = report("opportunities_by_month_and_product")
    with transaction.atomic():
        for days, lines, state in made:
            record = deal(expected_close=today() + dt.timedelta(days=days))
            for product, quantity in lines:
                take("add_line", record, product=getattr(goods, product), quantity=quantity)
            if state != "OPEN":
                close(record, cast, state, today())
        told = read_report(told_of, actor=actor)
        opened: dict[tuple[Any, Any], tuple[dict[int, Any], list[Any]]] = {}
        for line in [*told.lines, told.total]:
            for column in (None, *(each for each in told.columns if each.first in line.cells)):
                view = View(filter={"and": parts_of(told_of, line, column=column)}, limit=200)
                rows = page(deals, deals.listing("all"), actor=actor, view=view).rows
                ids = {row["id"]: row["probability"] for row in rows}
                held = list(Line.objects.filter(opportunity_id__in=ids).values())
                opened[line.keys[0] if line.keys else 0, column and column.first] = (ids, held)
        transaction.set_rollback(True)

    for (product, month), (ids, held) in opened.items():
        line = next(each for each in [*told.lines, told.total] if each.keys == (product,) * (product != 0))
        values = line.values if month is None else line.cells[month]
        mine = [each for each in held if product in (0, each["product_id"])]
        assert values["number"] == len(ids) == len({each["opportunity_id"] for each in mine})
        assert values["quantity"] == sum(each["quantity"] for each in mine)
        assert values["total"] == sum(each["total"] for each in mine)
        assert values["weighted"] == sum(_weighed(each, ids[each["opportunity_id"]]) for each in mine)
    for name in told_of.cells:
        for line in [*told.lines, told.total]:
            assert sum(each[name] or 0 for each in line.cells.values()) == line.values[name]
        if name != "number":
            assert sum(each.values[name] or 0 for each in told.lines) == told.total.values[name]


def _weighed(line: Mapping[str, Any], probability: int) -> int:
    return int((2 * line["total"] * probability + 100) // 200)


def test_tells_of_the_roles_of_contacts_and_opens_to_their_deals(
    deal: Make, take: Take, browser_of: BrowserOf, cast: Cast
) -> None:
    deals, actor = entity_named("opportunities"), cast.actor("seller")
    people = [
        standard.create(entity_named("contacts"), actor=actor, values={"name": name}).id
        for name in ("Tô Văn Hiệp", "Lò Thị Mỵ")
    ]
    first, second, _alone = deal(), deal(), deal()
    for record, person, role in (
        (first, people[0], "DECISION_MAKER"),
        (first, people[1], "DECISION_MAKER"),
        (second, people[0], "USER"),
    ):
        take("add_deal_contact", record, contact=person, role=role, influence=3, attitude="0")
    close(first, cast, "WON", today())
    client = browser_of("seller")
    by_count = lines_in(text(client.get("/reports/opportunities_by_role_count")))
    assert list(by_count) == ["0", "1", "Tổng"]
    assert by_count["0"] == ["1", "33,3%", "1", "1", "1", "0", "0", "—", "0"]
    assert by_count["1"][:8] == ["2", "66,7%", "1", "1", "1", "1", "0", "100%"]

    shown = text(client.get("/reports/opportunity_contact_roles"))
    over_all = " ".join(words(shown.partition("<table")[0]).split())
    assert "Chưa có người quyết định 2" in over_all

    lines = lines_in(shown)
    assert lines["Quyết định"] == ["1", "2", "66,7%", "3,0", "0", "1", "0", "100%"]
    assert lines["Người dùng"] == ["1", "1", "33,3%", "3,0", "1", "0", "0", "—"]
    assert lines["Tổng"] == ["2", "3", "100%", "3,0", "1", "1", "0", "100%"]
    address = next(each for each, _figure in links_in(shown) if "DECISION_MAKER" in each)
    view = ListState.read(deals, QueryDict(urlsplit(address).query)).view()
    listed = page(deals, deals.listing("all"), actor=actor, view=view).rows
    assert [each["id"] for each in listed] == [first]
    assert "Quyết định" in words(text(client.get(address)))


def test_stands_products_in_the_months_of_the_period_beside_the_year_before(
    deal: Make, take: Take, goods: Goods, browser_of: BrowserOf, cast: Cast
) -> None:
    year = today().year
    for day, product, quantity in (
        (dt.date(year, 3, 5), "box", 2),
        (dt.date(year, 3, 31), "box", 1),
        (dt.date(year, 12, 31), "box", 1),
        (dt.date(year - 1, 3, 5), "box", 1),
        (dt.date(year - 1, 3, 6), "line", 1),
    ):
        take("add_line", deal(expected_close=day), product=getattr(goods, product), quantity=quantity)
    client, deals, actor = browser_of("seller"), entity_named("opportunities"), cast.actor("seller")
    address = "/reports/opportunities_by_month_and_product?show=quantity"

    shown = text(client.get(address))

    heads = re.findall(r"<th scope=\"?col\"?[^>]*>(.*?)</th>", shown)
    assert heads[1:4] == ["Số lượng", "Năm trước", "So cùng kỳ"]
    assert heads[4:] == [f"{month:02}/{year}" for month in range(1, 13)]
    months = ["", "", "3", *[""] * 8, "1"]
    assert lines_in(shown)["Thiết bị"] == ["4", "1", "+300%", *months]
    assert lines_in(shown)["Cáp quang"] == ["0", "1", "−100%", *[""] * 12]
    assert lines_in(shown)["Tổng"] == ["4", "2", "+100%", *months]
    opened = dict.fromkeys(each for each, _figure in links_in(shown))
    assert len(opened) == 6
    counted = []
    for each in opened:
        found = client.get(f"/reports/opportunities_by_month_and_product{each}")
        assert found.status_code == 302
        view = ListState.read(deals, QueryDict(urlsplit(found["Location"]).query)).view()
        counted.append(count_all(deals, actor=actor, view=view))
        assert client.get(found["Location"]).status_code == 200
    assert counted == [3, 2, 1, 3, 2, 1]


@pytest.mark.parametrize(
    "word", ["", "x.2026-03", "17.2026-13", "17.2026Q5", "17.0000", "17", "-1.", "1.2.3"]
)
def test_leads_nowhere_from_a_cell_that_there_is_not(browser_of: BrowserOf, word: str) -> None:
    client = browser_of("seller")

    answer = client.get("/reports/opportunities_by_month_and_product", {"rows": word})

    assert answer.status_code == 404


def test_makes_columns_of_quarters_where_a_period_is_long(
    deal: Make, take: Take, goods: Goods, browser_of: BrowserOf
) -> None:
    take("add_line", deal(expected_close=dt.date(2024, 2, 29)), product=goods.box, quantity=1)
    address = "/reports/opportunities_by_month_and_product?from=01/01/2024&to=31/12/2025&show=quantity"

    shown = text(browser_of("seller").get(address))

    heads = re.findall(r"<th scope=\"?col\"?[^>]*>(.*?)</th>", shown)
    assert heads[2] == "Quý 1/2024"
    assert heads[9] == "Quý 4/2025"
    assert lines_in(shown)["Thiết bị"] == ["1", "1", *[""] * 7]
    assert any(each.endswith(".2024Q1") for each, _figure in links_in(shown))
