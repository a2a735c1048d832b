"""One step for the selected rows of a list, or for all that it shows: with and without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client

from duyen.entities.bulk import running
from duyen.entities.registry import entity_named
from duyen.entities.standard import change
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
MakeCustomers = Callable[..., Sequence[int]]
FROM_LIST = {**HTMX, "HX-Current-URL": "http://testserver/customers"}


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 2)


def text(response: Any) -> str:
    return str(response.content.decode())


def hidden(response: Any) -> dict[str, str]:
    """Read what a form sends back unseen."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text(response))
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def chosen(ids: Sequence[int], version: int = 1) -> list[str]:
    return [f"{each}.{version}" for each in ids]


def test_counts_first_and_then_gives_the_rows_to_another_owner(
    browser_of: BrowserOf, make_customers: MakeCustomers, cast: Cast
) -> None:
    ids, heir = make_customers(3), cast.users["colleague"].pk
    manager = browser_of("manager")

    asked = manager.post("/customers/bulk", {"verb": "hand_over", "ids": chosen(ids[:2])}, headers=FROM_LIST)
    done = manager.post("/customers/bulk", hidden(asked) | {"owner": heir}, headers=FROM_LIST)

    assert "Áp dụng cho 2 khách hàng" in text(asked)
    assert 'name="owner"' in text(asked)
    assert done["HX-Retarget"] == "#list"
    assert text(done).strip().startswith('<div class="list-page')
    told = json.loads(done["HX-Trigger"])
    assert told["toast"]["text"] == "Đã sửa 2 bản ghi."
    assert set(told) == {"toast", "close-dialog"}
    assert Party.objects.filter(owner_id=heir).count() == 2

    manager.post(told["toast"]["undo"])
    assert not Party.objects.filter(owner_id=heir).exists()


