"""How a list asks for the rows of several owners and units, and that no row stands twice."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities import paging
from duyen.entities.entity import Entity
from duyen.entities.paging import View, page
from duyen.entities.scope import MOST_BRANCHES, Scope, leading_columns
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.rules import ScopeFacts
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import now
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

FACTS = ScopeFacts(owners=frozenset({1}), units=frozenset({4, 5, 6}), shared=frozenset({9}))


def _names(entity: Entity, actor: Actor, order: str) -> list[str]:
    names: list[str] = []
    after: str | None = None
    while True:
        found = page(entity, entity.listing(), actor=actor, view=View(sort=order, limit=2), after=after)
        names += [row["name"] for row in found.rows]
        if found.next is None:
            return names
        after = found.next


def test_knows_from_which_columns_an_index_leads_to_an_order() -> None:
    assert leading_columns(Party, "name_key") == {"owner_id", "unit_id"}
    assert leading_columns(Party, "given_key") == frozenset()


def test_asks_unit_by_unit_only_where_an_index_leads() -> None:
    led = Scope().branches(FACTS, "t", leading=frozenset({"owner_id", "unit_id"}))
    not_led = Scope().branches(FACTS, "t")

    assert [part.text for part in led].count('t."unit_id" = %s') == 3
    assert [part.text for part in not_led] == ['t."owner_id" = %s', 't."unit_id" = ANY(%s)', "t.id = ANY(%s)"]


def test_asks_for_many_units_at_once() -> None:
    facts = ScopeFacts(units=frozenset(range(MOST_BRANCHES + 1)))

    assert len(Scope().branches(facts, "t", leading=frozenset({"unit_id"}))) == 1


@pytest.mark.parametrize("order", ["name", "-name", "given_name", "-created_at"])
def test_lists_a_row_with_three_ways_in_once(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, order: str
) -> None:
    for number in range(5):
        make_customer(f"Phan Thu Trà {number}", by="teller")
    shared = make_customer("Đặng Văn Ấn", by="outsider")
    own = Party.objects.order_by("pk").values_list("pk", flat=True)[0]
    for record_id in (shared, own):
        Share.objects.create(
            entity="customers", record_id=record_id, user=cast.user("teller"), created_at=now()
        )

    with CaptureQueriesContext(
        connection,
    ) as queries:
        names = _names(customers, cast.actor("teller"), order)

    assert len(names) == len(set(names)) == 6
    assert any(re.search(r"UNION", each["sql"]) for each in queries)


def test_keeps_the_index_of_units_out_of_a_wide_search() -> None:
    wide = Scope().as_sql(ScopeFacts(units=frozenset(range(20))), "t")
    narrow = Scope().as_sql(ScopeFacts(units=frozenset({4, 5})), "t")

    assert wide.text == '(((t."unit_id" + 0) = ANY(%s)))'
    assert narrow.text == '((t."unit_id" = ANY(%s)))'


@pytest.mark.parametrize("few", [0, 2, 100])
@pytest.mark.parametrize("order", ["given_name", "-given_name", "-created_at"])
def test_lists_the_same_rows_whether_they_are_gathered_or_walked(
    cast: Cast,
    customers: Entity,
    make_customer: MakeCustomer,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    order: str,
) -> None:
    monkeypatch.setattr(paging, "FEW_ROWS", few)
    made = [make_customer(f"Phan Thu {given}") for given in ("Trà", "An", "Ấn", "Bình", "Hà")]
    make_customer("Đặng Văn Ấn", by="outsider")

    names = _names(customers, cast.actor("seller"), order)

    assert sorted(names) == sorted(Party.objects.filter(pk__in=made).values_list("name", flat=True))
    if order == "given_name":
        assert [each.rpartition(" ")[2] for each in names] == ["An", "Ấn", "Bình", "Hà", "Trà"]
