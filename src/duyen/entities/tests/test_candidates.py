"""A filter without an index: few candidates are looked through, of many the first, and more are refused."""

from __future__ import annotations

import pytest

from duyen.entities.candidates import TooManyToLookThrough
from duyen.entities.counting import Count, count
from duyen.entities.entity import Entity
from duyen.entities.filters import compile_filter
from duyen.entities.paging import View, page
from duyen.entities.sql import TRUE
from duyen.entities.tests.conftest import MakeCustomer
from duyen.entities.totals import totals
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_KEY = ["is_key_account", "eq", True]
_NOTE = ["note", "contains", "vang"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four candidates be many, and two a first look."""
    monkeypatch.setattr("duyen.entities.candidates.MOST_LOOKED_AT", 4)
    monkeypatch.setattr("duyen.entities.candidates.FIRST_LOOK", 2)


def _names(customers: Entity, cast: Cast, view: View, who: str = "director") -> list[str]:
    names: list[str] = []
    after: str | None = None
    while True:
        found = page(customers, customers.listing(), actor=cast.actor(who), view=view, after=after)
        names += [row["name"] for row in found.rows]
        if found.next is None:
            return names
        after = found.next


@pytest.mark.usefixtures("few")
def test_refuses_what_too_few_of_the_first_candidates_fulfil_and_names_what_is_quick(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    for number in range(6):
        make_customer(f"Khách {number}", note="vàng" if number == 5 else "")

    with pytest.raises(TooManyToLookThrough, match=r"“Ghi chú”.*ngành") as refused:
        _names(customers, cast, View(filter=_NOTE, limit=1))

    assert "20.000" not in str(refused.value)
    assert refused.value.code == "too_many_to_look_through"


@pytest.mark.usefixtures("few")
def test_does_not_refuse_what_the_first_candidates_fill(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    for number in range(6):
        make_customer(f"Khách {number}", is_key_account=number != 1)

    # Behind the second page four candidates are left: they are looked through wherever they stand.
    assert _names(customers, cast, View(filter=_KEY, limit=1)) == [
        f"Khách {number}" for number in (0, 2, 3, 4, 5)
    ]


@pytest.mark.usefixtures("few")
def test_looks_through_few_candidates_whatever_leaves_them_over(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    for number in range(6):
        make_customer(
            f"Khách {number}",
            industry="TRADE" if number > 3 else "",
            note="vàng" if number == 5 else "",
            by="outsider" if number < 3 else "seller",
        )
    trade = {"and": [["industry", "in", ["TRADE"]], _NOTE]}

    assert _names(customers, cast, View(filter=trade)) == ["Khách 5"]
    assert _names(customers, cast, View(filter=_NOTE), "seller") == ["Khách 5"]
    assert _names(customers, cast, View(filter=_NOTE, q="khach 5")) == ["Khách 5"]
    assert _names(customers, cast, View(filter=trade, sort="born_on")) == ["Khách 5"]
    for view in (View(filter=_NOTE, q="khach"), View(filter=_NOTE, sort="born_on")):
        with pytest.raises(TooManyToLookThrough):
            _names(customers, cast, view)


@pytest.mark.usefixtures("few")
def test_counts_at_least_what_was_found_and_adds_nothing_up_where_looking_stopped(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    for number in range(6):
        make_customer(f"Khách {number}", is_key_account=True, by="seller" if number < 3 else "outsider")
    view = View(filter=_KEY)

    many = count(customers, actor=cast.actor("director"), view=view)
    told = totals(customers, actor=cast.actor("director"), view=view, fields=[])

    assert many.is_more
    assert 4 <= many.number <= 6
    assert count(customers, actor=cast.actor("seller"), view=view) == Count(3)
    assert (told.is_more, dict(told.by_field)) == (True, {})
    assert not totals(customers, actor=cast.actor("seller"), view=view, fields=[]).is_more


@pytest.mark.parametrize(
    ("tree", "is_served", "is_hinted"),
    [
        (["industry", "in", ["TRADE"]], True, False),
        (["tags", "eq", ["vip"]], True, False),
        (["tags", "empty", True], False, False),
        (["created_at", "gte", "2026-01-01"], True, False),
        (["owner", "empty", True], False, False),
        (["owner", "eq", 5], True, False),
        (["code", "eq", "KH-HP1-26-000001"], True, False),
        (["kind", "in", ["INDIVIDUAL"]], False, False),
        (["name", "contains", "thu tra"], False, True),
        (["name", "contains", "t"], False, False),
        (["phones", "eq", "0912345678"], False, True),
        (["emails", "eq", "a@duyen.example"], False, True),
        (["tax_code", "eq", "0100109106"], False, True),
        (["tax_code", "eq", "031190000012"], False, False),
        ({"or": [["industry", "eq", "TRADE"], ["owner", "eq", 5]]}, True, False),
        ({"or": [["industry", "eq", "TRADE"], ["name", "contains", "tra"]]}, False, True),
        ({"or": [["industry", "eq", "TRADE"], ["note", "contains", "abc"]]}, False, False),
    ],
)
def test_knows_what_an_index_serves(
    cast: Cast, customers: Entity, tree: object, is_served: bool, is_hinted: bool
) -> None:
    found = compile_filter(customers, cast.actor("director"), tree, alias="t")

    assert (found.rest == TRUE, found.hint != TRUE) == (is_served, is_hinted)
    assert bool(found.slow) is not is_served


@pytest.mark.parametrize("order", ["", "-name", "-created_at", "given_name"])
def test_shows_the_same_rows_as_without_a_limit_or_says_that_it_cannot(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, order: str
) -> None:
    people = ("seller", "teller", "colleague", "manager", "outsider")
    for number in range(15):
        fits = number in (0, 1, 2, 3, 5, 8, 9, 14)
        make_customer(f"Khách {number:02}", is_key_account=fits, by=people[number % 5])
    told = 0

    for who in ("director", "manager", "teller", "seller"):
        for limit in (1, 2, 3):
            view = View(filter=_KEY, sort=order, limit=limit)
            expected = _names(customers, cast, view, who)
            for most in (4, 9, 20):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr("duyen.entities.candidates.MOST_LOOKED_AT", most)
                    patch.setattr("duyen.entities.candidates.FIRST_LOOK", most // 2)
                    try:
                        assert _names(customers, cast, view, who) == expected
                        told += 1
                    except TooManyToLookThrough:
                        assert most < 15

    assert told >= 24


def test_finds_a_phone_and_a_tax_code_by_the_search_column_as_without_it(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer(
        "Đặng  Ấn", phones=["0912345678"], emails=["An.Dang@Duyen.Example"], tax_code="0100109106"
    )
    make_customer("Khác", phones=["0912345679"], note="0912345678")
    trees = (
        ["name", "contains", "Đặng ấ"],
        ["name", "starts", "dang a"],
        ["name", "eq", "Đặng Ấn"],
        ["phones", "eq", "0912 345 678"],
        ["phones", "in", ["0912345678"]],
        ["emails", "eq", "An.Dang@duyen.example"],
        ["tax_code", "eq", "0100109106"],
    )

    for tree in trees:
        found = page(customers, customers.listing(), actor=cast.actor("seller"), view=View(filter=tree))
        assert [row["id"] for row in found.rows] == [made], tree
