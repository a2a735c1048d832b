"""A value edited in its place: the editor, the row afterwards, what is wrong, and two people at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.sharing import share
from duyen.entities.standard import change
from duyen.entities.undo import undo
from duyen.foundation.audit.models import History
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Any]
FROM_LIST = {**HTMX, "HX-Current-URL": "http://testserver/customers"}


def text(response: Any) -> str:
    return str(response.content.decode())


def toast(response: Any) -> dict[str, str]:
    told: dict[str, str] = json.loads(response["HX-Trigger"])["toast"]
    return told


def test_brings_the_editor_of_one_value(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    done = make_customer(industry="CONSTRUCTION")

    response = browser_of("seller").get(f"/customers/{done.id}/cell/industry", headers=FROM_LIST)

    assert response.status_code == 200
    assert text(response).strip().startswith('<td class="editing">')
    assert '<option value="CONSTRUCTION" selected>' in text(response)
    assert 'name="version" value="1"' in text(response)


def test_leads_to_the_form_where_no_script_asks(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    done = make_customer()

    response = browser_of("seller").get(f"/customers/{done.id}/cell/industry")

    assert response["Location"] == f"/customers/{done.id}/edit#f-industry"


@pytest.mark.parametrize(
    ("name", "sent", "column", "held"),
    [
        ("name", {"name": "Công ty TNHH Hoa Đào"}, "name", "Công ty TNHH Hoa Đào"),
        ("industry", {"industry": "TRADE"}, "industry", "TRADE"),
        ("known_since", {"known_since": "02/11/2026"}, "known_since", None),
        ("tags", {"tags": "vip, tết"}, "tags", ["vip", "tết"]),
        ("is_key_account", {"is_key_account": "1"}, "is_key_account", True),
        ("tax_code", {"tax_code": "0100233488"}, "tax_code", "0100233488"),
        ("phones", {"phones": "0987 654 321"}, "phones", ["+84987654321", "+842253123456"]),
        ("phones", {"phones": ""}, "phones", ["+842253123456"]),
    ],
)
def test_saves_a_value_and_gives_the_row_back(
    browser_of: BrowserOf,
    make_customer: MakeCustomer,
    name: str,
    sent: dict[str, str],
    column: str,
    held: object,
) -> None:
    done = make_customer(
        phones=[{"value": "0912345678", "label": "Riêng"}, {"value": "02253123456", "label": "văn phòng"}]
    )

    response = browser_of("seller").post(
        f"/customers/{done.id}/cell/{name}", {"version": 1, **sent}, headers=FROM_LIST
    )

    assert response.status_code == 200, text(response)
    assert text(response).startswith(f'<tr id="row-{done.id}">')
    assert f"value={done.id}.2 " in text(response)
    assert response["HX-Retarget"] == f"#row-{done.id}"
    row = Party.objects.get(pk=done.id)
    assert row.version == 2
    if held is not None:
        assert getattr(row, column) == held
    if column == "phones":
        assert row.phone_notes["+842253123456"]["label"] == "văn phòng"
    assert toast(response)["text"] == "Đã lưu."
    assert toast(response)["undo"].startswith("/_undo/")


def test_undoes_from_the_toast(browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast) -> None:
    done = make_customer(industry="EDUCATION")
    saved = browser_of("seller").post(
        f"/customers/{done.id}/cell/industry", {"version": 1, "industry": "TRADE"}, headers=FROM_LIST
    )

    undo(int(toast(saved)["undo"].rpartition("/")[2]), actor=cast.actor("seller"))

    assert Party.objects.get(pk=done.id).industry == "EDUCATION"


@pytest.mark.parametrize(
    ("name", "sent", "sentence"),
    [
        ("name", {"name": " "}, "Cần điền"),
        ("phones", {"phones": "123"}, ""),
        ("tax_code", {"tax_code": "0100233480"}, ""),
        ("owner", {"owner": "", "owner_text": "Không Ai Cả"}, ""),
    ],
)
def test_keeps_the_editor_with_what_is_wrong(
    browser_of: BrowserOf, make_customer: MakeCustomer, name: str, sent: dict[str, str], sentence: str
) -> None:
    done = make_customer()
    before = History.objects.count()

    response = browser_of("manager").post(
        f"/customers/{done.id}/cell/{name}", {"version": 1, **sent}, headers=FROM_LIST
    )

    assert response.status_code == 422
    assert text(response).strip().startswith('<td class="editing">')
    assert 'aria-invalid="true"' in text(response)
    assert (Party.objects.get(pk=done.id).version, History.objects.count()) == (1, before)


def test_shows_both_values_when_somebody_was_faster_and_lets_one_choose(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    done = make_customer(industry="EDUCATION")
    values = {"industry": "CONSTRUCTION"}
    change(entity_named("customers"), done.id, actor=cast.actor("teller"), values=values, version=1)
    seller, path = browser_of("seller"), f"/customers/{done.id}/cell/industry"

    clash = seller.post(path, {"version": 1, "industry": "TRADE"}, headers=FROM_LIST)
    theirs = seller.post(path, {"version": 2, "choose": "theirs"}, headers=FROM_LIST)
    kept = Party.objects.get(pk=done.id).industry
    yours = seller.post(path, {"version": 2, "industry": "TRADE", "choose": "yours"}, headers=FROM_LIST)

    assert (clash.status_code, clash["HX-Reswap"]) == (409, "outerHTML")
    assert "Trần Quốc Bảo" in text(clash)
    assert "Xây dựng" in text(clash)
    assert 'name="version" value="2"' in text(clash)
    assert (theirs.status_code, kept) == (200, "CONSTRUCTION")
    assert yours.status_code == 200
    assert Party.objects.get(pk=done.id).industry == "TRADE"


def test_breaks_no_number_where_two_people_changed_the_phones(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    done = make_customer(phones=["0912345678", "02253123456"])
    theirs = {"phones": ["0987654321", "02253123456"]}
    change(entity_named("customers"), done.id, actor=cast.actor("teller"), values=theirs, version=1)

    clash = browser_of("seller").post(
        f"/customers/{done.id}/cell/phones", {"version": 1, "phones": "0911 222 333"}, headers=FROM_LIST
    )

    assert clash.status_code == 409
    assert "<dd>0987\u00a0654\u00a0321 · 0225\u00a03123\u00a0456</dd>" in text(clash)
    assert "<dd>0911\u00a0222\u00a0333 · " in text(clash)


def test_saves_beside_a_change_of_another_field(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    done = make_customer()
    change(entity_named("customers"), done.id, actor=cast.actor("teller"), values={"note": "gọi"}, version=1)

    response = browser_of("seller").post(
        f"/customers/{done.id}/cell/industry", {"version": 1, "industry": "TRADE"}, headers=FROM_LIST
    )

    row = Party.objects.get(pk=done.id)
    assert (response.status_code, row.industry, row.note) == (200, "TRADE", "gọi")


def test_opens_no_editor_where_one_may_not_change_the_value(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    done = make_customer()

    def status(who: str, name: str) -> int:
        return browser_of(who).get(f"/customers/{done.id}/cell/{name}", headers=FROM_LIST).status_code

    assert status("seller", "owner") == 403
    assert status("manager", "owner") == 200
    assert status("seller", "relationship_state") == 403
    assert status("seller", "addresses") == 403
    assert status("seller", "moon") == 404
    assert status("outsider", "industry") == 404


def test_marks_for_the_script_which_columns_and_rows_are_open(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    mine, shared = make_customer(), make_customer(who="outsider")
    customers, director = entity_named("customers"), cast.actor("director")
    share(customers, shared.id, actor=director, user=cast.users["manager"].pk, may_change=True)
    share(customers, shared.id, actor=director, user=cast.users["seller"].pk)

    manager, seller, director_page = (
        text(browser_of(who).get("/customers")) for who in ("manager", "seller", "director")
    )

    columns = "name* relationship_state owner* phones* industry* tax_code* province created_at"
    assert f'data-columns="{columns}"' in manager
    assert f'data-columns="{columns.replace("owner*", "owner")}"' in seller
    assert f'<tr id="row-{mine.id}">' in manager
    assert f'<tr id="row-{shared.id}" data-shut="owner unit">' in manager
    assert f'<tr id="row-{shared.id}" data-shut>' in seller
    assert "data-shut" not in director_page


def test_takes_a_row_away_that_leaves_ones_sight(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    done = make_customer()

    response = browser_of("manager").post(
        f"/customers/{done.id}/cell/owner",
        {"version": 1, "owner": cast.users["teller"].pk},
        headers=FROM_LIST,
    )
    gone = browser_of("seller").get(f"/customers/{done.id}/cell/industry", headers=FROM_LIST)

    assert response.status_code == 200
    assert text(response).startswith("<tr")
    assert gone.status_code == 404
