"""The list of an entity: its rows, states, conditions, orders, counts and rights."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.fields import Whole
from duyen.entities.registry import entity_named
from duyen.entities.standard import delete
from duyen.foundation.access.models import FieldRight
from duyen.foundation.org.models import Role
from duyen.surfaces.web.pages import lists
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


def names(response: Any) -> list[str]:
    return re.findall(r"<span class=ell[^>]*>(Khách hàng \d+|Công ty[^<]*)</span></a></td>", text(response))


def test_shows_the_reader_her_own_rows_only(browser_of: BrowserOf, make_customer: Callable[..., Any]) -> None:
    make_customer("seller", name="Công ty CP Hồng Bàng")
    make_customer("outsider", name="Công ty CP Tứ Minh")

    seen = {
        who: names(browser_of(who).get("/customers")) for who in ("seller", "manager", "teller", "outsider")
    }

    assert seen == {
        "seller": ["Công ty CP Hồng Bàng"],
        "manager": ["Công ty CP Hồng Bàng"],
        "teller": ["Công ty CP Hồng Bàng"],
        "outsider": ["Công ty CP Tứ Minh"],
    }


def test_refuses_whoever_has_no_right_with_the_reason(browser_of: BrowserOf) -> None:
    response = browser_of("admin").get("/customers")

    assert response.status_code == 403
    assert "chưa có quyền" in text(response)


def test_sends_a_stranger_to_the_door(cast: Cast) -> None:
    response = Client().get("/customers")

    assert response.status_code == 302
    assert response["Location"] == "/login?next=%2Fcustomers"


def test_knows_no_list_of_another_name(browser_of: BrowserOf) -> None:
    assert browser_of("seller").get("/castles").status_code == 404


def test_asks_the_database_as_often_for_3_rows_as_for_50(
    browser_of: BrowserOf, make_customers: Callable[..., Any]
) -> None:
    client = browser_of("manager")
    make_customers(3)
    client.get("/customers")
    with CaptureQueriesContext(connection) as for_few:
        client.get("/customers")
    make_customers(60)
    with CaptureQueriesContext(connection) as for_many:
        response = client.get("/customers")

    assert len(names(response)) == 50
    assert len(for_many) == len(for_few)
    assert len(for_many) <= 12


def test_stays_within_60_kilobytes(browser_of: BrowserOf, make_customers: Callable[..., Any]) -> None:
    make_customers(60)

    response = browser_of("manager").get("/customers")

    assert len(response.content) <= 60_000


@pytest.mark.parametrize("count", [50, 60])
def test_heavy_rows_that_do_not_fit_come_as_one_scrolls(
    browser_of: BrowserOf, make_customers: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    made = make_customers(count)
    client = browser_of("manager")
    whole = client.get("/customers")
    most = len(whole.content) - 8_000
    monkeypatch.setattr(lists, "MOST_BYTES", most)

    found, page = [], client.get("/customers")
    assert len(page.content) <= most
    assert 30 < len(names(page)) < 50
    with CaptureQueriesContext(connection) as asked:
        client.get("/customers")
    while True:
        found += names(page)
        following = re.search(r'<tr class="more"[^>]*hx-get="([^"]+)"', text(page))
        if following is None:
            break
        page = client.get(following[1].replace("&amp;", "&"), headers={**HTMX})

    assert len(found) == len(set(found)) == len(made) == count
    assert found == sorted(found)
    assert len(asked) <= 12


def test_goes_on_where_the_page_ended(browser_of: BrowserOf, make_customers: Callable[..., Any]) -> None:
    make_customers(60)
    client = browser_of("manager")
    first = client.get("/customers")
    following = re.search(r'<tr class="more"[^>]*hx-get="([^"]+)"', text(first))
    assert following

    rows = client.get(following[1].replace("&amp;", "&"), headers={**HTMX})
    whole = client.get(following[1].replace("&amp;", "&"))

    assert len(names(first)) == 50
    assert names(rows) == [f"Khách hàng {number:03}" for number in range(50, 60)]
    assert "<html" not in text(rows)
    assert names(whole) == names(rows)
    assert "Về đầu danh sách" in text(whole)


def test_answers_htmx_with_the_list_alone(browser_of: BrowserOf, make_customer: Callable[..., Any]) -> None:
    make_customer()

    response = browser_of("seller").get("/customers?sort=-name", headers={**HTMX})

    assert text(response).strip().startswith('<div class="list-page')
    assert response["HX-Push-Url"] == "/customers?sort=-name"
    assert "HX-Request" in response["Vary"]


def test_answers_typing_with_what_was_found_and_leaves_the_box_alone(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer()

    response = browser_of("seller").get("/customers?q=hoa&q=sen", headers={**HTMX, "HX-Target": "found"})

    assert names(response) == ["Công ty TNHH Hoa Sen"]
    assert 'id="find"' not in text(response)
    assert response["HX-Push-Url"] == "/customers?q=sen"
    assert "recount" in response["HX-Trigger"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/customers?kind.in=ORGANISATION", ["Công ty Ba", "Công ty Hai"]),
        ("/customers?kind.in=ORGANISATION&kind.in=HOUSEHOLD", ["Công ty Ba", "Công ty Hai", "Công ty Một"]),
        ("/customers?kind.ne=ORGANISATION", ["Công ty Một"]),
        ("/customers?tax_code.empty=0", ["Công ty Hai"]),
        ("/customers?province.contains=hai+phong", ["Công ty Ba"]),
        ("/customers?created_at.lte=01/01/2020", []),
        ("/customers?created_at.gte=01/01/2020&kind.in=HOUSEHOLD", ["Công ty Một"]),
        ("/customers?q=hai", ["Công ty Hai"]),
        ("/customers?sort=-name", ["Công ty Một", "Công ty Hai", "Công ty Ba"]),
    ],
)
def test_shows_what_the_address_asks_for(
    browser_of: BrowserOf, make_customer: Callable[..., Any], address: str, expected: list[str]
) -> None:
    make_customer(name="Công ty Một", kind="HOUSEHOLD")
    make_customer(name="Công ty Hai", tax_code="0100109106")
    make_customer(name="Công ty Ba", addresses=[{"province": "Hải Phòng"}])

    response = browser_of("seller").get(address)

    assert response.status_code == 200
    assert names(response) == expected


def test_says_each_condition_in_words_with_a_way_out(browser_of: BrowserOf, cast: Cast) -> None:
    owner = cast.user("seller").pk

    page = text(browser_of("seller").get(f"/customers?owner.in={owner}&tax_code.empty=1"))

    assert "<b>Nguyễn Hồng Hạnh</b>" in page
    assert "<b>để trống</b>" in page
    assert f'href="/customers?owner.in={owner}"' in page


def test_turns_the_small_form_into_an_address(browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    chosen = client.get("/customers?q=an&field=kind&op=in&value=HOUSEHOLD&value=INDIVIDUAL")
    empty = client.get("/customers?field=province&op=empty")
    nothing = client.get("/customers?field=province&op=contains&value=")

    assert chosen["Location"] == "/customers?q=an&kind.in=HOUSEHOLD&kind.in=INDIVIDUAL"
    assert empty["Location"] == "/customers?province.empty=1"
    assert nothing["Location"] == "/customers"


@pytest.mark.parametrize(
    "address",
    [
        "/customers?castle.eq=1",
        "/customers?name.like=a",
        "/customers?created_at.gte=yesterdayish",
        "/customers?sort=colour",
        "/customers?after=forged",
        "/customers?kind.in=CASTLE",
    ],
)
def test_says_what_it_does_not_understand_and_offers_a_way_out(browser_of: BrowserOf, address: str) -> None:
    response = browser_of("seller").get(address)

    assert response.status_code == 422
    assert 'role="alert"' in text(response)
    assert "Xóa bộ lọc" in text(response)


def test_tells_an_empty_list_from_a_hidden_one(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    client = browser_of("seller")
    before = text(client.get("/customers"))
    make_customer()

    hidden = text(client.get("/customers?q=khongcoai"))

    assert "Chưa có bản ghi nào" in before
    assert 'href="/customers/new"' in before
    assert "Không có bản ghi nào khớp bộ lọc" in hidden


def test_teaches_in_a_list_of_ones_own_that_holds_nothing_yet(browser_of: BrowserOf) -> None:
    client = browser_of("seller")
    mine = str(entity_named("tasks").lists[0].label)

    opened = text(client.get("/tasks"))
    narrowed = text(client.get("/tasks?list=mine&priority.in=HIGH"))

    assert f"Chưa có gì trong “{mine}”" in opened
    assert 'href="/tasks/new"' in opened
    assert "Không có bản ghi nào khớp bộ lọc" not in opened
    assert "Không có bản ghi nào khớp bộ lọc" in narrowed


def test_counts_in_a_request_of_its_own(browser_of: BrowserOf, make_customers: Callable[..., Any]) -> None:
    make_customers(12)
    client = browser_of("manager")

    counted = client.get("/customers/count?kind.in=INDIVIDUAL", headers={**HTMX})
    opened = client.get("/customers/count?kind.in=INDIVIDUAL")

    assert text(counted).strip() == "12"
    assert opened["Location"] == "/customers?kind.in=INDIVIDUAL"


def test_counts_no_further_than_it_must(
    browser_of: BrowserOf, make_customers: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.counting.MOST_COUNTED", 5)
    make_customers(7)

    counted = browser_of("manager").get("/customers/count", headers={**HTMX})

    assert text(counted).strip() == "5+"


def test_hides_a_field_that_the_reader_may_not_see(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(phones=["0912345678"])
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="phones", level="hidden")

    page = browser_of("seller").get("/customers")
    filtered = browser_of("seller").get("/customers?phones.eq=0912345678")

    assert "0912 345 678" not in text(page)
    assert filtered.status_code == 422


def test_lists_the_bin_apart(browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast) -> None:
    make_customer(name="Công ty Còn")
    gone = make_customer(name="Công ty Đã Xóa")
    delete(entity_named("customers"), gone.id, actor=cast.actor("seller"))
    client = browser_of("seller")

    usual, binned = client.get("/customers"), client.get("/customers?bin=1")

    assert names(usual) == ["Công ty Còn"]
    assert names(binned) == ["Công ty Đã Xóa"]


def test_offers_records_to_a_combobox_within_the_readers_rights(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer("outsider", name="Công ty Tứ Minh")
    client = browser_of("seller")

    people = text(client.get("/users/_options?owner_text=hong+hanh", headers={**HTMX}))
    customers = text(client.get("/customers/_options?q=tu+minh", headers={**HTMX}))

    assert "Nguyễn Hồng Hạnh" in people
    assert "Tứ Minh" not in customers


def test_tells_in_a_rows_menu_what_this_reader_may_do(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer("seller")

    own = text(browser_of("seller").get(f"/customers/{done.id}/menu", headers={**HTMX}))
    teller = text(browser_of("teller").get(f"/customers/{done.id}/menu", headers={**HTMX}))
    outsider = browser_of("outsider").get(f"/customers/{done.id}/menu", headers={**HTMX})

    assert "Xóa" in own
    assert "Sửa" in teller
    assert "Xóa" not in teller
    assert outsider.status_code == 404


def test_adds_an_alternative_to_a_condition_and_says_both(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một", industry="TRADE")
    make_customer(name="Công ty Hai", tax_code="0100109106")
    make_customer(name="Công ty Ba")
    client = browser_of("seller")

    added = client.get("/customers?industry.in=TRADE&field=tax_code&op=filled&beside=0")
    page = client.get(added["Location"])
    replaced = client.get(added["Location"] + "&field=name&op=contains&value=ba&at=0.0")

    assert names(page) == ["Công ty Hai", "Công ty Một"]
    assert "hoặc" in text(page)
    assert names(client.get(replaced["Location"])) == ["Công ty Ba", "Công ty Hai"]


def test_filters_through_links_and_by_words_that_stay_words(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer("seller", name="Công ty Một")
    make_customer("manager", name="Công ty Hai")
    client = browser_of("manager")

    mine = client.get("/customers?owner.in=@me")
    through = client.get("/customers?owner.job_title.empty=1&unit.code.eq=HP1")
    fields = text(client.get("/customers/filter"))

    assert names(mine) == ["Công ty Hai"]
    assert "<b>Tôi</b>" in text(mine)
    assert names(through) == ["Công ty Một"]
    assert "Đơn vị › Mã" in text(through)
    assert "/customers/filter?field=owner.full_name" in fields


def test_offers_periods_for_days_and_keeps_them_as_words(browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    named = client.get("/customers?field=created_at&op=within&period=this_quarter&days=")
    counted = client.get("/customers?field=created_at&op=not_within&period=this_quarter&days=60")

    assert named["Location"] == "/customers?created_at.within=this_quarter"
    assert counted["Location"] == "/customers?created_at.not_within=last_60_days"
    assert "<b>quý này</b>" in text(client.get(named["Location"]))
    assert "<b>60 ngày qua</b>" in text(client.get(counted["Location"]))


def test_shows_the_columns_that_were_chosen_in_their_order(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một", tags=["vip"])
    client = browser_of("seller")

    sent = client.get("/customers?col=name&col=tags:90&col=code")
    page = text(client.get(sent["Location"]))
    heads = re.findall(r'data-column="([a-z_]+)"', page)

    assert sent["Location"] == "/customers?cols=name%2Ctags%3A90%2Ccode"
    assert heads == ["name", "tags", "code"]
    assert "vip" in page


def test_orders_by_several_fields_and_says_where_it_cannot(
    browser_of: BrowserOf, make_customer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer(name="Công ty Một", industry="TRADE")
    make_customer(name="Công ty Hai", industry="TRADE")
    make_customer(name="Công ty Ba", industry="AGRICULTURE")
    client = browser_of("seller")

    sent = client.get("/customers?by=industry&towards=down&by=name&towards=up&by=&towards=up")
    ordered = client.get(sent["Location"])
    monkeypatch.setattr("duyen.entities.paging.MOST_SORTED", 2)
    refused = client.get(sent["Location"])

    assert sent["Location"] == "/customers?sort=-industry%2Cname"
    assert names(ordered) == ["Công ty Hai", "Công ty Một", "Công ty Ba"]
    assert refused.status_code == 422
    assert "quá nhiều để sắp xếp theo “Ngành”" in text(refused)


def test_prints_the_rows_alone(browser_of: BrowserOf, make_customers: Callable[..., Any]) -> None:
    make_customers(60)

    page = browser_of("manager").get("/customers/print?kind.in=INDIVIDUAL&sort=-name")

    assert len(names(page)) == 60
    assert names(page)[0] == "Khách hàng 059"
    assert "Loại" in text(page)
    assert 'class="side"' not in text(page)


@pytest.mark.parametrize(
    "part", ["filter", "filter?field=owner", "filter?field=created_at", "sort", "columns"]
)
def test_shows_its_small_forms_as_pages_too(browser_of: BrowserOf, part: str) -> None:
    client = browser_of("seller")

    whole, alone = client.get(f"/customers/{part}"), client.get(f"/customers/{part}", headers={**HTMX})

    assert "<h1>" in text(whole)
    assert "<html" not in text(alone)


def test_offers_no_form_for_a_field_that_is_hidden(browser_of: BrowserOf) -> None:
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="born_on", level="hidden")
    client = browser_of("seller")

    assert client.get("/customers/filter?field=born_on").status_code == 400
    assert "Ngày sinh" not in text(client.get("/customers/filter"))
    assert "Ngày sinh" not in text(client.get("/customers/columns"))
    assert "Ngày sinh" not in text(client.get("/customers/sort"))
    assert 'data-column="born_on"' not in text(client.get("/customers?cols=name,born_on"))


def test_adds_up_a_column_of_numbers_in_a_request_of_its_own(
    browser_of: BrowserOf, make_customers: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = entity_named("customers")
    by_name = {**customers.by_name, "version": Whole("version", "Lần sửa", total="sum", editable=False)}
    monkeypatch.setitem(vars(customers), "by_name", by_name)
    monkeypatch.setattr(customers, "fields", tuple(by_name.values()))
    make_customers(12)
    client = browser_of("manager")

    page = text(client.get("/customers?cols=name,version"))
    foot = text(client.get("/customers/totals?cols=name,version", headers={**HTMX}))
    usual = text(client.get("/customers"))

    assert 'hx-get="/customers/totals?cols=name%2Cversion"' in page
    assert foot.startswith('<tr><td colspan="2">Tổng 12</td><td class="num">12</td>')
    # Boxes and steps have columns of their own.
    assert page.count("<th ", 0, page.index("</thead>")) == 4
    assert "/customers/totals" not in usual


def test_says_at_once_that_too_many_rows_would_be_looked_through(
    browser_of: BrowserOf, make_customer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.candidates.MOST_LOOKED_AT", 3)
    for number in range(5):
        make_customer(name=f"Khách hàng {number}")
    browser = browser_of("seller")

    refused = browser.get("/customers?note.contains=vang")
    counted = browser.get("/customers/count?note.contains=vang", headers=HTMX)

    assert refused.status_code == 422
    assert "Phải dò hơn 3 dòng để lọc theo “Ghi chú”" in text(refused)
    assert names(refused) == []
    assert text(counted).strip() == "0+"


def test_says_in_the_last_row_why_a_list_does_not_go_on(
    browser_of: BrowserOf, make_customers: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customers(60)
    browser = browser_of("seller")
    first = browser.get("/customers?kind.in=INDIVIDUAL")
    after = re.search(r'hx-get="([^"]*after=[^"]*)"', text(first))
    assert after is not None
    monkeypatch.setattr("duyen.entities.candidates.MOST_LOOKED_AT", 2)

    rest = browser.get(after[1].replace("&amp;", "&"), headers=HTMX)

    assert rest.status_code == 422
    assert "Phải dò hơn 2 dòng" in text(rest)
    assert text(rest).strip().startswith("<tr")


def test_says_that_there_is_no_list_of_the_name_in_an_address(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một")

    for address in ("/customers?list=zz", "/customers?list=zz&sort=name"):
        page = browser_of("seller").get(address)
        assert page.status_code == 422
        assert "Không có danh sách «zz» ở đây." in text(page)
        assert names(page) == []
    assert browser_of("seller").get("/customers/count?list=zz").status_code == 400


@pytest.mark.parametrize("word", ["columns=zz", "filter%5B%5D=1", "cols=name,zz"])
def test_says_what_it_left_out_of_an_address(
    word: str, browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một")

    page = browser_of("seller").get(f"/customers?{word}")

    assert names(page) == ["Công ty Một"]
    left = {"columns=zz": "columns", "filter%5B%5D=1": "filter[]", "cols=name,zz": "zz"}[word]
    assert f"đã bỏ qua: “{left}” trong địa chỉ." in text(page)


def test_leaves_nothing_out_of_its_own_addresses(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một", industry="TRADE")
    client = browser_of("seller")

    for query in ("q=mot&sort=-name", "industry.in=TRADE&cols=name,owner:120", "bin=1", "list=all&own=1"):
        assert "trong địa chỉ" not in text(client.get(f"/customers?{query}"))


def test_refuses_an_order_or_a_choice_in_the_words_of_the_page(browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    order = text(client.get("/customers?sort=zz"))
    choice = text(client.get("/customers?kind.in=ZZ"))
    operator = text(client.get("/customers?name.within=today"))

    assert "sắp được theo" in order
    assert "Tên (name)" in order
    assert "Cá nhân (INDIVIDUAL)" in choice
    assert "“within”" in operator
    assert "“name”" not in operator


def test_says_times_in_a_filter_as_they_are_in_vietnam(browser_of: BrowserOf) -> None:
    asked = json.dumps({"and": [["created_at", "between", ["2026-11-25T18:59:50+00:00", "2026-11-26"]]]})

    seen = text(browser_of("seller").get("/customers", {"filter": asked}))

    assert "26/11/2026 01:59 – 26/11/2026" in seen
