"""A limit on a field holds wherever the same data stands."""

from __future__ import annotations

import pytest
from django.db import transaction

from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Position, Role
from duyen.kernel.clock import now, today
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _limit(cast: Cast, role: str, entity: str, field: str, level: FieldLevel = FieldLevel.HIDDEN) -> None:
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.limit")
        FieldRight.objects.create(
            role=Role.objects.get(code=role), entity=entity, field=field, level=level.value
        )


@pytest.mark.parametrize(("limited", "other"), [("customers", "contacts"), ("contacts", "customers")])
def test_hides_a_field_from_a_role_under_every_name_of_its_column(
    cast: Cast, limited: str, other: str
) -> None:
    _limit(cast, "SALES_REP", limited, "phones")

    seller = cast.actor("seller")
    assert entity_named(other).level(seller, "phones") is FieldLevel.HIDDEN
    assert entity_named(other).level(seller, "emails") is None
    assert entity_named(other).level(cast.actor("teller"), "phones") is None


def test_hides_with_an_address_what_is_copied_from_it(cast: Cast) -> None:
    _limit(cast, "SALES_REP", "customers", "addresses")

    readable = {each.name for each in entity_named("customers").readable(cast.actor("seller"))}

    assert not readable & {"addresses", "ward", "province"}


def test_takes_the_narrowest_limit_of_one_role(cast: Cast) -> None:
    _limit(cast, "SALES_REP", "customers", "phones", FieldLevel.READ)
    _limit(cast, "SALES_REP", "contacts", "phones")

    assert entity_named("customers").level(cast.actor("seller"), "phones") is FieldLevel.HIDDEN


def test_lets_a_second_role_show_what_it_gives(cast: Cast) -> None:
    _limit(cast, "SALES_REP", "customers", "phones")
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.place")
        Position.objects.create(
            user=cast.user("seller"),
            unit=cast.unit("HP1"),
            role=Role.objects.get(code="TELLER"),
            since=today(),
            created_at=now(),
            updated_at=now(),
        )

    assert entity_named("contacts").level(cast.actor("seller"), "phones") is None


def test_tells_no_hidden_state_in_the_reason_against_a_step(cast: Cast, make_customer: MakeCustomer) -> None:
    customer = make_customer()
    _limit(cast, "SALES_REP", "customers", "relationship_state")

    with pytest.raises(NotNow) as refused:
        perform(
            entity_named("customers"),
            "win_back",
            customer,
            actor=cast.actor("seller"),
            arguments={"note": "Quay lại"},
        )

    state = entity_named("customers").field("relationship_state").show("ATTRACTING")
    assert state not in str(refused.value)
