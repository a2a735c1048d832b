"""Likely duplicates: found by what is the same, within the reader's rights, one row or a whole set alike."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.entity import Entity
from duyen.entities.merging.merging import merge
from duyen.entities.merging.undoing import unmerge
from duyen.entities.models import TwinKey
from duyen.entities.registry import entity_named
from duyen.entities.tests.conftest import MakeCustomer
from duyen.entities.twins.finding import MOST, find_duplicates
from duyen.entities.twins.keeping import fill_after_migration
from duyen.entities.twins.likeness import Likeness
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.testing.cast import Cast

PHONE = "0912 345 678"
#: More given names than records of one key are looked at.
MANY = [
    *("An", "Bình", "Cúc", "Dung", "Giang", "Hà", "Hoa", "Hương", "Khánh", "Lan", "Liên", "Loan", "Mai"),
    *("Minh", "Nga", "Ngân", "Nhung", "Oanh", "Phương", "Quyên", "Sương", "Tâm", "Thảo", "Thủy", "Trang"),
]


def _read(entity: Entity, **values: Any) -> dict[str, Any]:
    """Give clean values, as a form or an import has them before it creates."""
    return {name: entity.field(name).read(value) for name, value in values.items()}


def _find(entity: Entity, actor: Actor, **values: Any) -> list[Likeness]:
    (found,) = find_duplicates(entity, actor=actor, rows=[_read(entity, **values)])
    return found


def _hide(role: str, field: str) -> None:
    trail.begin(system_actor("tests"), "tests.hide")
    FieldRight.objects.create(
        role=Role.objects.get(code=role), entity="customers", field=field, level="hidden"
    )


@pytest.mark.parametrize("typed", ["0912345678", "+84 912 345 678", "84912345678", "912.345.678"])
def test_finds_a_phone_in_any_form(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, typed: str
) -> None:
    made = make_customer("Phan Thu Trà", phones=["0988 111 222", PHONE])

    (found,) = _find(customers, cast.actor("seller"), name="Phan Thu Tra", phones=[typed])

    assert (found.id, found.reasons, found.is_likely) == (made, ("phone", "name"), True)
    assert found.shown == {"phone": "0912 345 678"}
    assert (found.label, found.entity) == ("Phan Thu Trà", "customers")


def test_a_relatives_phone_is_told_and_is_not_likely(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer("Phan Thu Trà", phones=[PHONE])

    (found,) = _find(customers, cast.actor("seller"), name="Phan Đức Minh", phones=[PHONE])

    assert (found.reasons, found.is_likely) == (("phone",), False)


def test_finds_the_right_person_behind_the_number_of_a_switchboard(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    for number in range(30):
        make_customer(f"Khách thứ {number}", phones=[PHONE])
    made = make_customer("Phan Thu Trà", phones=[PHONE])
    make_customer("Phan Thu Trà", phones=["0988 111 222"])

    found = _find(customers, cast.actor("seller"), name="PHAN THU TRA", phones=[PHONE])

    assert (found[0].id, found[0].reasons, found[0].is_likely) == (made, ("phone", "name"), True)
    assert len(found) == MOST


def test_a_set_finds_each_right_person_behind_one_number(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    people = {f"Khách {word}": make_customer(f"Khách {word}", phones=[PHONE]) for word in MANY}
    rows = [_read(customers, name=each, phones=[PHONE]) for each in people]
    seller = cast.actor("seller")
    find_duplicates(customers, actor=seller, rows=rows[-1:])

    with CaptureQueriesContext(connection) as for_one:
        find_duplicates(customers, actor=seller, rows=rows[-1:])
    with CaptureQueriesContext(connection) as for_all:
        found = find_duplicates(customers, actor=seller, rows=rows)

    likely = [{each.id for each in proposals if each.is_likely} for proposals in found]
    assert all(right in each for right, each in zip(people.values(), likely, strict=True))
    assert len(for_all) == len(for_one)


def test_the_strongest_reason_comes_first(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    by_email = make_customer("Nhà may Hoa", kind="ORGANISATION", emails=["Hoa@may.vn"])
    by_tax = make_customer("Công ty TNHH Phú Quý", kind="ORGANISATION", tax_code="0100233488")
    by_ward = make_customer(
        "CTY TNHH Hoa Sen", kind="ORGANISATION", addresses=[{"ward": "P. Hồng Bàng", "line": "1 Lê Lợi"}]
    )

    found = _find(
        customers,
        cast.actor("seller"),
        kind="ORGANISATION",
        name="Hoa Sen Co., Ltd",
        tax_code="MST: 0100233488",
        emails=["hoa@may.vn"],
        addresses=[{"ward": "Phường Hồng Bàng", "line": "9 Lê Lợi"}],
    )

    assert [each.id for each in found] == [by_tax, by_email, by_ward]
    assert [each.reasons for each in found] == [("tax_code",), ("email",), ("name_ward",)]
    assert [each.is_likely for each in found] == [True, False, False]


def test_a_branch_is_not_its_company(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    ward = [{"ward": "Phường Hồng Bàng", "line": "1 Lê Lợi"}]
    make_customer("Công ty TNHH Phú Quý", kind="ORGANISATION", addresses=ward, tax_code="0100233488")

    branch = "Công ty TNHH Phú Quý - Chi nhánh Hải Phòng"
    found = _find(
        customers,
        cast.actor("seller"),
        kind="ORGANISATION",
        name=branch,
        addresses=ward,
        tax_code="0100233488-001",
    )

    assert found == []


def test_a_name_alone_is_not_enough(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    make_customer("Phan Thu Trà", phones=[PHONE])

    assert _find(customers, cast.actor("seller"), name="Phan Thu Trà") == []


def test_a_personal_number_is_found_whole_and_shown_to_nobody(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer("Phan Thu Trà", tax_code="031090001234")

    (found,) = _find(customers, cast.actor("seller"), name="Trà", tax_code="031090001234")

    assert (found.id, found.reasons, found.shown) == (made, ("tax_code",), {})


def test_a_contact_is_proposed_where_a_customer_is_entered(cast: Cast, customers: Entity) -> None:
    contacts = entity_named("contacts")
    values = {"name": "Phan Thu Trà", "phones": [PHONE]}
    made = standard.create(contacts, actor=cast.actor("seller"), values=values).id

    (found,) = _find(customers, cast.actor("seller"), name="Phan Thu Trà", phones=[PHONE])

    assert (found.id, found.entity) == (made, "contacts")


# --- rights ------------------------------------------------------------------------------------------


def test_what_lies_outside_ones_rights_says_that_it_exists_and_whom_to_ask(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer("Phan Thu Trà", phones=[PHONE])

    (found,) = _find(customers, cast.actor("outsider"), name="Phan Thu Trà", phones=[PHONE])

    assert (found.unit, found.ask) == ("Cửa hàng Hồng Bàng", "Nguyễn Hồng Hạnh")
    assert (found.id, found.label, found.code, found.entity) == (None, "", "", "")
    assert (found.reasons, dict(found.shown), found.is_open) == ((), {}, False)


def test_a_closed_record_answers_alike_to_its_own_name_and_to_another(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer("Phan Thu Trà", phones=[PHONE])

    own = _find(customers, cast.actor("outsider"), name="Phan Thu Trà", phones=[PHONE])
    another = _find(customers, cast.actor("outsider"), name="Đỗ Bá Lực", phones=[PHONE])

    assert own == another


@pytest.mark.parametrize("hidden", ["phones", "name", "addresses", "born_on", "emails", "tax_code"])
def test_a_hidden_field_is_not_told_by_a_proposal(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, hidden: str
) -> None:
    held: dict[str, dict[str, Any]] = {
        "phones": {"phones": [PHONE]},
        "emails": {"emails": ["tra@example.com"]},
        "tax_code": {"tax_code": "0100233488"},
        "addresses": {"addresses": [{"line": "1 Lê Lợi", "ward": "Hồng Bàng"}]},
        "born_on": {"born_on": "1990-05-06"},
        "name": {"addresses": [{"line": "1 Lê Lợi", "ward": "Hồng Bàng"}], "born_on": "1990-05-06"},
    }
    probe = {"name": "Phan Thu Trà", **held[hidden]}
    make_customer(**probe)
    assert _find(customers, cast.actor("teller"), **probe) != []

    _hide("TELLER", hidden)

    assert _find(customers, cast.actor("teller"), **probe) == []


def test_a_hidden_name_is_not_told_by_the_strength_of_a_phone(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer("Phan Thu Trà", phones=[PHONE])
    _hide("TELLER", "name")

    (own,) = _find(customers, cast.actor("teller"), name="Phan Thu Trà", phones=[PHONE])
    (another,) = _find(customers, cast.actor("teller"), name="Đỗ Bá Lực", phones=[PHONE])

    assert (own.reasons, own.strength, own.label) == (another.reasons, another.strength, another.label)
    assert (own.reasons, own.label) == (("phone",), "")


# --- keys follow the record --------------------------------------------------------------------------


def test_a_changed_phone_is_found_and_the_old_one_no_more(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    seller = cast.actor("seller")
    made = make_customer("Phan Thu Trà", phones=[PHONE])
    standard.change(customers, made, actor=seller, values={"phones": ["0988 111 222"]}, version=1)

    assert _find(customers, seller, phones=[PHONE]) == []
    assert [each.id for each in _find(customers, seller, phones=["0988111222"])] == [made]


def test_keys_follow_a_change_of_many(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    manager = cast.actor("manager")
    ids = [make_customer(f"Phan Thu Trà {number}", phones=[f"091234567{number}"]) for number in range(3)]
    change_many(customers, actor=manager, ids=ids, values={"phones": [PHONE]})

    assert {each.id for each in _find(customers, manager, phones=[PHONE])} == set(ids)


def test_the_bin_is_not_proposed_and_what_comes_back_is(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    seller = cast.actor("seller")
    made = make_customer("Phan Thu Trà", phones=[PHONE])
    standard.delete(customers, made, actor=seller)
    assert _find(customers, seller, phones=[PHONE]) == []

    standard.restore(customers, made, actor=seller)
    assert [each.id for each in _find(customers, seller, phones=[PHONE])] == [made]


def test_a_base_from_before_the_keys_is_filled(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer("Phan Thu Trà", phones=[PHONE], tax_code="031090001234", born_on="1990-05-06")
    kept = set(TwinKey.objects.values_list("key", "record_id"))
    TwinKey.objects.all().delete()

    fill_after_migration()

    assert set(TwinKey.objects.values_list("key", "record_id")) == kept
    assert [each.id for each in _find(customers, cast.actor("seller"), phones=[PHONE])] == [made]


# --- sets --------------------------------------------------------------------------------------------


def test_an_earlier_row_of_the_same_set_is_proposed(cast: Cast, customers: Entity) -> None:
    rows = [
        _read(customers, name="Phan Thu Trà", phones=[PHONE]),
        _read(customers, name="Đỗ Bá Lực", phones=["0988111222"]),
        _read(customers, name="PHAN THU TRA", phones=["0912345678"]),
    ]

    first, second, third = find_duplicates(customers, actor=cast.actor("seller"), rows=rows)

    assert (first, second) == ([], [])
    assert [(each.row, each.id, each.reasons) for each in third] == [(0, None, ("phone", "name"))]


def test_a_record_is_left_out_of_its_own_duplicates(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer("Phan Thu Trà", phones=[PHONE])
    rows = [_read(customers, name="Phan Thu Trà", phones=[PHONE])]

    assert find_duplicates(customers, actor=cast.actor("seller"), rows=rows, leave_out=[made]) == [[]]


def test_a_set_costs_as_many_queries_as_one_row(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    make_customer("Phan Thu Trà", phones=[PHONE])
    row = _read(customers, name="Phan Thu Trà", phones=[PHONE])
    seller = cast.actor("seller")
    with CaptureQueriesContext(
        connection,
    ) as one:
        find_duplicates(customers, actor=seller, rows=[row])
    with CaptureQueriesContext(connection) as many:
        find_duplicates(customers, actor=seller, rows=[row] * 200)

    assert len(one) == len(many) == 2


_rows = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Phan Thu Trà", "phan thu tra", "Đỗ Bá Lực", "Trà Phan Thu"]),
        "phones": st.lists(st.sampled_from([PHONE, "+84912345678", "0988111222"]), max_size=2),
        "emails": st.lists(st.sampled_from(["a@example.com", "A@example.com"]), max_size=1),
        "born_on": st.sampled_from([None, "1990-05-06", "1990-01-01"]),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_rows, min_size=1, max_size=4), st.lists(_rows, min_size=1, max_size=4))
def test_a_set_finds_what_each_row_finds_alone_and_both_ways(
    cast: Cast, customers: Entity, known: list[dict[str, Any]], asked: list[dict[str, Any]]
) -> None:
    seller = cast.actor("seller")
    TwinKey.objects.all().delete()
    given_rows = [{**row, "kind": "INDIVIDUAL"} for row in known]
    made, _operation = standard.create_many(customers, actor=seller, rows=given_rows)
    rows = [_read(customers, **row) for row in asked]

    together = find_duplicates(customers, actor=seller, rows=rows)

    for row, found in zip(rows, together, strict=True):
        (alone,) = find_duplicates(customers, actor=seller, rows=[row])
        assert [each for each in found if each.row is None] == alone
        for each, values in zip(made, known, strict=True):
            there = {(one.reasons, one.strength) for one in alone if one.id == each.id}
            back = find_duplicates(customers, actor=seller, rows=[row, _read(customers, **values)])[1]
            here = {(one.reasons, one.strength) for one in back if one.row == 0}
            assert there == here


def test_keys_follow_a_merge_and_its_undoing(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    seller = cast.actor("seller")
    first = make_customer("Phan Thu Trà", phones=[PHONE])
    second = make_customer("Phan Thu Tra", emails=["tra@example.com"])

    done = merge(customers, first, [second], actor=seller, versions={first: 1, second: 1})
    assert [each.id for each in _find(customers, seller, emails=["tra@example.com"])] == [first]

    unmerge(done.operation.id, actor=seller)
    assert [each.id for each in _find(customers, seller, emails=["tra@example.com"])] == [second]
    assert [each.id for each in _find(customers, seller, phones=[PHONE])] == [first]
