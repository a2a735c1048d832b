"""An administrator defines fields in the browser; what uses one is told before it goes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from duyen.entities.custom.older_links import index_older_links
from duyen.entities.models import CompanyIndex
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import CustomField
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.test_forms import as_sent, text
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Client]


def _define(client: Client, kind: str, **given: object) -> CustomField:
    address = "/settings/fields/customers/new"
    sent = as_sent(text(client.get(f"{address}?kind={kind}"))) | given
    answer = client.post(address, sent)
    assert answer.status_code == 302, text(answer)
    return CustomField.objects.get(pk=int(answer["Location"].rpartition("/")[2]))


def test_a_new_field_is_there_at_once_for_everybody(browser_of: BrowserOf) -> None:
    admin, seller = browser_of("admin"), browser_of("seller")
    assert "Số máy may" not in text(seller.get("/customers/new"))

    made = _define(admin, "whole", label="Số máy may", help="Máy đang chạy", least="1")

    assert (made.key, made.limits, made.version) == ("so_may_may", {"least": 1}, 1)
    page = text(seller.get("/customers/new"))
    assert "Số máy may" in page
    assert "Máy đang chạy" in page
    assert "Số máy may" in text(seller.get("/customers/columns"))
    entry = History.objects.filter(root_entity="custom_fields").latest("id")
    assert (entry.verb, entry.actor_name) == ("custom_fields.create", "Bùi Anh Tú")


def test_options_get_codes_and_one_is_retired(
    browser_of: BrowserOf, make_customer: Callable[..., object]
) -> None:
    admin = browser_of("admin")
    made = _define(admin, "choice", label="Chất vải", new_options="Lụa\nLanh\n\n  Đũi ", default="lanh")

    assert [each["code"] for each in made.options] == ["lua", "lanh", "dui"]
    assert made.default == "lanh"
    page = text(admin.get(f"/settings/fields/{made.pk}"))
    sent = as_sent(page) | {"option_label": ["Lụa tơ tằm", "Lanh", "Đũi"], "option_retired": ["dui"]}
    assert admin.post(f"/settings/fields/{made.pk}", sent | {"new_options": "Nhung"}).status_code == 302
    made.refresh_from_db()
    assert made.options == [
        {"code": "lua", "label": "Lụa tơ tằm"},
        {"code": "lanh", "label": "Lanh"},
        {"code": "dui", "label": "Đũi", "is_retired": True},
        {"code": "nhung", "label": "Nhung"},
    ]
    form = text(browser_of("seller").get("/customers/new"))
    assert "Lụa tơ tằm" in form
    assert "Đũi" not in form


def test_a_default_of_several_choices_stays_as_typed_when_something_else_is_wrong(
    browser_of: BrowserOf,
) -> None:
    admin = browser_of("admin")
    made = _define(admin, "choices", label="Nước", new_options="Nhật\nĐức", default="Nhật, Đức")
    address = f"/settings/fields/{made.pk}"
    wrong = admin.post(address, as_sent(text(admin.get(address))) | {"new_options": "Ý\nÝ"})
    assert wrong.status_code == 422

    again = admin.post(address, as_sent(text(wrong)) | {"new_options": "Ý"})

    assert again.status_code == 302, text(again)
    made.refresh_from_db()
    assert made.default == ["nhat", "duc"]


def test_what_nobody_ticked_is_not_ticked(browser_of: BrowserOf) -> None:
    admin = browser_of("admin")

    ticked = _define(admin, "flag", label="Tái khám")
    searched = _define(admin, "text", label="Thẻ bảo hiểm", required_kinds=["INDIVIDUAL"])

    assert (ticked.default, searched.searched) in ((False, False), (None, False))
    assert (searched.required, searched.required_kinds) == ("never", [])
    kept = as_sent(text(admin.get(f"/settings/fields/{ticked.pk}")))
    assert "default" not in kept
    form = text(browser_of("seller").get("/customers/new"))
    assert 'name="custom_tai_kham"' in form
    assert not re.search(r'name="custom_tai_kham"[^>]* checked', form)


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("text", {"label": ""}, "label"),
        ("text", {"label": "Mã số thuế"}, "label"),
        ("text", {"label": "A", "key": "Ấm ớ"}, "key"),
        ("choice", {"label": "A", "new_options": "\n".join(map(str, range(1000)))}, "options"),
        ("choices", {"label": "A", "new_options": "một, hai"}, "options"),
        ("whole", {"label": "A", "default": "ba"}, "default"),
        ("whole", {"label": "A", "least": "9", "most": "3"}, "most"),
        ("text", {"label": "A", "required": "kinds"}, "required_kinds"),
        ("link", {"label": "A", "to": "planets"}, "to"),
    ],
)
def test_bad_input_gets_its_sentence_and_changes_nothing(
    browser_of: BrowserOf, kind: str, given: dict[str, object], code: str
) -> None:
    admin = browser_of("admin")
    address = "/settings/fields/customers/new"
    before = versions.read_version()
    sent = as_sent(text(admin.get(f"{address}?kind={kind}"))) | given

    answer = admin.post(address, sent)

    assert answer.status_code == 422
    assert f"#f-{code}" in text(answer)
    assert not CustomField.objects.exists()
    assert versions.read_version() == before


def test_only_administrators_define(browser_of: BrowserOf, make_field: MakeField) -> None:
    made = make_field("size")
    seller = browser_of("seller")

    for address in ("/settings/fields", "/settings/fields/customers/new", f"/settings/fields/{made.pk}"):
        assert seller.get(address).status_code == 403
    answer = seller.post(f"/settings/fields/{made.pk}/delete", {"version": "1", "typed": "Size"})
    assert answer.status_code == 403
    made.refresh_from_db()
    assert made.state == "active"


def test_two_at_once_lose_nothing(browser_of: BrowserOf, make_field: MakeField) -> None:
    made = make_field("size", label="Cỡ")
    one = browser_of("admin")
    first = as_sent(text(one.get(f"/settings/fields/{made.pk}")))
    assert one.post(f"/settings/fields/{made.pk}", first | {"label": "Cỡ áo"}).status_code == 302

    answer = one.post(f"/settings/fields/{made.pk}", first | {"label": "Kích thước"})

    assert answer.status_code == 409
    assert "Bùi Anh Tú" in text(answer)
    assert "Kích thước" in text(answer)
    assert "Hiện đang lưu: “Cỡ áo”." in text(answer)
    made.refresh_from_db()
    assert (made.label, made.version) == ("Cỡ áo", 2)


def test_a_rename_touches_no_row(
    browser_of: BrowserOf, make_field: MakeField, make_customer: Callable[..., object]
) -> None:
    made = make_field("size", label="Cỡ")
    make_customer(name="Lan", custom_size="XL")
    before = Party.objects.values().get()
    admin = browser_of("admin")
    sent = as_sent(text(admin.get(f"/settings/fields/{made.pk}")))

    admin.post(f"/settings/fields/{made.pk}", sent | {"label": "Cỡ áo"})

    assert Party.objects.values().get() == before
    assert "Cỡ áo" in text(browser_of("seller").get(f"/customers/{before['id']}?tab=info"))


def test_what_uses_a_field_is_listed_before_it_goes_with_its_values(
    browser_of: BrowserOf, make_field: MakeField, make_customer: Callable[..., object]
) -> None:
    made = make_field("size", label="Cỡ áo")
    make_customer(name="Lan", custom_size="XL")
    admin, seller = browser_of("admin"), browser_of("seller")
    party = Party.objects.get()
    page = text(admin.get(f"/settings/fields/{made.pk}/delete"))
    assert "Cỡ áo" in page
    sent = as_sent(page)

    assert admin.post(f"/settings/fields/{made.pk}/delete", sent).status_code == 422
    made.refresh_from_db()
    assert made.state == "active"
    assert admin.post(f"/settings/fields/{made.pk}/delete", sent | {"typed": "cỡ áo"}).status_code == 302

    assert "Cỡ áo" not in text(seller.get(f"/customers/{party.pk}?tab=info"))
    job = Job.objects.get(kind="purge_field")
    assert work(job.pk)
    party.refresh_from_db()
    assert (party.custom, party.version) == ({}, 1)
    gone = History.objects.filter(root_entity="parties", verb="custom_fields.purge").get()
    assert gone.changes == {f"custom.{made.pk}": ["XL", None]}


def test_a_retired_field_comes_back_with_its_values(
    browser_of: BrowserOf, make_field: MakeField, make_customer: Callable[..., object]
) -> None:
    made = make_field("size", label="Cỡ áo")
    make_customer(name="Lan", custom_size="XL")
    admin, seller = browser_of("admin"), browser_of("seller")
    record = f"/customers/{Party.objects.get().pk}?tab=info"
    kept = seller.post("/customers/views/new?cols=name,custom_size", {"name": "Theo cỡ"})
    admin.post(f"/settings/fields/{made.pk}/retire", {"version": "1"})
    assert "Cỡ áo" not in text(seller.get(record))
    assert "“Cỡ áo”, trường không còn nữa" in text(seller.get(kept["Location"]))

    admin.post(f"/settings/fields/{made.pk}/restore", {"version": "2"})

    shown = text(seller.get(record))
    assert "Cỡ áo" in shown
    assert "XL" in shown


def test_a_step_waits_for_a_field_that_it_needs(
    browser_of: BrowserOf, make_field: MakeField, make_customer: Callable[..., object]
) -> None:
    from duyen.entities.performing import NotNow, perform
    from duyen.foundation.access.actor import system_actor

    customers = entity_named("customers")
    verb = next(each.verb for each in customers.actions if each.verb == "terminate" or not each.asks)
    make_field("reason", label="Lý do", required_by=[verb])
    make_customer(name="Lan")
    party = Party.objects.get()

    with pytest.raises(NotNow) as refusal:
        perform(customers, verb, party.pk, actor=system_actor("tests"), arguments=_arguments(customers, verb))

    assert "Lý do" in str(refusal.value)


def _arguments(customers: object, verb: str) -> dict[str, object]:
    step = customers.action(verb)  # type: ignore[attr-defined] # an entity
    return {each.name: "x" for each in step.asks if each.required}


def test_options_are_put_in_order_and_nothing_is_kept_before_saving(
    browser_of: Callable[[str], Client], make_field: MakeField
) -> None:
    options = [{"code": code, "label": code.upper()} for code in ("a", "b", "c")]
    held = make_field("size", "choice", label="Cỡ", options=options)
    admin, address = browser_of("admin"), f"/settings/fields/{held.pk}"
    sent = as_sent(text(admin.get(address))) | {
        "option_code": ["a", "b", "c"],
        "option_label": ["A", "Bê", "C"],
    }

    moved = admin.post(address, {**sent, "up": "c"})

    assert moved.status_code == 200
    page = text(moved)
    assert page.index('value="A"') < page.index('value="C"') < page.index('value="Bê"')
    held.refresh_from_db()
    assert [each["code"] for each in held.options] == ["a", "b", "c"]
    admin.post(address, {**sent, "option_code": ["a", "c", "b"], "option_label": ["A", "C", "Bê"]})
    held.refresh_from_db()
    assert [each["label"] for each in held.options] == ["A", "C", "Bê"]


def test_a_form_says_for_which_kinds_a_field_is_needed(
    browser_of: Callable[[str], Client], make_field: MakeField
) -> None:
    make_field("machines", "whole", label="Số máy", required="kinds", required_kinds=["ORGANISATION"])

    page = text(browser_of("seller").get("/customers/new"))

    assert 'data-required-for="ORGANISATION"' in page


def test_an_older_link_gets_its_index_once(make_field: MakeField) -> None:
    make_field("boss", "link", label="Cấp trên", limits={"to": "customers"})

    index_older_links()
    assert CompanyIndex._default_manager.filter(field="custom_boss", purpose="filter").count() == 1
    CompanyIndex._default_manager.all().delete()
    index_older_links()

    assert not CompanyIndex._default_manager.exists()
