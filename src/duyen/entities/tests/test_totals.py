"""Totals of a list: of the rows that the reader may see, exact or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duyen.entities.entity import Entity
from duyen.entities.fields import Whole
from duyen.entities.paging import View
from duyen.entities.tests.conftest import MakeCustomer
from duyen.entities.totals import totals
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

#: The version stands for an amount: it is the only number that every customer has.
SUM, AVERAGE = Whole("version", total="sum"), Whole("again", column="version", total="average")


@pytest.fixture
def counted(customers: Entity) -> Entity:
    return replace(customers, fields=[*customers.fields, SUM, AVERAGE], lifecycle=None)


def test_adds_up_what_the_reader_sees_and_the_filter_leaves(
    cast: Cast, counted: Entity, make_customer: MakeCustomer
) -> None:
    for name, by in (("Một", "seller"), ("Hai", "seller"), ("Ba", "teller"), ("Bốn", "outsider")):
        make_customer(name, by=by, is_key_account=name != "Hai")

    def found(who: str, view: View) -> tuple[int, dict[str, object]]:
        told = totals(counted, actor=cast.actor(who), view=view, fields=[SUM, AVERAGE, counted.field("name")])
        return told.number, dict(told.by_field)

    key_accounts = View(filter=["is_key_account", "eq", True])
    assert found("manager", View()) == (3, {"version": 3, "again": 1})
    assert found("manager", key_accounts) == (2, {"version": 2, "again": 1})
    assert found("director", View(q="mot")) == (1, {"version": 1, "again": 1})
    assert found("admin", View()) == (0, {"version": None, "again": None})


def test_gives_no_total_where_it_could_not_be_exact(
    cast: Cast, counted: Entity, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.totals.MOST_COUNTED", 2)
    for number in range(3):
        make_customer(f"Khách {number}")

    told = totals(counted, actor=cast.actor("director"), view=View(), fields=[SUM])

    assert (told.number, told.is_more, dict(told.by_field)) == (2, True, {})
