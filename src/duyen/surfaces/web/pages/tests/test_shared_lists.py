"""A list of choices of the company's own: made once, used by several fields, changed for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, change
from duyen.foundation.audit.models import History
from duyen.foundation.choices.models import ChoiceItem, ChoiceList
from duyen.foundation.fields.models import CustomField
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.surfaces.web.pages.tests.test_forms import as_sent, text
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Done]
LISTS, FIELDS = "/settings/choices", "/settings/fields"
FABRICS = {"label_vi": "Chất liệu vải", "label_en": "Fabrics", "items": "Lụa\nLanh\n\nĐũi"}


def state() -> tuple[int, ...]:
    kinds = (ChoiceList, ChoiceItem, CustomField, History)
    return tuple(kind._default_manager.count() for kind in kinds)


@pytest.fixture
def admin(browser_of: BrowserOf) -> Client:
    return browser_of("admin")


@pytest.fixture
def seller(browser_of: BrowserOf) -> Client:
    return browser_of("seller")


@pytest.fixture
def fabrics(admin: Client) -> str:
    answer = admin.post(f"{LISTS}/new", FABRICS)
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"].rpartition("/")[2])


def define(admin: Client, kind: str, label: str, name: str, *, entity: str = "customers") -> CustomField:
    sent = {"kind": kind, "label": label, "list_name": name, "required": "never", "key": f"f_{kind}"}
    answer = admin.post(f"{FIELDS}/{entity}/new", sent)
    assert answer.status_code == 302, text(answer)
    return CustomField.objects.latest("pk")


def version(name: str) -> int:
    return ChoiceList.objects.values_list("version", flat=True).get(name=name)


def test_two_fields_of_two_kinds_offer_the_items_of_one_list(
    admin: Client, seller: Client, fabrics: str
) -> None:
    one = define(admin, "choice", "Vải chính", fabrics)
    several = define(admin, "choices", "Vải phụ", fabrics)

    form = text(seller.get("/customers/new"))

    assert (one.options, one.limits, several.limits) == ([], {"list": fabrics}, {"list": fabrics})
    for word in ("Lụa", "Lanh", "Đũi"):
        assert form.count(word) >= 2
    shown = text(admin.get(f"{LISTS}/{fabrics}"))
    assert "Vải chính" in shown
    assert "Vải phụ" in shown
    page = text(admin.get(f"{FIELDS}/{one.pk}"))
    assert f"{LISTS}/{fabrics}" in page
    assert "new_options" not in page


def test_an_item_that_is_added_or_renamed_is_so_in_every_field(
    admin: Client, seller: Client, fabrics: str
) -> None:
    define(admin, "choice", "Vải chính", fabrics)
    define(admin, "choices", "Vải phụ", fabrics)

    admin.post(f"{LISTS}/{fabrics}", {"version": version(fabrics), "add": "1", "vi": "Nỉ bông"})
    admin.post(f"{LISTS}/{fabrics}/item", {"version": version(fabrics), "code": "LUA", "vi": "Lụa tơ tằm"})

    form = text(seller.get("/customers/new"))
    assert form.count("Nỉ bông") == 2
    assert form.count("Lụa tơ tằm") == 2


def test_a_merge_writes_the_other_item_into_every_field(
    admin: Client, seller: Client, cast: Cast, fabrics: str, make_customer: MakeCustomer
) -> None:
    one, several = define(admin, "choice", "Vải chính", fabrics), define(admin, "choices", "Vải phụ", fabrics)
    done = make_customer(name="May Sông Hồng")
    values = {"custom_f_choice": "DUI", "custom_f_choices": ["LUA", "DUI"]}
    change(
        entity_named("customers"), done.id, values=values, actor=cast.actor("seller"), version=done.version
    )

    found = text(admin.get(f"{LISTS}/{fabrics}/merge?code=DUI"))
    answer = admin.post(
        f"{LISTS}/{fabrics}/merge", {"version": version(fabrics), "code": "DUI", "into": "LANH"}
    )
    before = text(seller.get(f"/customers/{done.id}?tab=info"))
    work(Job.objects.get(kind="merge_choices").pk)

    assert answer.status_code == 302, text(answer)
    assert ">2<" in found  # one record holds it in two fields
    assert "Lanh" in before
    assert "Đũi" not in before
    party = Party.objects.get()
    assert party.custom == {str(one.pk): "LANH", str(several.pk): ["LUA", "LANH"]}


def test_a_filter_by_either_item_finds_both_until_all_is_rewritten(
    admin: Client, seller: Client, cast: Cast, fabrics: str, make_customer: MakeCustomer
) -> None:
    define(admin, "choices", "Vải phụ", fabrics)
    entity = entity_named("customers")
    for name, fabric in (("Lan", "DUI"), ("Điệp", "LANH"), ("Cúc", "LUA")):
        done = make_customer(name=name)
        values = {"custom_f_choices": [fabric]}
        change(entity, done.id, values=values, actor=cast.actor("seller"), version=done.version)
    admin.post(f"{LISTS}/{fabrics}/merge", {"version": version(fabrics), "code": "DUI", "into": "LANH"})

    for operator, operand in (("in", ["LANH"]), ("eq", ["DUI"]), ("eq", ["LANH"])):
        asked = json.dumps({"and": [["custom_f_choices", operator, operand]]})
        shown = text(seller.get("/customers", {"filter": asked}))
        assert ("Lan<" in shown, "Điệp<" in shown, "Cúc<" in shown) == (True, True, False)


def test_the_options_of_a_field_become_a_list_without_touching_a_record(
    admin: Client, seller: Client, cast: Cast, make_field: MakeField, make_customer: MakeCustomer
) -> None:
    options = [{"code": "s", "label": "Cỡ S"}, {"code": "m", "label": "Cỡ M", "is_retired": True}]
    held = make_field("size", "choice", label="Cỡ áo", options=options)
    done = make_customer(name="Lan")
    entity = entity_named("customers")
    change(entity, done.id, values={"custom_size": "s"}, actor=cast.actor("seller"), version=done.version)
    before = Party.objects.values("custom", "version").get()

    answer = admin.post(f"{FIELDS}/{held.pk}", {"version": held.version, "share": "1"})

    assert answer.status_code == 302, text(answer)
    name = answer.headers["Location"].rpartition("/")[2]
    held.refresh_from_db()
    assert (held.options, held.limits["list"]) == ([], name)
    assert Party.objects.values("custom", "version").get() == before
    assert "Cỡ S" in text(seller.get(f"/customers/{done.id}?tab=info"))
    items = ChoiceItem.objects.order_by("position").values_list("code", "label_vi", "is_retired")
    assert list(items) == [("s", "Cỡ S", False), ("m", "Cỡ M", True)]


def test_a_list_in_use_stays_and_one_that_nothing_uses_goes(admin: Client, fabrics: str) -> None:
    held = define(admin, "choice", "Vải chính", fabrics)
    before = state()

    refused = admin.post(f"{LISTS}/{fabrics}/remove", {"version": version(fabrics)})

    assert refused.status_code == 409
    assert "Vải chính" in text(refused)
    assert state() == before
    admin.post(f"{FIELDS}/{held.pk}/delete", {"version": held.version, "typed": "Vải chính"})
    answer = admin.post(f"{LISTS}/{fabrics}/remove", {"version": version(fabrics)})
    assert (answer.status_code, answer.headers["Location"]) == (302, LISTS)
    assert admin.get(f"{LISTS}/{fabrics}").status_code == 404
    assert not ChoiceItem.objects.exists()


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"label_vi": " "}, "Mục này bắt buộc"),
        ({"label_vi": "NGÀNH NGHỀ"}, "Danh sách khác"),
        ({"items": "\n \n"}, "ít nhất một mục"),
        ({"items": "Lụa\nlua"}, "có hai lần"),
        ({"items": "\n".join(f"vải {number}" for number in range(501))}, "500"),
        ({"items": "x" * 121}, "120"),
    ],
)
def test_refuses_what_no_list_can_be(admin: Client, sent: dict[str, str], problem: str) -> None:
    before = state()

    answer = admin.post(f"{LISTS}/new", FABRICS | sent)

    assert answer.status_code == 422
    assert problem in text(answer)
    assert state() == before


@pytest.mark.parametrize("who", ["seller", "director", "outsider"])
def test_is_for_administrators_alone(browser_of: BrowserOf, fabrics: str, who: str) -> None:
    browser, before = browser_of(who), state()

    answers = [
        browser.get(f"{LISTS}/new"),
        browser.post(f"{LISTS}/new", FABRICS),
        browser.get(f"{LISTS}/{fabrics}/remove"),
        browser.post(f"{LISTS}/{fabrics}/remove", {"version": version(fabrics)}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert state() == before


def test_a_field_of_several_takes_no_list_whose_words_part_a_file(admin: Client) -> None:
    made = admin.post(f"{LISTS}/new", FABRICS | {"items": "Lụa, tơ tằm"})
    before = state()
    sent = {
        "kind": "choices",
        "label": "Vải",
        "list_name": made.headers["Location"].rpartition("/")[2],
        "required": "never",
    }

    answer = admin.post(f"{FIELDS}/customers/new", sent)

    assert answer.status_code == 422
    assert "dấu phẩy" in text(answer)
    assert state() == before


def test_a_list_that_several_fields_part_takes_no_word_with_a_comma(admin: Client, fabrics: str) -> None:
    define(admin, "choices", "Vải phụ", fabrics)

    answer = admin.post(f"{LISTS}/{fabrics}", {"version": version(fabrics), "add": "1", "vi": "Lụa; đũi"})

    assert answer.status_code == 422
    assert ChoiceItem.objects.count() == 3


def test_a_record_form_saves_both_fields_and_refuses_what_is_not_in_the_list(
    admin: Client, seller: Client, fabrics: str
) -> None:
    one = define(admin, "choice", "Vải chính", fabrics)
    sent = as_sent(text(seller.get("/customers/new"))) | {"name": "Lan", "kind": "INDIVIDUAL"}

    refused = seller.post("/customers/new", sent | {"custom_f_choice": "NHUNG"})
    answer = seller.post("/customers/new", sent | {"custom_f_choice": "LANH"})

    assert (refused.status_code, answer.status_code) == (422, 302)
    assert Party.objects.get().custom == {str(one.pk): "LANH"}


def test_programs_define_a_field_by_the_name_of_a_list(admin: Client, fabrics: str) -> None:
    body = {"entity": "customers", "kind": "choice", "label": "Vải chính", "list_name": fabrics}
    both = body | {"options": [{"label": "Gấm"}]}

    answers = [
        admin.post("/api/v1/custom_fields", json.dumps(each), content_type="application/json")
        for each in (both, body | {"list_name": "own_nothing"}, body)
    ]

    assert [each.status_code for each in answers] == [422, 422, 201]
    assert answers[2].json()["limits"] == {"list": fabrics}
    told = admin.get(f"/api/v1/choices/{fabrics}").json()
    assert told["fields"] == ["customers.custom_vai_chinh"]
    assert [each["code"] for each in told["items"]] == ["LUA", "LANH", "DUI"]
