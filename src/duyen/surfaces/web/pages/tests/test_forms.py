"""Forms: what is saved, what is refused, and that nothing typed is lost when two people save at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import change
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
CUSTOMERS = entity_named("customers")


def text(response: Any) -> str:
    return unescape(response.content.decode())


def as_sent(page: str) -> dict[str, Any]:
    """Read a form the way a browser would send it, without having typed anything."""
    form = re.search(
        r'<form class="stack[^>]*method="post".*?</form>',
        re.sub(r"<template>.*?</template>", "", page, flags=re.DOTALL),
        re.DOTALL,
    )
    assert form
    sent: dict[str, Any] = {}

    def add(name: str, value: str) -> None:
        sent.setdefault(name, []).append(value)

    for tag in re.findall(r"<input [^>]*>", form[0]):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        kind = re.search(r' type="(\w+)"', tag)
        is_off = kind and kind[1] in ("checkbox", "radio") and " checked" not in tag
        if name and name[1] and not is_off and " disabled" not in tag:
            add(name[1], value[1] if value else "")
    for name, inner in re.findall(
        r'<textarea [^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form[0], re.DOTALL
    ):
        add(name, inner)
    for name, inner in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        first = re.search(r'<option value="([^"]*)"', inner)
        add(name, (chosen or first)[1])  # type: ignore[index] # a select without options is no select
    return sent


def test_makes_a_record_from_what_was_typed(browser_of: BrowserOf, cast: Cast) -> None:
    client = browser_of("seller")
    sent = as_sent(text(client.get("/customers/new"))) | {
        "name": "Nguyễn  Thị Lan",
        "kind": "INDIVIDUAL",
        "phones": ["0912 345 678", ""],
        "phones_label": ["Cơ quan", ""],
        "emails": ["lan@example.com"],
        "addresses_line": ["12 Lạch Tray"],
        "addresses_place_text": ["Phường Lê Chân, Hải Phòng"],
        "born_on": "5/1/1990",
        "tags": "VIP, hàng xóm",
    }

    response = client.post("/customers/new", sent)

    row = Party.objects.get()
    assert response["Location"] == f"/customers/{row.pk}"
    assert (row.name, row.owner_id, row.unit_id) == (
        "Nguyễn Thị Lan",
        cast.users["seller"].pk,
        cast.units["HP1"].pk,
    )
    assert (row.phones, row.phone_notes["+84912345678"]["label"]) == (["+84912345678"], "Cơ quan")
    assert row.addresses == [
        {"line": "12 Lạch Tray", "ward_code": "11383", "province_code": "31", "status": "as_given"}
    ]
    assert (str(row.born_on), row.tags) == ("1990-01-05", ["VIP", "hàng xóm"])


def test_refuses_with_every_reason_and_keeps_what_was_typed(browser_of: BrowserOf) -> None:
    client = browser_of("seller")
    sent = as_sent(text(client.get("/customers/new"))) | {
        "name": "",
        "kind": "INDIVIDUAL",
        "phones": ["12"],
        "born_on": "31/02/1990",
        "note": "Đã gọi hai lần",
        "owner": "",
        "owner_text": "Không Có Ai",
    }

    response = client.post("/customers/new", sent)

    page = text(response)
    assert response.status_code == 422
    assert 'role="alert"' in page
    for kept in ('value="12"', 'value="31/02/1990"', "Đã gọi hai lần"):
        assert kept in page
    for wrong in ("f-name-err", "f-phones-1-err", "f-born_on-err"):
        assert wrong in page
    assert Party.objects.count() == 0


def test_makes_one_record_however_often_the_same_form_comes(browser_of: BrowserOf) -> None:
    client = browser_of("seller")
    sent = as_sent(text(client.get("/customers/new"))) | {"name": "Công ty Hai Lần", "kind": "ORGANISATION"}

    first, second = (client.post("/customers/new", sent) for _time in range(2))

    assert Party.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_refuses_the_form_of_a_new_record_without_the_right(browser_of: BrowserOf) -> None:
    client = browser_of("care_agent")

    shown = client.get("/customers/new")
    sent = client.post("/customers/new", {"name": "Công ty Không Quyền", "kind": "ORGANISATION"})

    assert (shown.status_code, sent.status_code) == (403, 403)
    assert "thiếu quyền “Tạo” với khách hàng" in text(shown)
    assert Party.objects.count() == 0


def test_changes_nothing_when_nothing_was_typed(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer(
        phones=[{"value": "0912345678", "label": "Cơ quan"}, "02253123456"],
        emails=["a@example.com"],
        addresses=[
            {"line": "1 Lạch Tray", "ward": "Lê Chân", "province": "Hải Phòng", "province_code": "31"},
            {
                "line": "2",
                "ward": "P. Lạch Tray",
                "district": "Q. Ngô Quyền",
                "province": "HP",
                "label": "Kho",
            },
            {
                "line": "3",
                "hamlet": "Tổ 5",
                "ward": "Xã Hòa Nhơn",
                "district": "Hòa Vang",
                "province": "Đà Nẵng",
            },
            {"ward": "Nơi Nào", "province": "Hải Phòng"},
        ],
        kind="INDIVIDUAL",
        name="Nguyễn Thị Lan",
        tax_code="001090000001",
        born_on="",
        tags=["VIP", "cũ"],
        note="Dòng một\nDòng hai",
        is_key_account=True,
        known_since="2020-02-29",
    )
    before, entries = Party.objects.filter(pk=done.id).values().get(), History.objects.count()
    client = browser_of("seller")

    response = client.post(
        f"/customers/{done.id}/edit", as_sent(text(client.get(f"/customers/{done.id}/edit")))
    )

    assert response.status_code == 302
    assert Party.objects.filter(pk=done.id).values().get() == before
    assert History.objects.count() == entries


def test_saves_a_change_with_a_way_back(browser_of: BrowserOf, make_customer: Callable[..., Any]) -> None:
    done = make_customer()
    client = browser_of("seller")
    sent = as_sent(text(client.get(f"/customers/{done.id}/edit"))) | {"name": "Công ty TNHH Hoa Súng"}

    response = client.post(f"/customers/{done.id}/edit", sent, follow=True)

    assert Party.objects.get(pk=done.id).name == "Công ty TNHH Hoa Súng"
    assert "Đã lưu" in text(response)
    assert "/_undo/" in text(response)


def test_saves_beside_somebody_who_changed_another_field(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()
    client = browser_of("seller")
    sent = as_sent(text(client.get(f"/customers/{done.id}/edit"))) | {"note": "Của tôi"}
    change(
        CUSTOMERS,
        done.id,
        actor=cast.actor("teller"),
        values={"phones": ["0987654321"]},
        version=done.version,
    )

    response = client.post(f"/customers/{done.id}/edit", sent, follow=True)

    row = Party.objects.get(pk=done.id)
    assert (row.note, row.phones) == ("Của tôi", ["+84987654321"])
    assert "cùng với phần người khác vừa sửa" in text(response)


@pytest.mark.parametrize(("choice", "kept"), [("yours", "Tên của tôi"), ("theirs", "Tên của họ")])
def test_shows_both_values_of_one_field_and_loses_neither(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast, choice: str, kept: str
) -> None:
    done = make_customer()
    client = browser_of("seller")
    sent = as_sent(text(client.get(f"/customers/{done.id}/edit"))) | {
        "name": "Tên của tôi",
        "note": "Ghi chú dài",
    }
    change(
        CUSTOMERS,
        done.id,
        actor=cast.actor("teller"),
        values={"name": "Tên của họ", "phones": ["0987654321"]},
        version=done.version,
    )

    clash = client.post(f"/customers/{done.id}/edit", sent)
    page = text(clash)
    untouched = Party.objects.get(pk=done.id).name
    again = client.post(f"/customers/{done.id}/edit", as_sent(page) | {"choose_name": choice})

    assert clash.status_code == 409
    assert "Trần Quốc Bảo" in page
    assert "Tên của tôi" in page
    assert "Tên của họ" in page
    assert untouched == "Tên của họ"
    assert again.status_code == 302
    row = Party.objects.get(pk=done.id)
    assert (row.name, row.note, row.phones) == (kept, "Ghi chú dài", ["+84987654321"])


def test_refuses_a_change_to_whoever_may_only_read(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()
    client = browser_of("director")
    Role.objects.get(code="DIRECTOR").rights.filter(entity="customers", verb="change").delete()

    shown = client.get(f"/customers/{done.id}/edit")
    sent = client.post(f"/customers/{done.id}/edit", {"name": "Khác", "version": "1"})

    assert (shown.status_code, sent.status_code) == (403, 403)
    assert Party.objects.get(pk=done.id).name == "Công ty TNHH Hoa Sen"


def test_hides_the_record_itself_from_an_outsider(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()

    sent = browser_of("outsider").post(f"/customers/{done.id}/edit", {"name": "Khác", "version": "1"})

    assert sent.status_code == 404
    assert Party.objects.get(pk=done.id).name == "Công ty TNHH Hoa Sen"


def test_shows_closed_what_may_be_read_but_not_set(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer(note="Chỉ đọc")
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="note", level="read")
    client = browser_of("seller")

    page = text(client.get(f"/customers/{done.id}/edit"))
    client.post(f"/customers/{done.id}/edit", as_sent(page) | {"note": "Lách luật", "owner": "1"})

    assert re.search(r'<input[^>]*id="f-note"[^>]*value="Chỉ đọc"[^>]*disabled', page)
    assert Party.objects.get(pk=done.id).note == "Chỉ đọc"


def test_asks_to_open_the_form_again_when_its_version_is_lost(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()

    response = browser_of("seller").post(f"/customers/{done.id}/edit", {"name": "Khác"})

    assert response.status_code == 400
    assert Party.objects.get(pk=done.id).name == "Công ty TNHH Hoa Sen"


def test_says_that_a_form_was_saved_already_when_the_reader_goes_back_and_changes_it(
    browser_of: BrowserOf,
) -> None:
    client = browser_of("seller")
    sent = as_sent(text(client.get("/customers/new"))) | {"name": "Ánh Dương", "kind": "ORGANISATION"}
    client.post("/customers/new", sent)
    made = Party.objects.get(name="Ánh Dương")

    again = client.post("/customers/new", sent | {"name": "Ánh Dương Mới"})

    assert again.status_code == 409
    assert f'href="/customers/{made.pk}"' in text(again)
    assert 'value="Ánh Dương Mới"' in text(again)
    assert Party.objects.count() == 1
    assert client.post("/customers/new", as_sent(text(again))).status_code == 302
    assert Party.objects.count() == 2


def test_answers_a_mistyped_address_in_the_readers_words(browser_of: BrowserOf) -> None:
    response = browser_of("seller").get("/customers/abc")

    assert response.status_code == 404
    assert "<h1" in text(response)
    assert "Not Found" not in text(response)


@pytest.mark.parametrize(
    ("typed", "chosen", "kept"),
    [
        # Without a script, or none chosen from the list.
        ("P. 5, Q. 3, TP.HCM", "", {"ward_code": "27154", "legacy": {"ward": "P. 5", "district": "Q. 3"}}),
        ("phuong le chan, hai phong", "", {"ward_code": "11383", "status": "as_given"}),
        ("Hải Dương", "", {"province_code": "31", "legacy": {"province": "Hải Dương"}}),
        ("Lạch Tray, Ngô Quyền, Hải Phòng", "", {"status": "needs_review", "province_code": "31"}),
        ("Ngõ nào đó", "", {"status": "unknown", "legacy": {"ward": "Ngõ nào đó"}}),
        # Chosen from the list, by a name of today and by an old one.
        ("Phường Lê Chân, Thành phố Hải Phòng", "11383", {"ward_code": "11383", "status": "as_given"}),
        ("Phường Gia Viên, Thành phố Hải Phòng", "11359-11365", {
            "ward_code": "11359", "status": "converted",
            "legacy": {"ward": "Phường Lạch Tray", "district": "Quận Ngô Quyền"},
        }),
    ],
)  # fmt: skip
def test_takes_the_ward_from_one_field(
    browser_of: BrowserOf, typed: str, chosen: str, kept: dict[str, Any]
) -> None:
    client = browser_of("seller")
    sent = as_sent(text(client.get("/customers/new"))) | {"name": "Lan", "kind": "INDIVIDUAL"}
    sent |= {"addresses_line": ["12"], "addresses_place": [chosen], "addresses_place_text": [typed]}

    assert client.post("/customers/new", sent).status_code == 302

    (address,) = Party.objects.get().addresses
    for part, value in kept.items():
        held = address[part]
        assert {**held, **value} == held if isinstance(value, dict) else held == value


def test_keeps_what_was_entered_when_the_ward_of_a_split_one_is_chosen(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    old = {"ward": "P. Lạch Tray", "district": "Q. Ngô Quyền", "province": "Hải Phòng"}
    done = make_customer(addresses=[{"line": "12 Lạch Tray", **old}])
    client = browser_of("seller")
    page = text(client.get(f"/customers/{done.id}/edit"))
    assert "Phường Gia Viên, Phường Lê Chân" in page

    sent = as_sent(page) | {
        "addresses_place": ["11383"],
        "addresses_place_text": ["Phường Lê Chân, Hải Phòng"],
    }
    client.post(f"/customers/{done.id}/edit", sent)

    row = Party.objects.get(pk=done.id)
    assert row.addresses == [
        {
            "line": "12 Lạch Tray", "ward_code": "11383", "province_code": "31", "status": "converted",
            "legacy": old,
        }
    ]  # fmt: skip
    assert (row.ward_code, row.province_code, row.address_status) == ("11383", "31", "converted")


def test_forgets_what_was_entered_when_somebody_moves(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    old = {"ward": "P. Lạch Tray", "district": "Q. Ngô Quyền", "province": "Hải Phòng"}
    done = make_customer(addresses=[{"line": "12 Lạch Tray", **old}])
    client = browser_of("seller")
    sent = as_sent(text(client.get(f"/customers/{done.id}/edit")))
    moved = {"addresses_place": ["00070"], "addresses_place_text": ["Phường Hoàn Kiếm, Thành phố Hà Nội"]}

    client.post(f"/customers/{done.id}/edit", sent | moved)

    (address,) = Party.objects.get(pk=done.id).addresses
    assert (address["ward_code"], "legacy" in address, address["status"]) == ("00070", False, "as_given")


@pytest.mark.parametrize("kept", ["{", "x:y:z", "null"])
def test_takes_nothing_from_what_no_form_sends(browser_of: BrowserOf, kept: str) -> None:
    client = browser_of("seller")
    sent = as_sent(text(client.get("/customers/new"))) | {"name": "Lan", "kind": "INDIVIDUAL"}
    sent |= {
        "addresses_line": ["12"],
        "addresses_kept": [kept],
        "addresses_place_text": ["Lê Chân, Hải Phòng"],
    }

    assert client.post("/customers/new", sent).status_code in (302, 422)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("le chan hp", ["Phường Lê Chân, Hải Phòng", 'data-value="11383"']),
        ("Quận Ngô Quyền, Lạch Tray", ["Phường Gia Viên", "Phường Lê Chân", "trước đây là Phường Lạch Tray"]),
        ("zzz", ["Không tìm thấy"]),
    ],
)
def test_finds_wards_for_whoever_types(browser_of: BrowserOf, asked: str, told: list[str]) -> None:
    answer = browser_of("seller").get(
        "/_places", {"addresses_place_text": asked}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    for each in told:
        assert each in text(answer)


def test_opens_no_fragment_of_wards_as_a_page(browser_of: BrowserOf) -> None:
    assert browser_of("seller").get("/_places").status_code == 302
