"""Which records can never be one, and which values are one although they were written in two ways."""

from __future__ import annotations

import pytest

from duyen.entities.entity import Entity
from duyen.entities.merging.apart import never_one
from duyen.entities.merging.proposing import propose
from duyen.entities.merging.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_keeps_persons_and_organisations_apart(
    customers: Entity, make: Make, django_assert_num_queries: object
) -> None:
    person = make("Phan Thu Trà", kind="INDIVIDUAL")
    household, firm, twin = (
        make(name, kind=kind)
        for name, kind in (
            ("Hộ Phan Thu Trà", "HOUSEHOLD_BUSINESS"),
            ("Công ty Trà", "ORGANISATION"),
            ("Phan Thu Tra", "INDIVIDUAL"),
        )
    )

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert never_one(customers, person, [household, firm, twin]) == {firm}
    assert never_one(customers, person, []) == set()


def test_takes_one_number_written_in_two_ways_for_one(cast: Cast, customers: Entity, make: Make) -> None:
    one = make("Hoa Sen", phones=["0912 345 678"])
    other = make("Cty Hoa Sen", phones=["+84912345678"])
    labelled = make("Sen", phones=[{"value": "0912345678", "label": "Zalo"}])

    def differing(*ids: int) -> set[str]:
        told = propose(customers, actor=cast.actor("director"), ids=ids, survivor=ids[0])
        return {each.field.name for each in told.choices if each.differs}

    assert differing(one, other) == {"name"}
    assert differing(one, labelled) == {"name", "phones"}