def test_works_as_plain_forms(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    ids, seller = make_customers(2), browser_of("seller")

    page = seller.post("/customers/bulk?sort=-name", {"verb": "change", "ids": chosen(ids)})
    with_field = seller.post("/customers/bulk?sort=-name", hidden(page) | {"take": "", "field": "industry"})
    done = seller.post(
        "/customers/bulk?sort=-name",
        hidden(with_field) | {"field": "industry", "industry": "TRADE"},
        follow=True,
    )

    assert "<html" in text(page)
    assert 'name="industry"' in text(with_field)
    assert done.redirect_chain == [("/customers?sort=-name", 302)]
    assert "Đã sửa 2 bản ghi." in text(done)
    assert Party.objects.filter(industry="TRADE").count() == 2


def test_adds_tags_to_those_that_are_there(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    ids, seller = make_customers(2), browser_of("seller")
    given = {"verb": "tag", "ids": chosen(ids)}
    asked = seller.post("/customers/bulk", given, headers=FROM_LIST)

    seller.post("/customers/bulk", hidden(asked) | {"tags": "vip, tết", "mode": "add"}, headers=FROM_LIST)
    again = seller.post("/customers/bulk", {"verb": "tag", "ids": chosen(ids, 2)}, headers=FROM_LIST)
    seller.post("/customers/bulk", hidden(again) | {"tags": "vip", "mode": "remove"}, headers=FROM_LIST)

    assert [row.tags for row in Party.objects.all()] == [["tết"], ["tết"]]


def test_deletes_the_selected_at_once_and_all_in_a_filter_after_a_question(
    browser_of: BrowserOf, make_customers: MakeCustomers
) -> None:
    ids, seller = make_customers(3), browser_of("seller")

    deleted = seller.post("/customers/bulk", {"verb": "delete", "ids": chosen(ids[:1])}, headers=FROM_LIST)
    asked = seller.post("/customers/bulk", {"verb": "delete", "all": "1"}, headers=FROM_LIST)

    assert deleted["HX-Retarget"] == "#list"
    assert "Áp dụng cho 2 khách hàng" in text(asked)
    assert Party.objects.filter(deleted_at=None).count() == 2
    restored = seller.post("/customers/bulk?bin=1", {"verb": "restore", "ids": chosen(ids[:1], 2)})
    assert restored.status_code == 302
    assert Party.objects.filter(deleted_at=None).count() == 3


def test_takes_a_command_and_names_the_rows_whose_state_does_not_allow_it(
    browser_of: BrowserOf, make_customers: MakeCustomers
) -> None:
    ids, seller = make_customers(2), browser_of("seller")
    first = seller.post("/customers/bulk", {"verb": "start", "ids": chosen(ids[:1])}, headers=FROM_LIST)
    seller.post("/customers/bulk", hidden(first) | {"note": "ký rồi"}, headers=FROM_LIST)

    both = seller.post("/customers/bulk", {"verb": "start", "ids": chosen(ids)}, headers=FROM_LIST)
    assert "Bước này không hoàn tác được" in text(both)
    result = seller.post("/customers/bulk", hidden(both) | {"note": "ký nữa"}, headers=FROM_LIST)

    assert (result.status_code, result["HX-Retarget"]) == (200, "#dlg")
    assert "Khách hàng 000" in text(result)
    assert "Đã sửa 1 bản ghi. 1 bị từ chối." in text(result)
    assert "/_undo/" not in text(result)  # a command is taken back by another command
    assert set(Party.objects.values_list("relationship_state", flat=True)) == {"ONBOARDING"}


def test_names_rows_that_somebody_else_changed_meanwhile(
    browser_of: BrowserOf, make_customers: MakeCustomers, cast: Cast
) -> None:
    ids, seller = make_customers(2), browser_of("seller")
    values = {"industry": "CONSTRUCTION"}
    change(entity_named("customers"), ids[0], actor=cast.actor("teller"), values=values, version=1)

    given = {"verb": "change", "field": "industry", "ids": chosen(ids), "take": "1", "industry": "TRADE"}
    result = seller.post("/customers/bulk", given, headers=FROM_LIST)

    assert "Trần Quốc Bảo" in text(result)
    industries = {row.pk: row.industry for row in Party.objects.all()}
    assert industries == {ids[0]: "CONSTRUCTION", ids[1]: "TRADE"}


def test_writes_once_what_was_sent_twice(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    ids, seller = make_customers(2), browser_of("seller")
    asked = seller.post("/customers/bulk", {"verb": "tag", "ids": chosen(ids)}, headers=FROM_LIST)
    given = hidden(asked) | {"tags": "vip", "mode": "add"}

    first, second = (seller.post("/customers/bulk", given, headers=FROM_LIST) for _ in range(2))

    assert json.loads(first["HX-Trigger"])["toast"] == json.loads(second["HX-Trigger"])["toast"]
    assert History.objects.filter(kind="U").count() == 2


@pytest.mark.usefixtures("few_at_once")
def test_leaves_all_in_a_filter_to_a_job_that_shows_how_far_it_is(
    browser_of: BrowserOf, make_customers: MakeCustomers
) -> None:
    make_customers(5)
    make_customers(2, who="outsider")
    seller = browser_of("seller")

    asked = seller.post("/customers/bulk?kind.in=INDIVIDUAL", {"verb": "tag", "all": "1"}, headers=FROM_LIST)
    begun = seller.post(
        "/customers/bulk?kind.in=INDIVIDUAL",
        hidden(asked) | {"tags": "vip", "mode": "add"},
        headers=FROM_LIST,
    )
    job = Job.objects.get()
    running_card = seller.get(f"/jobs/{job.pk}", headers={**HTMX, "HX-Target": f"job-toast-{job.pk}"})
    work(job.pk)
    over = seller.get(f"/jobs/{job.pk}", headers={**HTMX, "HX-Target": f"job-toast-{job.pk}"})
    whole = seller.get(f"/jobs/{job.pk}")

    assert "Áp dụng cho 5 khách hàng" in text(asked)
    assert "chạy nền, bạn thấy được tiến độ và hoàn tác được" in text(asked)
    assert "không hoàn tác được" not in text(asked)
    assert (begun["HX-Retarget"], begun["HX-Reswap"]) == ("#toasts", "beforeend")
    assert 'hx-trigger="every 2s"' in text(running_card)
    assert 'hx-trigger="every 2s"' not in text(over)
    assert "list-changed" in over["HX-Trigger"]
    assert "Đã sửa" in text(whole)
    assert f"/_undo/{job.arguments['operation']}" in text(whole)
    assert Party.objects.filter(tags=["vip"]).count() == 5


@pytest.mark.usefixtures("few_at_once")
def test_promises_no_undo_of_a_command_for_many(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    make_customers(5)

    asked = browser_of("seller").post("/customers/bulk", {"verb": "start", "all": "1"}, headers=FROM_LIST)

    assert "việc chạy nền và bạn thấy được tiến độ." in text(asked)
    assert "Bước này không hoàn tác được" in text(asked)


@pytest.mark.usefixtures("few_at_once")
def test_undoes_a_job_by_another_one(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    make_customers(5)
    seller = browser_of("seller")
    begun = seller.post("/customers/bulk", {"verb": "delete", "all": "1", "take": "1"})
    job = Job.objects.get()
    work(job.pk)
    assert begun["Location"] == f"/jobs/{job.pk}"
    assert not Party.objects.filter(deleted_at=None).exists()

    undone = seller.post(f"/_undo/{job.arguments['operation']}", {"back": "/customers"})
    undoing = Job.objects.exclude(pk=job.pk).get()
    work(undoing.pk)

    assert undone["Location"] == f"/jobs/{undoing.pk}"
    assert Party.objects.filter(deleted_at=None).count() == 5


@pytest.mark.usefixtures("few_at_once")
def test_stops_a_job_and_keeps_it_to_whoever_asked(
    browser_of: BrowserOf, make_customers: MakeCustomers
) -> None:
    make_customers(5)
    seller = browser_of("seller")
    seller.post("/customers/bulk", {"verb": "delete", "all": "1", "take": "1"})
    job = Job.objects.get()

    assert browser_of("manager").get(f"/jobs/{job.pk}").status_code == 404
    assert browser_of("manager").post(f"/jobs/{job.pk}/cancel").status_code == 404
    assert seller.get(f"/jobs/{job.pk}/cancel").status_code == 404
    stopped = seller.post(f"/jobs/{job.pk}/cancel")
    work(job.pk)

    job.refresh_from_db()
    assert (stopped.status_code, job.state) == (302, JobState.CANCELLED)
    assert Party.objects.filter(deleted_at=None).count() == 5
    assert "Đã dừng" in text(seller.get("/jobs"))


@pytest.mark.usefixtures("few_at_once")
def test_gives_the_refused_rows_as_a_file(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    make_customers(5)
    agent = browser_of("care_agent")
    seller = browser_of("seller")
    seller.post("/customers/bulk", {"verb": "start", "all": "1", "take": "1", "note": "ký"})
    first = Job.objects.get()
    work(first.pk)
    seller.post("/customers/bulk", {"verb": "start", "all": "1", "take": "1", "note": "ký"})
    job = Job.objects.exclude(pk=first.pk).get()
    work(job.pk)

    page, file = seller.get(f"/jobs/{job.pk}"), seller.get(f"/jobs/{job.pk}/rejected")

    assert "giai đoạn của bản ghi không cho phép" in text(page)
    assert "/_undo/" not in text(seller.get(f"/jobs/{first.pk}"))
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 6
    assert "Khách hàng 000" in lines[1]
    assert agent.get(f"/jobs/{job.pk}/rejected").status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"verb": "tag"}, 409),
        ({"verb": "tag", "ids": "x.1"}, 400),
        ({"verb": "fly", "ids": "1.1"}, 404),
        ({"verb": "hand_over", "ids": "1.1"}, 403),
        ({"verb": "change", "ids": "1.1", "take": "1"}, 422),
        ({"verb": "change", "ids": "1.1", "take": "1", "field": "relationship_state"}, 422),
        ({"verb": "change", "ids": "1.1", "take": "1", "field": "industry", "industry": "MOON"}, 422),
    ],
)
def test_refuses_what_makes_no_sense_and_changes_nothing(
    browser_of: BrowserOf, make_customers: MakeCustomers, given: dict[str, str], status: int
) -> None:
    make_customers(1)
    before = History.objects.count()

    response = browser_of("seller").post("/customers/bulk", given)

    assert response.status_code == status, text(response)
    assert (History.objects.count(), Job.objects.count()) == (before, 0)


def test_says_of_nobody_that_she_was_faster_where_nothing_was_chosen(browser_of: BrowserOf) -> None:
    shown = text(browser_of("seller").post("/customers/bulk", {"verb": "tag"}))

    assert "Chưa chọn dòng nào." in shown
    assert "Có người vừa sửa trước bạn" not in shown


def test_offers_only_what_the_reader_may_do(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    make_customers(1)

    def offered(who: str, address: str = "/customers") -> set[str]:
        return set(re.findall(r'name="verb" value="(\w+)"', text(browser_of(who).get(address))))

    assert {"change", "tag", "delete", "start"} <= offered("seller")
    assert "hand_over" not in offered("seller")
    assert "hand_over" in offered("manager")
    assert {"delete", "hand_over"} & offered("teller") == set()
    assert offered("director", "/users") == set()
    assert "type=checkbox" not in text(browser_of("director").get("/users"))


def test_offers_in_the_bin_to_restore_alone(browser_of: BrowserOf, make_customers: MakeCustomers) -> None:
    ids, seller = make_customers(2), browser_of("seller")
    seller.post("/customers/bulk", {"verb": "delete", "ids": chosen(ids[:1])})

    page = text(seller.get("/customers?bin=1"))

    assert set(re.findall(r'name="verb" value="(\w+)"', page)) == {"restore"}


def test_tags_one_row_from_its_menu_and_updates_it_in_place(
    browser_of: BrowserOf, make_customers: MakeCustomers
) -> None:
    (record,) = make_customers(1)
    seller = browser_of("seller")

    menu = text(seller.get(f"/customers/{record}/menu", headers=FROM_LIST))
    form = seller.get(f"/customers/{record}/start?from=row", headers=FROM_LIST)
    done = seller.post(f"/customers/{record}/start?from=row", {"note": "ký"}, headers=FROM_LIST)
    gone = seller.post(f"/customers/{record}/delete?from=row", headers=FROM_LIST)

    assert f"/customers/bulk?verb=tag&amp;ids={record}.1" in menu
    assert f"/customers/{record}/start?from=row" in menu
    assert f'data-copy-link="/customers/{record}"' in menu
    assert f"/customers/{record}/start?from=row" in text(form)
    assert (done["HX-Retarget"], done["HX-Reswap"]) == (f"#row-{record}", "outerHTML")
    assert "Khách mới" in text(done)
    assert set(json.loads(done["HX-Trigger"])) == {"toast", "close-dialog", "recount"}
    assert gone["HX-Reswap"] == "delete"
    assert Party.objects.exclude(deleted_at=None).count() == 1
