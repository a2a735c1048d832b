"""Lists of choices: what an administrator changes is at once what everybody chooses from, at every door."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, change
from duyen.foundation.audit.models import History
from duyen.foundation.choices.models import ChoiceItem, ChoiceList
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.parties.choices import INDUSTRIES, TAGS
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Done]
LISTS = "/settings/choices"
INDUSTRY = f"{LISTS}/industries"


def text(response: Any) -> str:
    return str(response.content.decode())


def version(name: str = "industries") -> int:
    return next(iter(ChoiceList.objects.filter(name=name).values_list("version", flat=True)), 0)


def send(browser: Client, address: str, name: str = "industries", **sent: Any) -> Any:
    return browser.post(address, {"version": version(name), **sent})


def add(browser: Client, vi: str, en: str = "", **more: Any) -> Any:
    return send(browser, INDUSTRY, add="1", vi=vi, en=en, **more)


def state() -> tuple[list[Any], int]:
    """What a refusal must leave as it was: the lists, their items, and the trail."""
    kept: list[Any] = [*ChoiceList.objects.order_by("pk").values_list("name", "version", "takes_free_words")]
    kept += ChoiceItem.objects.order_by("pk").values_list("code", "label_vi", "is_retired", "merged_into")
    return kept, History.objects.count()


@pytest.fixture
def admin(browser_of: BrowserOf) -> Client:
    return browser_of("admin")


@pytest.fixture
def seller(browser_of: BrowserOf) -> Client:
    return browser_of("seller")


# --- who ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["seller", "manager", "director", "outsider"])
def test_is_for_administrators_alone(browser_of: BrowserOf, who: str) -> None:
    browser, before = browser_of(who), state()

    answers = [
        browser.get(LISTS),
        browser.get(INDUSTRY),
        add(browser, "Đóng tàu"),
        browser.get(f"{INDUSTRY}/item?code=MINING"),
        send(browser, f"{INDUSTRY}/item", code="MINING", retire="1"),
        send(browser, f"{INDUSTRY}/merge", code="MINING", into="ENERGY"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert state() == before
    assert not Job.objects.exists()


def test_shows_every_list_with_the_fields_that_use_it(admin: Client) -> None:
    page = text(admin.get(LISTS))

    assert "Ngành nghề" in page
    assert "Khách hàng · Ngành" in page
    assert f'href="{INDUSTRY}"' in page
    assert 'href="/settings/choices"' in text(admin.get("/"))


# --- add, rename, colour -------------------------------------------------------------------------------


def test_an_added_item_is_at_once_in_forms_filters_files_and_the_api(
    admin: Client, seller: Client, make_customer: MakeCustomer, cast: Cast
) -> None:
    added = add(admin, "Đóng tàu", "Shipbuilding", tone="teal")

    assert added.status_code == 302
    assert "Đóng tàu" in text(admin.get(INDUSTRY))
    assert '<option value="DONG_TAU">Đóng tàu</option>' in text(seller.get("/customers/new"))
    made = make_customer(industry="DONG_TAU")
    assert "Đóng tàu" in text(seller.get(f"/customers/{made.id}?tab=info"))
    assert seller.get(f"/api/v1/customers/{made.id}").json()["industry"] == "DONG_TAU"
    found = seller.get("/api/v1/customers", {"filter": json.dumps(["industry", "eq", "DONG_TAU"])})
    assert [each["id"] for each in found.json()["items"]] == [made.id]
    assert "Công ty TNHH Hoa Sen" in text(seller.get("/customers?industry=DONG_TAU"))
    assert 'value="DONG_TAU"' in text(seller.get("/customers/filter?field=industry"))


def test_programs_read_what_can_be_chosen(admin: Client, seller: Client) -> None:
    add(admin, "Đóng tàu", "Shipbuilding", tone="teal")
    send(admin, f"{INDUSTRY}/item", code="MINING", retire="1")
    send(admin, f"{INDUSTRY}/merge", code="WATER", into="ENERGY")

    told = seller.get("/api/v1/choices/industries").json()
    every = seller.get("/api/v1/choices").json()["items"]

    items = {each["code"]: each for each in told["items"]}
    assert told["fields"] == ["customers.industry", "leads.industry"]
    assert items["DONG_TAU"] == {
        "code": "DONG_TAU",
        "label": "Đóng tàu",
        "labels": {"vi": "Đóng tàu", "en": "Shipbuilding"},
        "tone": "teal",
        "is_retired": False,
        "stands_for": [],
    }
    assert items["MINING"]["is_retired"] is True
    assert items["ENERGY"]["stands_for"] == ["WATER"]
    assert "WATER" not in items
    assert told in every
    assert seller.get("/api/v1/choices/nothing").status_code == 404
    assert Client().get("/api/v1/choices").status_code == 401


def test_speaks_the_readers_language(admin: Client, seller: Client, cast: Cast) -> None:
    add(admin, "Đóng tàu", "Shipbuilding")
    add(admin, "Du thuyền")

    user = cast.user("seller")
    type(user).objects.filter(pk=user.pk).update(language="en")
    page = text(seller.get("/customers/new"))

    assert "Shipbuilding" in page
    assert "Đóng tàu" not in page
    assert "Du thuyền" in page


def test_renames_and_colours_an_item_and_puts_its_first_name_back(admin: Client, seller: Client) -> None:
    form = f"{INDUSTRY}/item"

    renamed = send(admin, form, code="MINING", vi="Mỏ và khoáng sản", en="", tone="red")
    in_form = text(seller.get("/customers/new"))
    send(admin, form, code="MINING", vi="", en="", tone="")

    assert renamed.status_code == 302
    assert '<option value="MINING">Mỏ và khoáng sản</option>' in in_form
    assert "Mỏ và khoáng sản" not in text(seller.get("/customers/new"))
    verbs = set(History.objects.filter(root_entity="choice_lists").values_list("verb", flat=True))
    assert verbs == {"choices.change"}


def test_a_file_may_go_on_writing_the_name_of_before(admin: Client) -> None:
    before = str(INDUSTRIES.held().by_code["MINING"].label)
    send(admin, f"{INDUSTRY}/item", code="MINING", vi="Mỏ và khoáng sản")

    page = admin.get(f"{INDUSTRY}/item?code=MINING")

    assert f'placeholder="{before}"' in text(page)
    from duyen.foundation.fields.versions import pin

    pin()
    assert before in INDUSTRIES.held().by_code["MINING"].words


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"vi": "  "}, "bắt buộc"),
        ({"vi": "khai khoang"}, "đã có"),
        ({"vi": "Đóng tàu", "en": "mining"}, "đã có"),
        ({"vi": "x" * 121}, "Quá dài"),
        ({"vi": "Đóng tàu", "tone": "pink"}, "màu"),
    ],
)
def test_refuses_a_bad_item_and_keeps_what_was_typed(
    admin: Client, sent: dict[str, str], sentence: str
) -> None:
    before = state()

    answer = add(admin, **sent)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert f'value="{sent["vi"]}"' in text(answer)
    assert state() == before


def test_holds_no_more_than_five_hundred_items(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duyen.entities.choices.changing.MOST_ITEMS", len(INDUSTRIES.declared))
    before = state()

    answer = add(admin, "Đóng tàu")

    assert answer.status_code == 409
    assert "nhiều nhất" in text(answer)
    assert state() == before


def test_refuses_a_change_of_a_list_that_somebody_else_changed_meanwhile(admin: Client) -> None:
    seen = version()
    add(admin, "Đóng tàu")
    before = state()

    answer = admin.post(INDUSTRY, {"version": seen, "add": "1", "vi": "Du thuyền"})

    assert answer.status_code == 409
    assert "vừa sửa danh sách này" in text(answer)
    assert 'value="Du thuyền"' in text(answer)
    assert state() == before


# --- order -------------------------------------------------------------------------------------------


def test_orders_items_and_moves_one_without_a_script(admin: Client, seller: Client) -> None:
    first, second, third, *_rest = INDUSTRIES.declared

    send(admin, INDUSTRY, sort="1", order=[second, first])
    send(admin, INDUSTRY, down=second)
    form = text(seller.get("/customers/new"))

    places = [form.index(f'<option value="{code}">') for code in (first, second, third)]
    assert places == sorted(places)
    send(admin, INDUSTRY, up=third)
    form = text(seller.get("/customers/new"))
    places = [form.index(f'<option value="{code}">') for code in (first, third, second)]
    assert places == sorted(places)


# --- retire ------------------------------------------------------------------------------------------


def test_a_retired_item_stays_where_it_is_and_nobody_else_gets_it(
    admin: Client, seller: Client, make_customer: MakeCustomer, cast: Cast
) -> None:
    customers, actor = entity_named("customers"), cast.actor("seller")
    kept, other = make_customer(industry="MINING"), make_customer(name="Công ty Sen Vàng")

    send(admin, f"{INDUSTRY}/item", code="MINING", retire="1")

    assert "Khai khoáng" in text(seller.get(f"/customers/{kept.id}?tab=info"))
    assert 'value="MINING"' not in text(seller.get("/customers/new"))
    assert 'value="MINING" selected' in text(seller.get(f"/customers/{kept.id}/edit"))
    assert 'value="MINING"' in text(seller.get("/customers/filter?field=industry"))
    both = {"industry": "MINING", "note": "Gọi lại"}
    change(customers, kept.id, actor=actor, values=both, version=kept.version)  # an unrelated edit
    for answer in (
        seller.patch(
            f"/api/v1/customers/{other.id}",
            {"industry": "MINING", "version": other.version},
            content_type="application/json",
        ),
        seller.post(
            "/api/v1/customers",
            {"name": "Công ty Mới", "kind": "ORGANISATION", "industry": "MINING"},
            content_type="application/json",
        ),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "retired_choice"
    assert Party.objects.get(pk=other.id).industry == ""

    send(admin, f"{INDUSTRY}/item", code="MINING", bring_back="1")
    assert make_customer(industry="MINING").id


def test_what_the_product_works_with_is_renamed_and_never_retired(admin: Client, seller: Client) -> None:
    kinds = f"{LISTS}/party_kinds"

    renamed = send(admin, f"{kinds}/item", "party_kinds", code="INDIVIDUAL", vi="Bệnh nhân")
    before = state()
    refused = [
        send(admin, f"{kinds}/item", "party_kinds", code="INDIVIDUAL", retire="1"),
        send(admin, kinds, "party_kinds", add="1", vi="Bác sĩ"),
        send(admin, f"{INDUSTRY}/../sources/item", "sources", code="OTHER", retire="1"),
        send(admin, f"{LISTS}/sources/item", "sources", code="OTHER", retire="1"),
    ]

    assert renamed.status_code == 302
    assert "Bệnh nhân" in text(seller.get("/customers/new"))
    assert [answer.status_code for answer in refused] == [409, 409, 404, 409]
    assert state()[0] == before[0]
    assert admin.get(f"{kinds}/merge?code=INDIVIDUAL").status_code == 404


def test_the_last_item_of_a_list_stays(admin: Client) -> None:
    for code in ("MICRO", "SMALL", "MEDIUM"):
        send(admin, f"{LISTS}/size_bands/item", "size_bands", code=code, retire="1")
    before = state()

    answer = send(admin, f"{LISTS}/size_bands/item", "size_bands", code="LARGE", retire="1")

    assert answer.status_code == 409
    assert state()[0] == before[0]


# --- merge -------------------------------------------------------------------------------------------


def test_merges_an_item_at_once_and_rewrites_its_rows_in_the_background(
    admin: Client, seller: Client, make_customer: MakeCustomer, cast: Cast
) -> None:
    miners = [make_customer(name=f"Mỏ số {number}", industry="MINING") for number in range(3)]
    preview = text(admin.get(f"{INDUSTRY}/merge?code=MINING"))

    merged = send(admin, f"{INDUSTRY}/merge", code="MINING", into="ENERGY")

    job = Job.objects.get(kind="merge_choices")
    assert "<dd>3</dd>" in preview
    assert merged.headers["Location"] == f"/jobs/{job.pk}"
    # Before the worker has touched a row, both are one.
    assert Party.objects.filter(industry="MINING").count() == 3
    assert seller.get(f"/api/v1/customers/{miners[0].id}").json()["industry"] == "ENERGY"
    for code in ("MINING", "ENERGY"):
        found = seller.get("/api/v1/customers", {"filter": json.dumps(["industry", "eq", code])})
        assert len(found.json()["items"]) == 3

    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.result["changed"]) == ("done", 3, 3)
    assert set(Party.objects.values_list("industry", "version")) == {("ENERGY", 2)}
    entry = History.objects.filter(verb="choices.rewrite").order_by("pk")[0]
    assert (entry.actor_id, entry.on_behalf_of) == (None, cast.users["admin"].pk)
    assert entry.changes == {"industry": ["MINING", "ENERGY"]}
    history = text(seller.get(f"/customers/{miners[0].id}?tab=history"))
    assert "Gộp trong danh sách lựa chọn" in history
    assert "Khai khoáng" in history
    assert make_customer(name="Mỏ cũ", industry="MINING").id
    assert not Party.objects.filter(industry="MINING").exists()


def test_a_merge_broken_off_goes_on_where_it_stopped(
    admin: Client, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        make_customer(name=f"Mỏ số {number}", industry="MINING")
    monkeypatch.setattr("duyen.entities.choices.merging.CHUNK", 2)
    send(admin, f"{INDUSTRY}/merge", code="MINING", into="ENERGY")
    job = Job.objects.get(kind="merge_choices")
    from duyen.foundation.jobs.running import Run

    saved, calls = Run.save, []

    def break_off(run: Run, **columns: Any) -> None:
        calls.append(columns)
        if len(calls) == 2:
            raise KeyboardInterrupt
        saved(run, **columns)

    monkeypatch.setattr(Run, "save", break_off)
    with pytest.raises(KeyboardInterrupt):
        work(job.pk)
    assert Party.objects.filter(industry="MINING").count() == 3

    monkeypatch.setattr(Run, "save", saved)
    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 5)
    assert not Party.objects.filter(industry="MINING").exists()
    assert set(Party.objects.values_list("version", flat=True)) == {2}


@pytest.mark.parametrize(
    ("code", "into", "status"), [("MINING", "MINING", 422), ("MINING", "NO", 422), ("NO", "MINING", 404)]
)
def test_refuses_a_merge_into_nothing(admin: Client, code: str, into: str, status: int) -> None:
    before = state()

    answer = send(admin, f"{INDUSTRY}/merge", code=code, into=into)

    assert answer.status_code == status
    assert state() == before
    assert not Job.objects.exists()


# --- words -------------------------------------------------------------------------------------------


def words(browser: Client, step: str = "", **sent: Any) -> Any:
    return send(browser, f"{LISTS}/party_tags{step}", "party_tags", **sent)


def test_gathers_colours_renames_and_merges_words(
    admin: Client, seller: Client, make_customer: MakeCustomer
) -> None:
    first = make_customer(tags=["vip", "hà nội"])
    second = make_customer(name="Sen Vàng", tags=["VIP", "vip"])

    gathered = words(admin, gather="1")
    coloured = words(admin, "/item", code="vip", vi="vip", tone="amber")
    page = text(seller.get(f"/customers/{first.id}?tab=info"))
    words(admin, "/merge", code="VIP", into="vip")
    words(admin, "/item", code="vip", vi="khách quý", tone="amber")
    for job in Job.objects.order_by("pk"):
        work(job.pk)

    assert (gathered.status_code, coloured.status_code) == (302, 302)
    assert '<span class="badge round" data-tone="amber">vip</span>' in page
    assert Party.objects.get(pk=first.id).tags == ["khách quý", "hà nội"]
    assert Party.objects.get(pk=second.id).tags == ["khách quý"]
    shown = text(seller.get(f"/customers/{first.id}?tab=info"))
    assert '<span class="badge round" data-tone="amber">khách quý</span>' in shown
    third = make_customer(name="Sen Bạc", tags="vip, mới")
    assert Party.objects.get(pk=third.id).tags == ["khách quý", "mới"]


def test_only_words_of_a_closed_list_can_be_given_and_old_ones_stay(
    admin: Client, seller: Client, make_customer: MakeCustomer, cast: Cast
) -> None:
    kept = make_customer(tags=["cũ"])
    words(admin, add="1", vi="vip")
    words(admin, close="1")

    address, kind = f"/api/v1/customers/{kept.id}", "application/json"
    unrelated = seller.patch(address, {"tags": ["cũ", "vip"], "version": 1}, content_type=kind)
    refused = seller.patch(address, {"tags": ["cũ", "lạ"], "version": 2}, content_type=kind)

    assert unrelated.status_code == 200
    assert refused.status_code == 422
    assert "vip" in refused.json()["errors"][0]["message"]
    assert Party.objects.get(pk=kept.id).tags == ["cũ", "vip"]
    words(admin, open="1")
    assert seller.patch(address, {"tags": ["lạ"], "version": 2}, content_type=kind).status_code == 200
    assert TAGS.name == "party_tags"


def test_costs_a_page_no_query_more(
    admin: Client, seller: Client, make_customer: MakeCustomer, django_assert_num_queries: Any
) -> None:
    make_customer(industry="MINING")
    add(admin, "Đóng tàu")
    seller.get("/customers")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as after:
        seller.get("/customers/new")

    assert not [each for each in after.captured_queries if "choices_" in each["sql"]]
