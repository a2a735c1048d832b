"""Likely duplicates on pages: told as a form is filled, asked about once, never in the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, create
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Done]
FORM = {"name": "Phan Thu Tra", "kind": "INDIVIDUAL", "phones": ["0912.345.678"], "note": "gọi buổi tối"}


def _text(answer: Any) -> str:
    return unescape(answer.content.decode())


def _shown(page: str) -> list[str]:
    """Give what a form would send back of the proposals beside it."""
    return re.findall(r'name="twin" value="([^"]+)"', page)


def _made(make: MakeCustomer, who: str = "seller", **values: Any) -> int:
    held = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL", "phones": ["0912345678"], **values}
    return make(who, **held).id


def test_tells_of_a_duplicate_while_the_form_is_filled(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    made = _made(make_customer)

    page = _text(browser_of("seller").post("/customers/duplicates", FORM, headers=HTMX))

    assert f'href="/customers/{made}"' in page
    assert "Trùng số điện thoại 0912 345 678" in page
    assert "Tên gần giống" in page
    assert "Vẫn tạo" in page
    assert "<html" not in page


def test_says_nothing_where_nothing_is_alike_or_readable(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    _made(make_customer)
    client = browser_of("seller")

    for typed in ({"name": "Phan Thu Trà"}, {"phones": ["12"], "tax_code": "9"}, {}):
        assert _text(client.post("/customers/duplicates", typed, headers=HTMX)).strip() == ""


def test_a_form_that_showed_nothing_comes_back_once_and_keeps_what_was_typed(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    _made(make_customer)
    client = browser_of("seller")

    answer = client.post("/customers/new", {**FORM, "key": "k1"})

    page = _text(answer)
    assert answer.status_code == 409
    assert Party.objects.count() == 1
    assert "Có thể đã có bản ghi này" in page
    assert "gọi buổi tối" in page
    assert "Vẫn tạo" in page

    seen = _shown(page)
    again = client.post("/customers/new", {**FORM, "key": "k1", "twin": seen})
    assert again.status_code == 302
    assert Party.objects.count() == 2


def test_what_the_form_showed_beside_it_is_not_asked_again(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    _made(make_customer)
    client = browser_of("seller")
    seen = _shown(_text(client.post("/customers/duplicates", FORM, headers=HTMX)))

    assert client.post("/customers/new", {**FORM, "twin": seen}).status_code == 302


def test_another_phone_typed_since_is_asked_about(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    _made(make_customer)
    _made(make_customer, name="Đỗ Bá Lực", phones=["0988111222"])
    client = browser_of("seller")
    seen = _shown(_text(client.post("/customers/duplicates", FORM, headers=HTMX)))

    changed = {**FORM, "phones": ["0912345678", "0988 111 222"], "phones_label": ["", ""], "twin": seen}

    assert client.post("/customers/new", changed).status_code == 409


def test_a_form_sent_twice_is_not_told_of_its_own_record(browser_of: BrowserOf, cast: Cast) -> None:
    client = browser_of("seller")
    first = client.post("/customers/new", {**FORM, "key": "k1"})
    second = client.post("/customers/new", {**FORM, "key": "k1"})

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Party.objects.count() == 1


def test_what_is_not_open_shows_its_unit_and_whom_to_ask_alone(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    made = _made(make_customer)

    page = _text(browser_of("outsider").post("/customers/duplicates", FORM, headers=HTMX))

    assert "Cửa hàng Hồng Bàng" in page
    assert "Nguyễn Hồng Hạnh" in page
    record = (f"/customers/{made}", f'value="{made}"')
    for told in ("Phan Thu Tr", *record, "số điện thoại 0912", "Tên gần giống"):
        assert told not in page


def test_closed_records_of_one_unit_and_person_are_told_once_and_lead_to_that_person(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    for _number in range(3):
        _made(make_customer)

    page = _text(browser_of("outsider").post("/customers/duplicates", FORM, headers=HTMX))

    assert page.count("Cửa hàng Hồng Bàng") == 1
    assert "Hãy hỏi người đó trước" in page
    assert "Mở bản ghi ấy" not in page


def test_a_change_is_told_and_never_held_up(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    _made(make_customer)
    other = _made(make_customer, name="Phan Thị Trà", phones=["0988111222"])
    client = browser_of("seller")
    typed = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL", "phones": ["0912345678"], "version": "1"}

    beside = _text(client.post(f"/customers/duplicates?of={other}", typed, headers=HTMX))
    saved = client.post(f"/customers/{other}/edit", typed)

    assert "Trùng số điện thoại 0912 345 678" in beside
    assert f'href="/customers/{other}"' not in beside
    assert "Vẫn tạo" not in beside
    assert saved.status_code == 302


def test_a_phone_changed_in_a_list_says_so(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    _made(make_customer)
    other = _made(make_customer, name="Phan Thu Tra", phones=["0988111222"])

    answer = browser_of("seller").post(
        f"/customers/{other}/cell/phones", {"phones": "0912345678", "version": "1"}, headers=HTMX
    )

    assert answer.status_code == 200
    assert Party.objects.get(pk=other).phones == ["+84912345678"]
    assert "1 b\\u1ea3n ghi c\\u00f3 th\\u1ec3 tr\\u00f9ng" in answer.headers["HX-Trigger"]


def test_a_record_leads_quietly_to_what_is_like_it(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    made, other = _made(make_customer), _made(make_customer, name="PHAN THU TRA")
    client = browser_of("seller")

    page = _text(client.get(f"/customers/{made}"))
    listed = _text(client.get(f"/customers/{made}/duplicates"))

    assert "1 bản ghi có thể trùng" in page
    assert f'href="/customers/{made}/duplicates"' in page
    assert f'href="/customers/{other}"' in listed
    assert f'href="/customers/merge?ids={made},{other}"' in listed
    assert "/merge?" not in _text(browser_of("teller").get(f"/customers/{made}/duplicates"))
    assert "có thể trùng" not in _text(client.get(f"/customers/{_made(make_customer, phones=[])}"))


def test_a_relative_is_listed_and_not_counted(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    made = _made(make_customer)
    _made(make_customer, name="Đỗ Bá Lực")
    client = browser_of("seller")

    assert "bản ghi có thể trùng" not in _text(client.get(f"/customers/{made}"))
    assert "người nhà hay chi nhánh" in _text(client.get(f"/customers/{made}/duplicates"))


def test_units_have_no_duplicates_and_others_records_no_page(
    browser_of: BrowserOf, cast: Cast, make_customer: MakeCustomer
) -> None:
    made = _made(make_customer)
    unit = cast.unit("HP1").pk

    assert browser_of("director").get(f"/units/{unit}/duplicates").status_code == 404
    assert browser_of("outsider").get(f"/customers/{made}/duplicates").status_code == 404
    assert browser_of("seller").get("/customers/duplicates").status_code == 405


def test_a_dialog_that_makes_somebody_tells_it_too(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    made, company = _made(make_customer), make_customer().id
    client = browser_of("seller")

    dialog = _text(client.get(f"/customers/{company}/add_contact", headers=HTMX))
    told = _text(client.post("/contacts/duplicates?step=1", FORM, headers=HTMX))

    assert 'hx-post="/contacts/duplicates?step=1"' in dialog
    assert f'href="/customers/{made}"' in told
    assert "Vẫn tạo" not in told


def test_a_contact_leads_on_to_become_a_customer(browser_of: BrowserOf, cast: Cast) -> None:
    contacts = entity_named("contacts")
    values = {"name": "Phan Thu Trà", "phones": ["0912345678"]}
    made = create(contacts, actor=cast.actor("seller"), values=values).id

    page = _text(browser_of("seller").post("/customers/duplicates", FORM, headers=HTMX))

    assert f'href="/contacts/{made}"' in page
    assert "Người liên hệ" in page


def test_leads_to_no_merge_that_is_always_refused(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    person = _made(make_customer)
    twin = _made(make_customer, phones=["0912345678"])
    firm = _made(make_customer, name="Công ty TNHH Phan Thu Trà", kind="ORGANISATION")

    page = _text(browser_of("director").get(f"/customers/{person}/duplicates"))

    assert f'href="/customers/{firm}"' in page
    assert f"/customers/merge?ids={person},{twin}" in page
    assert f"/customers/merge?ids={person},{firm}" not in page
