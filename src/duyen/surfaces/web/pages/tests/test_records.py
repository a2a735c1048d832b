"""The page of a record: what each reader sees and may do, its history, its steps, the bin and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from duyen.entities.registry import entity_named
from duyen.entities.standard import change, delete
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.foundation.shares.models import Share
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
CUSTOMERS = entity_named("customers")


def text(response: Any) -> str:
    return str(response.content.decode())


def as_they_are(record_id: int) -> tuple[Any, int]:
    """Give the row and the length of the trail, to prove that a refusal changed neither."""
    return Party.objects.filter(pk=record_id).values().get(), History.objects.count()


def test_shows_what_is_known_with_links_to_call_and_write(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer(
        phones=["0912345678"],
        emails=["lan@example.com"],
        tax_code="0100109106",
        tags=["VIP"],
        note="Gọi chiều",
    )

    page = text(browser_of("seller").get(f"/customers/{done.id}?tab=info"))

    assert "<h1>Công ty TNHH Hoa Sen</h1>" in page
    assert '<a class="link" href="tel:+84912345678">0912 345 678</a>' in page
    assert 'href="mailto:lan@example.com"' in page
    assert "0100109106" in page
    assert "Gọi chiều" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("seller", 200),
        ("manager", 200),
        ("teller", 200),
        ("care_agent", 200),
        ("colleague", 404),
        ("outsider", 404),
    ],
)
def test_is_there_for_those_alone_whose_rights_reach_it(
    browser_of: BrowserOf, make_customer: Callable[..., Any], who: str, status: int
) -> None:
    done = make_customer()

    response = browser_of(who).get(f"/customers/{done.id}")

    assert response.status_code == status
    assert ("Hoa Sen" in text(response)) == (status == 200)


def test_offers_each_reader_the_steps_of_her_own_rights(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()

    manager, teller = (text(browser_of(who).get(f"/customers/{done.id}")) for who in ("manager", "teller"))

    for step in ("edit", "hand_over", "share", "delete"):
        assert f"/customers/{done.id}/{step}" in manager
    assert f"/customers/{done.id}/edit" in teller
    for step in ("hand_over", "share", "delete"):
        assert f"/customers/{done.id}/{step}" not in teller


def test_leaves_out_a_field_that_the_reader_may_not_see(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer(phones=["0912345678"], note="Chỉ quản lý biết")
    role = Role.objects.get(code="SALES_REP")
    for name in ("phones", "note"):
        FieldRight.objects.create(role=role, entity="customers", field=name, level="hidden")

    page = text(browser_of("seller").get(f"/customers/{done.id}?tab=info"))
    history = text(browser_of("seller").get(f"/customers/{done.id}?tab=history"))

    assert "912345678" not in page + history
    assert "0912 345 678" not in page + history
    assert "Chỉ quản lý biết" not in page + history


def test_asks_the_database_as_often_whatever_the_record_holds(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    plain = make_customer()
    full = make_customer(
        phones=[f"09123456{number}" for number in range(10, 20)],
        addresses=[{"line": str(number), "province": "Hải Phòng"} for number in range(10)],
        tags=["a", "b", "c"],
    )
    client = browser_of("seller")
    client.get(f"/customers/{plain.id}")

    counts = []
    for done in (plain, full):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/customers/{done.id}")
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] <= 26  # the timeline asks its sources for what to say


def test_answers_htmx_with_the_tab_alone(browser_of: BrowserOf, make_customer: Callable[..., Any]) -> None:
    done = make_customer()

    tab = browser_of("seller").get(f"/customers/{done.id}?tab=history", headers={**HTMX, "HX-Target": "tab"})
    unknown = browser_of("seller").get(f"/customers/{done.id}?tab=castle")

    assert "<html" not in text(tab)
    assert 'id="history"' in text(tab)
    assert unknown.status_code == 404


def test_tells_each_thing_once_in_one_timeline(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    client = browser_of("seller")

    page = text(client.get(f"/customers/{done.id}"))
    narrowed = text(client.get(f"/customers/{done.id}", headers={**HTMX, "HX-Target": "timeline"}))

    for drawn in (page, narrowed):
        told = drawn[drawn.index('id="timeline"') :]
        assert drawn.count('<ol class="tl') == 1
        assert told.count('<li class="day">') == 1
        assert told.count("· Đã tạo") == 1


def test_tells_its_history_in_sentences_with_the_way_back(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer(tax_code="0100109106", phones=["0912345678"])
    later = change(
        CUSTOMERS,
        done.id,
        actor=cast.actor("teller"),
        values={"phones": ["0987654321"]},
        version=done.version,
    )

    page = text(browser_of("seller").get(f"/customers/{done.id}?tab=history"))
    plain = re.sub(r"<[^>]+>", "", page)

    assert "Trần Quốc Bảo" in plain
    assert "từ 0912 345 678 thành 0987 654 321" in plain
    assert f"/_undo/{later.operation.id}" in page


def test_takes_a_change_back(browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast) -> None:
    done = make_customer()
    later = change(
        CUSTOMERS, done.id, actor=cast.actor("seller"), values={"note": "Sai"}, version=done.version
    )

    response = browser_of("seller").post(
        f"/_undo/{later.operation.id}", {"back": f"/customers/{done.id}?tab=history"}
    )

    assert response["Location"] == f"/customers/{done.id}?tab=history"
    assert Party.objects.get(pk=done.id).note == ""


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_goes_back_to_no_foreign_page_after_an_undo(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast, back: str
) -> None:
    done = make_customer()
    later = change(
        CUSTOMERS, done.id, actor=cast.actor("seller"), values={"note": "Sai"}, version=done.version
    )

    response = browser_of("seller").post(f"/_undo/{later.operation.id}", {"back": back})

    assert response["Location"] == "/"


def test_refuses_an_undo_to_whoever_does_not_see_the_record(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()
    later = change(
        CUSTOMERS, done.id, actor=cast.actor("seller"), values={"note": "Giữ"}, version=done.version
    )
    before = as_they_are(done.id)

    response = browser_of("outsider").post(f"/_undo/{later.operation.id}")

    assert response.status_code == 404
    assert as_they_are(done.id) == before


def test_deletes_with_a_way_back_and_restores_from_the_bin(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    client = browser_of("seller")

    gone = client.post(f"/customers/{done.id}/delete")
    listed = text(client.get("/customers"))
    in_bin = text(client.get(f"/customers/{done.id}"))
    back = client.post(f"/customers/{done.id}/restore")

    assert gone["Location"] == "/customers"
    assert "Đã chuyển vào thùng rác" in listed
    assert "/_undo/" in listed
    assert "đang ở thùng rác" in in_bin
    assert f"/customers/{done.id}/edit" not in in_bin
    assert back["Location"] == f"/customers/{done.id}"
    assert Party.objects.get(pk=done.id).deleted_at is None


def test_deletes_a_row_of_a_list_with_a_toast_that_undoes(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()

    response = browser_of("seller").post(f"/customers/{done.id}/delete?from=row", headers={**HTMX})

    assert response.status_code == 200
    assert text(response) == ""
    assert '"undo": "/_undo/' in response["HX-Trigger"]


def test_refuses_to_delete_without_the_right_and_says_why(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    before = as_they_are(done.id)

    page = browser_of("teller").post(f"/customers/{done.id}/delete")
    toast = browser_of("teller").post(f"/customers/{done.id}/delete", headers={**HTMX})

    assert page.status_code == 403
    assert "bạn không có quyền" in text(page)
    assert toast.status_code == 403
    assert "toast" in toast["HX-Trigger"]
    assert as_they_are(done.id) == before


def test_moves_the_state_by_a_command_with_its_reason(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    client = browser_of("seller")

    asked = client.get(f"/customers/{done.id}/start", headers={**HTMX, "HX-Target": "dlg"})
    refused = client.post(f"/customers/{done.id}/start", {"note": ""}, headers={**HTMX, "HX-Target": "dlg"})
    taken = client.post(
        f"/customers/{done.id}/start", {"note": "Đã ký"}, headers={**HTMX, "HX-Target": "dlg"}
    )

    assert 'id="dlg-title"' in text(asked)
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in text(refused)
    assert taken["HX-Redirect"] == f"/customers/{done.id}"
    assert Party.objects.get(pk=done.id).relationship_state == "ONBOARDING"


def test_refuses_a_command_from_another_state_with_the_reason(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    before = as_they_are(done.id)

    response = browser_of("seller").post(f"/customers/{done.id}/win_back", {"note": "Thử"})

    assert response.status_code == 409
    assert as_they_are(done.id) == before


def test_hands_over_to_a_person_found_by_name(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()

    response = browser_of("manager").post(
        f"/customers/{done.id}/hand_over", {"owner": "", "owner_text": "vu hoang yen", "unit": ""}
    )

    assert response.status_code == 302
    assert Party.objects.get(pk=done.id).owner_id == cast.users["colleague"].pk


def test_shares_with_one_more_person_until_a_day_and_stops(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()
    outsider = cast.users["outsider"].pk
    manager = browser_of("manager")

    shared = manager.post(f"/customers/{done.id}/share", {"user": outsider, "until": "31/12/2099"})
    seen = browser_of("outsider").get(f"/customers/{done.id}").status_code
    page = text(manager.get(f"/customers/{done.id}"))
    stopped = manager.post(f"/customers/{done.id}/unshare", {"user": outsider})

    assert (shared.status_code, seen, stopped.status_code) == (302, 200, 302)
    assert "đến 31/12/2099" in page
    assert not Share.objects.exists()
    assert browser_of("outsider").get(f"/customers/{done.id}").status_code == 404


def test_refuses_to_share_until_a_day_that_is_over(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()

    response = browser_of("manager").post(
        f"/customers/{done.id}/share", {"user": cast.users["outsider"].pk, "until": "01/01/2020"}
    )

    assert response.status_code == 422
    assert not Share.objects.exists()


def test_refuses_sharing_to_whoever_lacks_the_right(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()

    response = browser_of("seller").post(f"/customers/{done.id}/share", {"user": cast.users["outsider"].pk})

    assert response.status_code == 403
    assert not Share.objects.exists()


def test_knows_no_step_of_another_name(browser_of: BrowserOf, make_customer: Callable[..., Any]) -> None:
    done = make_customer()

    assert browser_of("seller").get(f"/customers/{done.id}/explode").status_code == 404


def test_keeps_the_bin_closed_to_those_who_may_not_see_the_record(
    browser_of: BrowserOf, make_customer: Callable[..., Any], cast: Cast
) -> None:
    done = make_customer()
    delete(CUSTOMERS, done.id, actor=cast.actor("seller"))
    before = as_they_are(done.id)

    assert browser_of("outsider").get(f"/customers/{done.id}").status_code == 404
    assert browser_of("teller").post(f"/customers/{done.id}/restore").status_code == 403
    assert as_they_are(done.id) == before


def test_says_at_a_hand_over_that_shares_stay(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    page = browser_of("manager").get(f"/customers/{make_customer().id}/hand_over")

    with translation.override("vi"):
        told = gettext("People with whom the record is shared keep it; that is ended on its page.")
    assert told in text(page)


def test_goes_back_to_the_tab_on_which_a_step_was_begun(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    at, client = f"/customers/{done.id}", browser_of("seller")
    here = {"HX-Current-URL": f"http://testserver{at}?tab=contacts"}

    form = client.get(f"{at}/add_contact", headers={**HTMX, **here})
    taken = client.post(f"{at}/start", {"note": "Ký"}, headers={**HTMX, **here})
    page = client.get(f"{at}/add_contact", headers={"Referer": f"http://testserver{at}?tab=history"})
    sent = client.post(f"{at}/develop?tab=history", {"note": "Mở rộng"})
    strange = client.get(f"{at}/add_contact", headers={"Referer": f"http://testserver{at}?tab=castle"})

    assert f'action="{at}/add_contact?tab=contacts"' in text(form)
    assert taken["HX-Redirect"] == f"{at}?tab=contacts"
    assert f'href="{at}?tab=history"' in text(page)
    assert sent["Location"] == f"{at}?tab=history"
    assert "castle" not in text(strange)
