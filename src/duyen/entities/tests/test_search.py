"""Search: without tone marks, by any part, the exact first, and never beyond one's rights."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities import search, standard
from duyen.entities.counting import count
from duyen.entities.entity import Entity
from duyen.entities.paging import View, page
from duyen.entities.performing import perform
from duyen.entities.planner import expected_rows
from duyen.entities.registry import entity_named
from duyen.entities.search import search_all
from duyen.entities.sql import Sql
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed",
    [
        "nguyen van an",
        "Nguyễn Văn An",
        "an nguyen",
        "NGUYỄN  AN",
        "guyen",
        "văn",
        "an",
        "ng",
    ],
)
def test_finds_a_person_by_any_part_of_the_name(cast: Cast, make_customer: MakeCustomer, typed: str) -> None:
    record = make_customer("Nguyễn Văn An")
    make_customer("Trần Quốc Bảo")

    hits = search_all(typed, actor=cast.actor("seller"))

    assert [hit.id for hit in hits] == [record]


@pytest.mark.parametrize(
    "typed", ["0912345678", "0912 345 678", "+84912345678", "84912345678", "912345", "345678", "0912.345"]
)
def test_finds_a_phone_in_any_form(cast: Cast, make_customer: MakeCustomer, typed: str) -> None:
    record = make_customer(phones=["0912 345 678"])
    make_customer(phones=["0987 654 321"])

    assert [hit.id for hit in search_all(typed, actor=cast.actor("seller"))] == [record]


def test_takes_two_letters_for_the_beginning_of_a_name_alone(cast: Cast, make_customer: MakeCustomer) -> None:
    record = make_customer("Trần Khánh Vy")
    make_customer("Nguyễn Văn An", emails=["kha.nv@example.com"])

    assert [hit.id for hit in search_all("kh", actor=cast.actor("seller"))] == [record]


def test_leaves_what_is_only_chosen_in_forms_out_of_what_is_searched_everywhere(cast: Cast) -> None:
    actor, stages = cast.actor("seller"), entity_named("opportunity_stages")

    everywhere, here = (search_all("Khảo sát", actor=actor, entities=some) for some in ((), [stages]))

    assert (everywhere, [hit.label for hit in here]) == ([], ["Khảo sát hạ tầng"])


def test_finds_a_code_by_the_branch_and_part_of_its_number(cast: Cast, make_customer: MakeCustomer) -> None:
    record, other = make_customer(), make_customer(by="outsider")
    code = Party.objects.get(pk=record).code

    hits = search_all(code[3:].lower(), actor=cast.actor("director"))

    assert [hit.id for hit in hits] == [record]
    assert Party.objects.get(pk=other).code.endswith(code[-6:])


def test_finds_a_tax_code_an_email_and_a_code(cast: Cast, make_customer: MakeCustomer) -> None:
    record = make_customer(
        "Ánh Dương", kind="ORGANISATION", tax_code="0100233488", emails=["lien.he@example.com"]
    )
    code = Party.objects.get(pk=record).code
    actor = cast.actor("seller")

    for typed in ("0100233488", "lien.he@", code, code.lower(), "MST 0100233488".removeprefix("MST ")):
        assert [hit.id for hit in search_all(typed, actor=actor)] == [record], typed


def test_puts_the_exact_code_first(cast: Cast, make_customer: MakeCustomer) -> None:
    record = make_customer("Zét")
    code = Party.objects.get(pk=record).code
    make_customer(f"An {code}9")

    assert search_all(code, actor=cast.actor("seller"))[0].id == record


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("0834 567 890", "01234567890"),
        ("0834 567 890", "+84 123 4567 890"),
        ("024 3825 1234", "(024) 3825.1234"),
    ],
)
def test_finds_a_phone_by_its_number_of_before_2018(
    cast: Cast, make_customer: MakeCustomer, kept: str, typed: str
) -> None:
    record = make_customer(phones=[kept])
    make_customer(phones=["0987 654 321"])

    hits = search_all(typed, actor=cast.actor("seller"))

    assert [(hit.id, hit.why_in) for hit in hits] == [(record, "phones")]


@pytest.mark.parametrize("typed", ["0314409058-002", "0314409058002", "0314409058 002", "0314409058"])
def test_finds_the_tax_code_of_a_branch_with_and_without_its_dash(
    cast: Cast, make_customer: MakeCustomer, typed: str
) -> None:
    record = make_customer("Ánh Dương", kind="ORGANISATION", tax_code="0314409058-002")

    hits = search_all(typed, actor=cast.actor("seller"))

    assert [(hit.id, hit.why_in, hit.why) for hit in hits] == [(record, "tax_code", "0314409058-002")]


def test_ranks_whole_numbers_then_whole_names_then_their_beginnings(
    cast: Cast, make_customer: MakeCustomer
) -> None:
    names = [
        "Bà Lan Anh",
        "Lan Anh Hương",
        "Anh Thị Lan",
        "Lan Anh",
        "Bùi Lanh Anhoa",
    ]
    made = {name: make_customer(name) for name in names}
    by_email = make_customer("Zét", emails=["lan.anh@example.com"])

    hits = search_all("lan anh", actor=cast.actor("seller"))

    order = ["Lan Anh", "Lan Anh Hương", "Anh Thị Lan", "Bà Lan Anh", "Bùi Lanh Anhoa"]
    assert [hit.id for hit in hits] == [*(made[name] for name in order), by_email]
    assert [hit.why for hit in hits] == ["", "", "", "", "", "lan.anh@example.com"]
    assert search_all("LAN.ANH@example.com", actor=cast.actor("seller"))[0].id == by_email


@pytest.mark.parametrize("typed", ["code", "0912345678", "0100233488", "lien.he@example.com"])
def test_lets_no_number_of_others_push_out_the_one_that_was_meant(
    cast: Cast, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    for limit in ("_CANDIDATES", "_FOLDED_CANDIDATES", "_FIRST_CANDIDATES"):
        monkeypatch.setattr(search, limit, 2)
    for number in range(4):
        notes = [f"{word}.{number}" for word in ("0912345678", "0100233488", "lien.he@example.com")]
        make_customer(" ".join(notes))
    meant = make_customer(
        phones=["0912345678"], tax_code="0100233488", kind="ORGANISATION", emails=["lien.he@example.com"]
    )
    code = Party.objects.get(pk=meant).code
    for number in range(4):
        make_customer(f"{code} {number}")

    hits = search_all(code if typed == "code" else typed, actor=cast.actor("seller"), limit=3)

    assert hits[0].id == meant


def test_puts_ones_own_first_among_equals_and_finds_them_among_too_many(
    cast: Cast, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_CANDIDATES", 2)
    for _number in range(4):
        make_customer("Nguyễn Văn An", by="teller")
    own = make_customer("Nguyễn Văn An", by="manager")

    assert search_all("nguyen an", actor=cast.actor("manager"))[0].id == own


@pytest.mark.parametrize(("most_expected", "asks_the_trigrams"), [([9, 5], False), ([5, 9], True)])
def test_reads_the_rows_of_a_narrow_scope_where_more_of_the_company_hold_a_word(
    cast: Cast,
    make_customer: MakeCustomer,
    monkeypatch: pytest.MonkeyPatch,
    most_expected: list[int],
    asks_the_trigrams: bool,
) -> None:
    mine = make_customer("Nguyễn Văn An", by="seller")
    make_customer("Nguyễn Thị Bình", by="outsider")
    monkeypatch.setattr(search, "expected_rows", lambda _table, _conditions: most_expected)

    with CaptureQueriesContext(connection) as asked:
        hits = search_all("nguyen", actor=cast.actor("seller"))

    assert [hit.id for hit in hits] == [mine]
    (statement,) = [each["sql"] for each in asked if "AS MATERIALIZED" in each["sql"]]
    found = statement.partition("gathered AS")[0]
    assert ('search" LIKE' in found) is asks_the_trigrams


def test_asks_the_planner_how_many_rows_fit() -> None:
    # A table of the database's own has statistics from its first day, and thousands of rows.
    one, many = expected_rows("pg_proc", [Sql("t.oid = %s", (7,)), Sql("t.oid > %s", (7,))])

    assert one == 1
    assert many > 1_000


def test_finds_units_users_and_roles_behind_the_records_people_work_on(
    cast: Cast, make_customer: MakeCustomer
) -> None:
    record = make_customer("Hải Dương")

    hits = search_all("hai duong", actor=cast.actor("director"))

    assert [(hit.entity, hit.id) for hit in hits] == [
        ("customers", record),
        ("units", cast.unit("HD").pk),
    ]
    assert [hit.entity for hit in search_all("HP1", actor=cast.actor("director"))] == ["units"]
    assert search_all("hai duong", actor=cast.actor("colleague")) == []


def test_finds_a_colleague_by_her_phone_however_it_was_written(cast: Cast) -> None:
    teller, admin = cast.user("teller"), cast.actor("admin")
    standard.change(
        entity_named("users"),
        teller.pk,
        actor=admin,
        values={"phone": "0912.345 678"},
        version=teller.version,
    )

    hits = search_all("0912 345 678", actor=admin)

    assert [(hit.entity, hit.id, hit.why) for hit in hits] == [("users", teller.pk, "0912.345 678")]


def test_gives_the_best_of_each_entity(cast: Cast, make_customer: MakeCustomer) -> None:
    for number in range(5):
        make_customer(f"Phan Thu Hà {number}")
    contact = standard.create(
        entity_named("contacts"), actor=cast.actor("seller"), values={"name": "Phan Thu"}
    )

    found = search.search_each("phan thu", actor=cast.actor("seller"), most=3)

    assert {name: len(hits) for name, hits in found.items()} == {"contacts": 1, "customers": 3}
    assert list(found) == ["contacts", "customers"]
    assert found["contacts"][0].id == contact.id


@pytest.mark.parametrize(
    "typed", ["", "   ", "%", "_", "%%%", "'", "\\", "a'b", ":*", "!()&|", "\x00", "ẤẤẤ"]
)
def test_takes_any_sign_as_plain_text(cast: Cast, make_customer: MakeCustomer, typed: str) -> None:
    make_customer()

    assert search_all(typed, actor=cast.actor("seller")) == []


def test_finds_nothing_beyond_ones_rights(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    make_customer("Nguyễn Văn An", by="outsider")
    seller = cast.actor("seller")

    assert search_all("nguyen van an", actor=seller) == []
    assert page(customers, customers.listing(), actor=seller, view=View(q="nguyen van an")).rows == []
    assert search_all("nguyen van an", actor=cast.actor("admin")) == []


def test_leaves_out_the_bin(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    record = make_customer("Nguyễn Văn An")
    standard.delete(customers, record, actor=cast.actor("seller"))

    assert search_all("nguyen van an", actor=cast.actor("seller")) == []


def _hide_from_sellers(field: str) -> None:
    trail.begin(system_actor("tests"), "tests.hide")
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field=field, level="hidden")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "phan thu tra"),
        ("name", "tr"),
        ("phones", "0912345678"),
        ("emails", "lien.he@"),
        ("tax_code", "0100233488"),
        ("code", "KH-HP"),
    ],
)
def test_looks_into_no_field_that_is_hidden_from_the_reader(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, field: str, typed: str
) -> None:
    record = make_customer(
        phones=["0912 345 678"], emails=["lien.he@example.com"], tax_code="0100233488", kind="ORGANISATION"
    )
    _hide_from_sellers(field)
    seller, teller, view = cast.actor("seller"), cast.actor("teller"), View(q=typed)

    assert search_all(typed, actor=seller) == []
    assert page(customers, customers.listing(), actor=seller, view=view).rows == []
    assert count(customers, actor=seller, view=view).number == 0
    assert [hit.id for hit in search_all(typed, actor=teller)] == [record]


def test_still_finds_by_what_the_reader_may_see_and_shows_nothing_else(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer("Nguyễn Văn An", phones=["0912 345 678"])
    _hide_from_sellers("code")
    seller = cast.actor("seller")

    for typed in ("nguyen an", "ng", "0912 345 678"):
        assert [(hit.id, hit.code) for hit in search_all(typed, actor=seller)] == [(record, "")], typed
    found = page(customers, customers.listing(), actor=seller, view=View(q="nguyen van an"))
    assert [row["id"] for row in found.rows] == [record]


def test_finds_a_contact_who_is_a_customer_too_once(cast: Cast, make_customer: MakeCustomer) -> None:
    made = standard.create(
        entity_named("contacts"), actor=cast.actor("seller"), values={"name": "Phan Thu Trà"}
    )
    perform(entity_named("contacts"), "become_customer", made.id, actor=cast.actor("seller"), arguments={})
    other = make_customer("Phan Thu Hà")

    hits = search_all("phan thu", actor=cast.actor("seller"))

    assert [(hit.entity, hit.id) for hit in hits] == [("customers", other), ("customers", made.id)]


def test_looks_for_customers_and_contacts_in_one_reading(cast: Cast, make_customer: MakeCustomer) -> None:
    make_customer("Phan Thu Hà")
    standard.create(entity_named("contacts"), actor=cast.actor("seller"), values={"name": "Phan Thu Trà"})
    parties = [entity_named("customers"), entity_named("contacts")]

    with CaptureQueriesContext(connection) as queries:
        hits = search_all("phan thu", actor=cast.actor("seller"), entities=parties)

    assert [hit.entity for hit in hits] == ["customers", "contacts"]
    assert sum(each["sql"].count("WITH m AS") for each in queries) == 1
