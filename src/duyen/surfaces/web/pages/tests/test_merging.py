"""The pages of a merge: choosing rows, comparing them, merging, and undoing from the account."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, change
from duyen.foundation.audit.models import History
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Done]


def text(response: Any) -> str:
    return str(response.content.decode())


def hidden(response: Any) -> dict[str, str]:
    """Read what the form of the merge sends back unseen."""
    form = text(response).partition('<form method="post" action="/customers/merge"')[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def checked(response: Any) -> dict[str, str]:
    """Read what is marked as proposed."""
    found = re.findall(r'name="take\.(\w+)" value="(\w+)" checked', text(response))
    return dict(found)


def test_leads_from_the_selected_rows_to_the_comparison(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    one, other = make_customer().id, make_customer(name="Cty Hoa Sen").id
    seller = browser_of("seller")
    bar = {"verb": "merge", "ids": [f"{one}.1", f"{other}.1"]}

    plain = seller.post("/customers/bulk", bar)
    scripted = seller.post("/customers/bulk", bar, headers=HTMX)

    assert plain["Location"] == scripted["HX-Redirect"] == f"/customers/merge?ids={one},{other}"
    assert 'value="merge"' in text(seller.get("/customers"))
    assert 'value="merge"' not in text(browser_of("teller").get("/customers"))
    assert seller.post("/customers/bulk", {"verb": "merge", "ids": [f"{one}.1"]}).status_code == 400
    assert seller.post("/customers/bulk", {"verb": "merge", "all": "1"}).status_code == 400


def test_proposes_merges_and_leads_the_old_address_on(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    one = make_customer(phones=["0912345678"], note="Khách quen").id
    other = make_customer(name="Cty Hoa Sen", phones=["0987654321"], industry="TRADE").id
    seller = browser_of("seller")

    page = seller.get(f"/customers/merge?ids={one},{other}&keep={one}")
    proposed = checked(page)
    done = seller.post(
        "/customers/merge", hidden(page) | {f"take.{key}": value for key, value in proposed.items()}
    )
    old = seller.get(f"/customers/{other}")
    survivor = seller.get(old["Location"])

    assert proposed["name"] == str(one)
    assert proposed["phones"] == "all"
    assert proposed["industry"] == str(other)
    assert done["Location"] == f"/customers/{one}"
    assert old["Location"] == f"/customers/{one}?was={other}"
    code = Party.objects.get(pk=other).code
    assert f"{code} đã được gộp vào bản ghi này." in text(survivor)
    assert "+84987654321" in text(seller.get(f"/customers/{one}?tab=info"))
    assert browser_of("outsider").get(f"/customers/{other}").status_code == 404


def test_lets_one_choose_and_keep_the_other(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    one, other = make_customer().id, make_customer(name="Cty Hoa Sen").id
    seller = browser_of("seller")

    page = seller.get(f"/customers/merge?ids={one},{other}&keep={other}")
    seller.post("/customers/merge", hidden(page) | {"take.name": str(one)})

    assert Party.objects.get(pk=other).name == "Công ty TNHH Hoa Sen"
    assert Party.objects.get(pk=one).deleted_at is not None


def test_a_form_sent_twice_merges_once(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    one, other = make_customer().id, make_customer(name="Cty Hoa Sen").id
    seller = browser_of("seller")
    sent = hidden(seller.get(f"/customers/merge?ids={one},{other}"))

    answers = [seller.post("/customers/merge", sent) for _time in range(2)]

    assert [each["Location"] for each in answers] == [f"/customers/{one}"] * 2


def test_keeps_what_was_chosen_when_somebody_was_faster(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    one, other = make_customer().id, make_customer(name="Cty Hoa Sen").id
    seller = browser_of("seller")
    page = seller.get(f"/customers/merge?ids={one},{other}")
    change(entity_named("customers"), other, actor=cast.actor("teller"), values={"note": "mới"}, version=1)
    before = History.objects.count()

    again = seller.post("/customers/merge", hidden(page) | {"take.name": str(other)})

    assert again.status_code == 409
    assert "Trần Quốc Bảo vừa sửa một trong các bản ghi này" in text(again)
    assert checked(again)["name"] == str(other)
    assert History.objects.count() == before
    assert seller.post("/customers/merge", hidden(again)).status_code == 302


def test_asks_to_confirm_a_doubt_and_offers_no_button_for_the_impossible(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    one = make_customer(tax_code="0100233488").id
    other = make_customer(name="Cty Hoa Sen", tax_code="0100109106").id
    person = make_customer(name="Sen", kind="INDIVIDUAL").id
    seller = browser_of("seller")
    page = seller.get(f"/customers/merge?ids={one},{other}")

    refused = seller.post("/customers/merge", hidden(page))
    impossible = seller.get(f"/customers/merge?ids={one},{person}")
    done = seller.post("/customers/merge", hidden(refused) | {"confirm": "tax_codes"})

    assert 'name="confirm" value="tax_codes"' in text(page)
    assert refused.status_code == 409
    assert "không bao giờ là một tổ chức" in text(impossible)
    assert 'btn primary">Gộp' not in text(impossible)
    assert done.status_code == 302


def test_says_whom_to_ask_when_a_record_may_not_go(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    one, other = make_customer().id, make_customer(name="Cty Hoa Sen").id

    page = browser_of("teller").get(f"/customers/merge?ids={one},{other}")

    assert "Bạn không có quyền xóa bản ghi sẽ gộp vào" in text(page)
    assert browser_of("teller").get(f"/customers/{one}/merge").status_code == 403


def test_undoes_from_the_account_and_tells_what_stayed(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    one, other = make_customer(note="một").id, make_customer(name="Cty Hoa Sen", note="hai", tags=["vip"]).id
    seller = browser_of("seller")
    seller.post("/customers/merge", hidden(seller.get(f"/customers/merge?ids={one},{other}&keep={one}")))
    change(entity_named("customers"), one, actor=cast.actor("teller"), values={"note": "ba"}, version=2)
    history = text(seller.get(f"/customers/{one}?tab=history"))
    account = re.findall(r'href="(/merges/\d+)"', history)[0]

    foretold, closed = text(seller.get(account)), text(browser_of("teller").get(account))
    refused = browser_of("teller").post(account)
    undone = seller.post(account)
    told = text(seller.get(account))

    assert "Đã gộp" in history
    assert Party.objects.get(pk=other).code in history
    assert "Những gì sẽ giữ nguyên" in foretold
    assert "Ghi chú: đã được sửa sau đó" in foretold
    assert "Hoàn tác việc gộp" in foretold
    assert "Để hoàn tác, bạn cần quyền" in closed
    assert refused.status_code == 403
    assert undone["Location"] == account
    assert "Những gì giữ nguyên" in told
    assert "Đã hoàn tác" in told
    assert seller.get(f"/customers/{other}").status_code == 200
    assert (Party.objects.get(pk=one).note, Party.objects.get(pk=one).tags) == ("ba", [])


def test_finds_the_other_one_by_its_code_without_a_script(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    one, other = make_customer().id, make_customer(name="Cty Hoa Sen").id
    code = Party.objects.get(pk=other).code
    seller = browser_of("seller")

    asked = seller.get(f"/customers/{one}/merge")
    found = seller.get("/customers/merge", {"ids": [str(one), ""], "ids_text": code.lower()})

    assert 'action="/customers/merge"' in text(asked)
    assert hidden(found)["ids"] == f"{one}.1,{other}.1"
