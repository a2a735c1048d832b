"""The palette: records with the reason why they are there, what was opened lately, commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.sharing import share
from duyen.entities.views.saving import save_view
from duyen.entities.views.state import ViewState
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.surfaces.web.pages.tests.test_start_and_search import text
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
Ask = Callable[..., str]


@pytest.fixture
def ask(browser_of: BrowserOf) -> Ask:
    """Give what the palette shows to somebody who typed something."""

    def answer(words: str, who: str = "seller", **headers: str) -> str:
        asked = {**HTMX, "HX-Target": "res", **headers}
        return text(browser_of(who).get("/search", {"q": words}, headers=asked))

    return answer


def options(html: str) -> list[str]:
    """List the options' words, without marks."""
    lines = re.findall(r'role="option".*?</(?:a|button)>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", f"<{line}").split()) for line in lines]


def test_says_by_what_a_record_was_found(make_customer: Callable[..., Any], ask: Ask) -> None:
    make_customer(
        phones=["0912 345 678", "0987 654 321"], emails=["lien.he@example.com"], tax_code="0100233488"
    )

    assert "0987 <mark>654 321</mark>" in ask("654321")
    assert "Mã số thuế <mark>0100233488</mark>" in ask("0100.233.488")
    assert "<mark>lien</mark>.he@example.com" in ask("lien")
    assert "0912" not in ask("hoa sen").split("Gọi")[0]


def test_calls_writes_and_edits_from_the_first_hit(make_customer: Callable[..., Any], ask: Ask) -> None:
    done = make_customer(phones=["0912 345 678"], emails=["lien.he@example.com"])

    found = ask("hoa sen")

    assert 'href="tel:+84912345678"' in found
    assert 'href="mailto:lien.he@example.com"' in found
    assert f'href="/customers/{done.id}/edit"' in found


def test_offers_no_edit_to_whoever_may_only_read(
    cast: Cast, make_customer: Callable[..., Any], ask: Ask
) -> None:
    done = make_customer(phones=["0912 345 678"])
    outsider = cast.user("outsider").pk
    share(entity_named("customers"), done.id, actor=cast.actor("manager"), user=outsider)

    found = ask("hoa sen", "outsider")

    assert 'href="tel:+84912345678"' in found
    assert "/edit" not in found


def test_shows_what_was_opened_lately_but_not_where_the_reader_is(
    browser_of: BrowserOf, make_customer: Callable[..., Any], ask: Ask
) -> None:
    first, second = make_customer(name="Công ty Hoa Sen"), make_customer(name="Công ty Hồng Bàng")
    client = browser_of("seller")
    for each in (first, second):
        assert client.get(f"/customers/{each.id}").status_code == 200

    palette = ask("", **{"HX-Current-URL": f"http://testserver/customers/{second.id}"})

    assert "Mở gần đây" in palette
    assert "Hoa Sen" in palette
    assert "Hồng Bàng" not in palette
    assert "Hoa Sen" not in ask("", "teller")


def test_takes_commands_by_the_beginnings_of_words(ask: Ask) -> None:
    assert options(ask("tao kh"))[0] == "Tạo khách hàng C K"
    assert options(ask("taoj khachs hangf"))[0] == "Tạo khách hàng C K"
    assert options(ask(">mo khach"))[0] == "Mở Khách hàng G K"
    assert options(ask("dang xuat")) == ["Đăng xuất"]
    assert 'formaction="/logout"' in ask("dang xuat")
    assert 'data-preference="theme" data-value="dark"' in ask("giao dien toi")


def test_offers_commands_alone_behind_the_sign(make_customer: Callable[..., Any], ask: Ask) -> None:
    make_customer(name="Tạo Văn Khánh")

    assert "Văn" in ask("tao kh")
    assert "Văn" not in ask(">tao kh")
    assert len(options(ask(">"))) == 12


def test_offers_nobody_a_command_beyond_her_rights(ask: Ask) -> None:
    made = options(ask(">tao", "care_agent"))
    assert made
    # She takes leads in, and makes neither customers nor contacts.
    others = [each for each in made if "khách hàng tiềm năng" not in each]
    assert not [each for each in others if "khách hàng" in each or "người liên hệ" in each]
    assert options(ask(">mo nguoi dung")) == []
    assert options(ask(">mo nguoi dung", "admin"))[0] == "Mở Người dùng"
    setting, *others = options(ask(">cong ty", "admin"))
    assert setting == "Cài đặt: Công ty"
    assert {each for each in others if "khấu trừ của công ty" not in each} == set()


def test_finds_units_users_and_roles_for_those_who_may(ask: Ask) -> None:
    assert "Cửa hàng" in ask("tu minh", "admin")
    assert "Đặng Văn" in ask("outsider@example.com", "admin")
    assert "/roles/" in ask("teller", "admin")
    assert "/units/" not in ask("tu minh")


def test_reads_what_was_typed_while_the_typing_tool_was_off(
    make_customer: Callable[..., Any], ask: Ask
) -> None:
    make_customer(name="Nguyễn Văn Đức", kind="INDIVIDUAL")

    assert "Nguyễn Văn Đức" in re.sub(r"</?mark>", "", ask("nguyeenx vawn dduwcs"))


def test_leads_on_to_everything_that_is_found(make_customers: Callable[..., Any], ask: Ask) -> None:
    make_customers(30)

    found = ask("khach hang")

    assert options(found)[-1] == "Xem mọi kết quả cho “khach hang”"
    assert len(options(found)) <= 12


def test_groups_what_is_found_and_looks_at_one_entity_alone(
    browser_of: BrowserOf, make_customers: Callable[..., Any]
) -> None:
    make_customers(15)
    client = browser_of("director")

    page, one = (text(client.get("/search", {"q": "hang", **more})) for more in ({}, {"in": "customers"}))

    assert 'href="/search?q=hang&amp;in=customers"' in page
    assert page.count('href="/customers/') == 10 + 1
    assert 'href="/customers?q=hang"' in page
    assert 'href="/units/' in page
    assert one.count('href="/customers/') == 15 + 1
    assert 'href="/customers?q=hang"' not in one
    assert 'href="/units/' not in one


def test_helps_where_nothing_is_found(browser_of: BrowserOf) -> None:
    page = text(browser_of("seller").get("/search?q=khong+coai"))

    assert "Không tìm thấy “khong coai”" in page
    assert 'href="/search?q=coai"' in page


def test_changes_the_language_and_comes_back_to_the_page(browser_of: BrowserOf, cast: Cast) -> None:
    client = browser_of("seller")
    over = {**HTMX, "HX-Target": "dlg", "HX-Current-URL": "http://testserver/customers?q=an"}

    palette = text(client.get("/search", {"q": ">english"}, headers=over))

    assert 'formaction="/profile/language" name="language" value="en"' in palette
    assert '<input type="hidden" name="back" value="/customers?q=an">' in palette
    answer = client.post("/profile/language", {"language": "en", "back": "/customers?q=an"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/customers?q=an")
    assert cast.user("seller").language == "en"


def test_leads_to_the_views_that_the_reader_finds(cast: Cast, ask: Ask) -> None:
    customers = entity_named("customers")
    view = save_view(customers, actor=cast.actor("seller"), name="Thương mại mới", state=ViewState())

    found = ask(">thuong mai")

    assert options(found) == ["Mở Khách hàng · Thương mại mới"]
    assert f'href="/customers?view={view.pk}"' in found
    assert options(ask(">thuong mai", "teller")) == []


def test_leads_to_what_is_done_with_a_whole_list(ask: Ask) -> None:
    assert 'href="/customers/import"' in ask("nhap khach")
    assert 'href="/customers/merge"' in ask("gop khach", who="director")
    assert 'href="/customers/merge"' not in ask("gop khach", who="teller")
    assert 'href="/customers/views"' in ask("khung nhin khach")
    assert 'href="/customers/export"' in ask("xuat khach", who="director")
    assert 'href="/settings/choices/industries"' in ask("nganh nghe", who="admin")
    assert 'href="/settings/layouts/customers"' in ask("bieu mau khach", who="admin")
    assert "/settings/" not in ask("nganh nghe")


def test_asks_which_two_records_are_the_same(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    first, second = make_customer("director", name="Sen Vàng"), make_customer("director", name="Sen Bạc")
    director = browser_of("director")

    asked = director.get("/customers/merge")
    typed = director.get("/customers/merge", {"ids": ["", ""], "ids_text": ["Sen Vàng", "Sen Bạc"]})

    assert asked.status_code == 200
    assert text(asked).count('role="combobox"') == 2
    assert typed.status_code == 200
    assert f"{first.id}." in text(typed)
    assert f"{second.id}." in text(typed)
    assert browser_of("teller").get("/customers/merge").status_code == 403
