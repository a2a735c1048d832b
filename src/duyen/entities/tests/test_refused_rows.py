"""Rows of a set that the database itself refuses: they are named, and the others stay."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.settings.models import Counter
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [3, 30])
def test_keeps_the_others_where_the_database_refuses_one(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, count: int
) -> None:
    make_customer()
    Counter.objects.update(last=0)  # the next number is one that is taken
    rows = [{"name": f"Khách {place}", "kind": "INDIVIDUAL"} for place in range(count)]

    made, _operation = standard.create_many(customers, actor=cast.actor("seller"), rows=rows)

    refused = [place for place, each in enumerate(made) if each.id is None]
    assert refused == [0]
    assert [problem.code for problem in made[0].problems] == ["database"]
    assert Party.objects.count() == count
