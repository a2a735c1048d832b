"""Forms and pages as the company arranges them, for everybody or for a role; fields renamed and required."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.standard import Done
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.layouts.models import FieldSetting, Layout
from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Done]
LAYOUTS = "/settings/layouts"
CUSTOMERS = f"{LAYOUTS}/customers"
FIELD = f"{CUSTOMERS}/field"
JSON = "application/json"


def text(response: Any) -> str:
    return str(response.content.decode())


def parts_of(page: str) -> list[str]:
    """Read the sections and fields of the page in their order, as it would send them."""
    return re.findall(r'name="item" value="([^"]+)"', page)


def sent_of(browser: Client, role: str = "") -> dict[str, Any]:
    """Read everything that the form of the page would send."""
    page = text(browser.get(CUSTOMERS, {"role": role} if role else {}))
    return form_of(page)


def form_of(page: str) -> dict[str, Any]:
    def checked(name: str) -> list[str]:
        return re.findall(rf'name="{name}" value="([^"]+)" checked', page)

    found: dict[str, Any] = {
        "version": re.findall(r'name="version" value="(\d+)"', page)[0],
        "role": re.findall(r'name="role" value="([^"]*)"', page)[0],
        "item": parts_of(page),
        "beside": checked("beside"),
        "hidden": checked("hidden"),
        "tab": re.findall(r'name="tab" value="([^"]+)"', page),
        "tab_shown": checked("tab_shown"),
        "panel": re.findall(r'name="panel" value="([^"]+)"', page),
        "panel_shown": checked("panel_shown"),
    }
    titles = re.findall(r'name="((?:vi|en):[^"]+)" value="([^"]*)"', page)
    return {**found, **dict(titles)}


def save(browser: Client, **changed: Any) -> Any:
    role = changed.get("role", "")
    return browser.post(CUSTOMERS, {**sent_of(browser, role), **changed, "save": "1"})


def set_field(browser: Client, field: str, **told: Any) -> Any:
    page = text(browser.get(f"{FIELD}?field={field}"))
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    return browser.post(FIELD, {"field": field, "version": version, **told})


def fields_in(page: str) -> list[str]:
    """List the controls of a form in their order."""
    return list(dict.fromkeys(re.findall(r'name="(kind|name|tax_code|industry|note|source|tags)"', page)))


def state() -> tuple[Any, ...]:
    return (
        list(Layout.objects.order_by("pk").values_list("version", "form", "hidden")),
        list(FieldSetting.objects.order_by("pk").values_list("version", "field", "is_required")),
        History.objects.count(),
    )


@pytest.fixture
def admin(browser_of: BrowserOf) -> Client:
    return browser_of("admin")


@pytest.fixture
def seller(browser_of: BrowserOf) -> Client:
    return browser_of("seller")


@pytest.mark.parametrize("who", ["seller", "manager", "director", "outsider"])
def test_is_for_administrators_alone(browser_of: BrowserOf, who: str) -> None:
    browser, before = browser_of(who), state()

    answers = [
        browser.get(LAYOUTS),
        browser.get(CUSTOMERS),
        browser.post(CUSTOMERS, {"version": "0", "item": ["section:a", "field:note"], "save": "1"}),
        browser.get(f"{FIELD}?field=note"),
        browser.post(FIELD, {"field": "note", "version": "0", "is_required": "1"}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert state() == before


def test_shows_the_form_as_it_is_declared_and_every_entity(admin: Client) -> None:
    page = text(admin.get(CUSTOMERS))

    assert f'href="{CUSTOMERS}"' in text(admin.get(LAYOUTS))
    assert parts_of(page)[:4] == ["section:Who it is", "field:kind", "field:honorific", "field:name"]
    assert 'name="hidden" value="name"' not in page  # what a record needs cannot be left off
    assert 'name="hidden" value="note"' in page
    assert admin.get(f"{LAYOUTS}/nothing").status_code == 404


# --- arrange -----------------------------------------------------------------------------------------


def test_an_arranged_form_is_everybodys_at_once(admin: Client, seller: Client) -> None:
    before = fields_in(text(seller.get("/customers/new")))
    items = sent_of(admin)["item"]
    rest = [each for each in items if each not in ("section:Keeping", "field:note")]

    saved = save(admin, item=["section:Keeping", "field:note", *rest], **{"vi:Keeping": "Ghi chú trước"})
    page = text(seller.get("/customers/new"))

    assert saved.status_code == 302
    assert before[0] == "kind"
    assert fields_in(page)[0] == "note"
    assert page.index("Ghi chú trước") < page.index('name="note"')
    assert Layout.objects.get().version == 1
    assert History.objects.filter(root_entity="layouts", verb="layouts.arrange").exists()


def test_a_field_left_off_stands_on_no_form_and_stays_in_lists_and_the_api(
    admin: Client, seller: Client, make_customer: MakeCustomer
) -> None:
    made = make_customer(note="Gọi buổi sáng")

    save(admin, hidden=["note"])
    changed = seller.post(
        f"/customers/{made.id}/edit",
        {"version": made.version, "name": "Công ty Sen", "kind": "ORGANISATION", "note": ""},
    )

    assert 'name="note"' not in text(seller.get("/customers/new"))
    assert "Gọi buổi sáng" not in text(seller.get(f"/customers/{made.id}?tab=info"))
    assert seller.get(f"/api/v1/customers/{made.id}").json()["note"] == "Gọi buổi sáng"
    assert "Gọi buổi sáng" in text(seller.get("/customers?cols=name,note"))
    assert changed.status_code == 302
    assert Party.objects.get(pk=made.id).note == "Gọi buổi sáng"


def test_what_a_record_needs_cannot_be_left_off(admin: Client, seller: Client) -> None:
    before = state()

    refused = save(admin, hidden=["name", "note"])

    assert refused.status_code == 409
    assert "Không bỏ được “Tên”" in text(refused)
    assert 'name="hidden" value="note" checked' in text(refused)
    assert state() == before
    # What becomes required later comes back onto a form that had left it off.
    save(admin, hidden=["tax_code"])
    set_field(admin, "tax_code", is_required="1")
    assert 'name="tax_code"' in text(seller.get("/customers/new"))


def test_every_step_works_without_a_script_and_saves_nothing(admin: Client) -> None:
    sent, before = sent_of(admin), state()

    down = admin.post(CUSTOMERS, {**sent, "down": "field:kind"})
    sections = admin.post(CUSTOMERS, {**sent, "up": "section:How to reach them"})
    added = admin.post(CUSTOMERS, {**sent, "add_section": "1"})
    dropped = admin.post(CUSTOMERS, {**sent, "drop": "section:How to reach them"})
    first_tab = sent["tab"][0]
    tabs = admin.post(CUSTOMERS, {**sent, "down": f"tab:{first_tab}"})

    assert parts_of(text(down))[1:3] == ["field:honorific", "field:kind"]
    assert re.search(r'name="down" value="field:kind"[^>]*autofocus', text(down))
    assert parts_of(text(sections))[0] == "section:How to reach them"
    assert "section:own-1" in parts_of(text(added))
    assert "section:How to reach them" not in parts_of(text(dropped))
    assert set(parts_of(text(dropped))) == set(sent["item"]) - {"section:How to reach them"}
    assert re.findall(r'name="tab" value="([^"]+)"', text(tabs))[1] == first_tab
    assert state() == before


def test_a_preview_shows_the_form_and_saves_nothing(admin: Client) -> None:
    sent, before = sent_of(admin), state()

    preview = text(admin.post(CUSTOMERS, {**sent, "hidden": ["note"], "preview": "1"}))

    assert "Chưa lưu gì." in preview
    assert 'name="industry"' in preview
    assert 'id="f-note"' not in preview
    assert state() == before


def test_a_form_that_somebody_else_arranged_meanwhile_keeps_what_was_done(admin: Client) -> None:
    mine = sent_of(admin)
    save(admin, hidden=["note"])
    before = state()

    clash = admin.post(CUSTOMERS, {**mine, "hidden": ["tags"], "save": "1"})

    assert clash.status_code == 409
    assert "Có người vừa sửa" in text(clash)
    assert 'name="hidden" value="tags" checked' in text(clash)
    assert state() == before
    again = admin.post(CUSTOMERS, {**form_of(text(clash)), "save": "1"})
    assert again.status_code == 302
    assert Layout.objects.get().hidden == ["tags"]


def test_goes_back_to_how_it_first_was(admin: Client, seller: Client) -> None:
    first = fields_in(text(seller.get("/customers/new")))
    save(admin, hidden=["note"])

    reset = admin.post(CUSTOMERS, {**sent_of(admin), "reset": "1"})

    assert reset.status_code == 302
    assert not Layout.objects.exists()
    assert fields_in(text(seller.get("/customers/new"))) == first


def test_a_role_may_have_a_form_of_its_own(admin: Client, seller: Client, browser_of: BrowserOf) -> None:
    save(admin, role="SALES_REP", hidden=["tags"])

    assert 'name="tags"' not in text(seller.get("/customers/new"))
    assert 'name="tags"' in text(browser_of("manager").get("/customers/new"))
    assert admin.get(f"{CUSTOMERS}?role=NO_SUCH").status_code == 404
    admin.post(CUSTOMERS, {**sent_of(admin, "SALES_REP"), "reset": "1"})
    assert 'name="tags"' in text(seller.get("/customers/new"))


def test_tabs_and_panels_stand_as_arranged(
    admin: Client, seller: Client, make_customer: MakeCustomer
) -> None:
    made = make_customer()
    page = text(seller.get(f"/customers/{made.id}?tab=info"))
    assert page.index("?tab=contacts") < page.index("?tab=ties")

    save(admin, tab=["ties", "contacts"], tab_shown=["ties", "contacts"], panel_shown=["contacts"])
    page = text(seller.get(f"/customers/{made.id}?tab=info"))
    assert page.index("?tab=ties") < page.index("?tab=contacts")
    assert "Giai đoạn quan hệ" not in page

    save(admin, tab_shown=["ties"])
    assert "?tab=contacts" not in text(seller.get(f"/customers/{made.id}"))


def test_leaving_off_is_no_right_and_a_right_is_none_of_a_form(admin: Client, seller: Client) -> None:
    save(admin, hidden=["tags"])
    FieldRight.objects.create(
        role=Role.objects.get(code="SALES_REP"), entity="customers", field="note", level="hidden"
    )

    page = text(seller.get("/customers/new"))

    assert 'name="note"' not in page
    assert 'name="tags"' not in page
    assert "/access/roles" in text(admin.get(CUSTOMERS))
    assert Layout.objects.get().hidden == ["tags"]


# --- fields ------------------------------------------------------------------------------------------


def test_renames_and_explains_a_field_in_both_languages(
    admin: Client, seller: Client, cast: Cast, make_customer: MakeCustomer
) -> None:
    made = make_customer(industry="MINING")

    saved = set_field(admin, "industry", label_vi="Chuyên khoa", label_en="Department", help_vi="Khoa khám")

    form = text(seller.get("/customers/new"))
    assert saved.status_code == 302
    assert "Chuyên khoa" in form
    assert "Khoa khám" in form
    assert "Chuyên khoa" in text(seller.get(f"/customers/{made.id}?tab=info"))
    assert "Chuyên khoa" in text(seller.get("/customers"))
    lacks_it = make_customer(name="Phòng khám Hoa Mai")
    assert ">Chuyên khoa</a>" in text(seller.get(f"/customers/{lacks_it.id}"))  # among what is missing
    assert "Chuyên khoa" in text(admin.get("/settings/completeness"))
    user = cast.user("seller")
    type(user).objects.filter(pk=user.pk).update(language="en")
    assert "Department" in text(seller.get("/customers/new"))
    set_field(admin, "industry")
    assert "Department" not in text(seller.get("/customers/new"))


@pytest.mark.parametrize(
    ("told", "sentence"),
    [({"label_vi": "ghi chu"}, "Đã có mục khác tên"), ({"label_vi": "x" * 81}, "Quá dài")],
)
def test_refuses_a_name_that_another_field_has(admin: Client, told: dict[str, str], sentence: str) -> None:
    before = state()

    refused = set_field(admin, "industry", **told)

    assert refused.status_code == 422
    assert sentence in text(refused)
    assert told["label_vi"] in text(refused)
    assert state() == before


def test_a_field_that_another_person_set_meanwhile_is_not_overwritten(admin: Client) -> None:
    set_field(admin, "industry", label_vi="Chuyên khoa")
    before = state()

    clash = admin.post(FIELD, {"field": "industry", "version": "0", "label_vi": "Khoa"})

    assert clash.status_code == 409
    assert state() == before


def test_a_required_field_binds_every_door_and_no_unrelated_edit(
    admin: Client, seller: Client, make_customer: MakeCustomer, cast: Cast
) -> None:
    old, filled = make_customer(), make_customer(name="Mỏ Đá", tax_code="0101243150")
    set_field(admin, "tax_code", is_required="1")
    before = Party.objects.count()

    form = seller.post("/customers/new", {"name": "Công ty Mới", "kind": "ORGANISATION"})
    api = seller.post("/api/v1/customers", {"name": "Mới", "kind": "ORGANISATION"}, content_type=JSON)
    emptied = seller.patch(
        f"/api/v1/customers/{filled.id}", {"tax_code": "", "version": filled.version}, content_type=JSON
    )
    in_place = seller.post(
        f"/customers/{filled.id}/cell/tax_code", {"tax_code": "", "version": filled.version}, headers=HTMX
    )
    for answer in (form, api, emptied, in_place):
        assert answer.status_code == 422
    assert "Mục này bắt buộc" in text(form)
    assert api.json()["errors"][0] == {
        "field": "tax_code",
        "code": "required",
        "message": "Mục này bắt buộc. Hãy điền.",
    }
    assert Party.objects.count() == before
    assert Party.objects.get(pk=filled.id).tax_code == "0101243150"

    unrelated = seller.patch(
        f"/api/v1/customers/{old.id}", {"note": "Gọi lại", "version": old.version}, content_type=JSON
    )
    whole_form = seller.post(
        f"/customers/{old.id}/edit",
        {"version": old.version + 1, "name": "Hoa Sen", "kind": "ORGANISATION", "tax_code": ""},
    )
    assert (unrelated.status_code, whole_form.status_code) == (200, 302)


def test_a_required_field_is_asked_only_of_who_may_set_it(admin: Client, seller: Client) -> None:
    set_field(admin, "note", is_required="1")
    FieldRight.objects.create(
        role=Role.objects.get(code="SALES_REP"), entity="customers", field="note", level="hidden"
    )

    made = seller.post("/api/v1/customers", {"name": "Mới", "kind": "ORGANISATION"}, content_type=JSON)

    assert made.status_code == 201


def test_a_dialog_that_asks_for_less_makes_a_contact_without_what_forms_require(
    admin: Client, seller: Client, make_customer: MakeCustomer
) -> None:
    firm = make_customer()
    page = text(admin.get(f"{LAYOUTS}/contacts/field?field=born_on"))
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    admin.post(f"{LAYOUTS}/contacts/field", {"field": "born_on", "version": version, "is_required": "1"})

    added = seller.post(
        f"/api/v1/customers/{firm.id}/add_contact", {"name": "Nguyễn Văn An"}, content_type=JSON
    )
    alone = seller.post("/api/v1/contacts", {"name": "Nguyễn Văn Bình"}, content_type=JSON)

    assert added.status_code in (200, 201)
    assert alone.status_code == 422


def test_a_field_of_the_companys_own_stands_at_the_end_until_it_is_moved(
    admin: Client, seller: Client, make_field: MakeField
) -> None:
    made = make_field("size", label="Cỡ áo")
    sent = sent_of(admin)

    assert sent["item"][-1] == "field:custom_size"
    assert f'href="/settings/fields/{made.pk}"' in text(admin.get(CUSTOMERS))
    assert admin.get(f"{FIELD}?field=custom_size").status_code == 404
    rest = [each for each in sent["item"] if each not in ("field:custom_size", sent["item"][-2])]
    save(admin, item=[rest[0], "field:custom_size", *rest[1:]])
    form = text(seller.get("/customers/new"))
    assert form.index('name="custom_size"') < form.index('name="kind"')
    assert [each for each in parts_of(text(admin.get(CUSTOMERS))) if each == "field:custom_size"]


def test_costs_a_page_no_query_more(admin: Client, seller: Client, make_customer: MakeCustomer) -> None:
    made = make_customer()
    seller.get(f"/customers/{made.id}")
    with CaptureQueriesContext(connection) as before:
        seller.get(f"/customers/{made.id}")

    save(admin, hidden=["tags"])
    set_field(admin, "industry", label_vi="Chuyên khoa")
    seller.get(f"/customers/{made.id}")
    with CaptureQueriesContext(connection) as after:
        seller.get(f"/customers/{made.id}")

    assert len(after) == len(before)
