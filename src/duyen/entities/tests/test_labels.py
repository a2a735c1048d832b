"""Naming what records point at, within the reader's rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities.entity import Entity
from duyen.entities.labels import labels, link_labels
from duyen.entities.registry import entity_named
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.testing.cast import Cast


def test_names_a_record_in_sight(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    made = make_customer("Phan Thu Trà")

    (named,) = labels(cast.actor("teller"), customers, [made]).values()

    assert (named.id, named.label, named.is_open) == (made, "Phan Thu Trà", True)
    assert named.code.startswith("KH-HP-")
    assert (named.unit, named.owner) == ("", "")


def test_says_of_a_record_out_of_sight_whom_to_ask_and_nothing_else(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer("Phan Thu Trà")

    named = labels(cast.actor("outsider"), customers, [made, 999_999])

    assert set(named) == {made}
    found = named[made]
    assert (found.is_open, found.code, found.label) == (False, "", "")
    assert (found.unit, found.owner) == ("Cửa hàng Hồng Bàng", "Nguyễn Hồng Hạnh")


@pytest.mark.parametrize("who", ["seller", "outsider", "admin"])
def test_names_people_and_units_to_everybody(cast: Cast, who: str) -> None:
    user, unit = cast.users["manager"].pk, cast.units["HD1"].pk

    assert labels(cast.actor(who), entity_named("users"), [user])[user].label == "Phạm Đức Thắng"
    assert labels(cast.actor(who), entity_named("units"), [unit])[unit].code == "HD1"


def test_leaves_out_a_label_that_the_reader_may_not_see(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer("Phan Thu Trà")
    trail.begin(system_actor("tests"), "tests.limit")
    role = Role.objects.get(code="TELLER")
    FieldRight.objects.create(role=role, entity="customers", field="name", level="hidden")

    (named,) = labels(cast.actor("teller"), customers, [made]).values()

    assert named.label == ""
    assert named.code.startswith("KH-HP-")


def test_asks_once_for_each_linked_entity(cast: Cast, customers: Entity) -> None:
    users, units = list(cast.users.values()), list(cast.units.values())
    rows: list[Mapping[str, Any]] = [
        {"owner_id": user.pk, "unit_id": unit.pk} for user in users for unit in units
    ]
    rows.append({"owner_id": None, "unit_id": units[0].pk})
    links = [customers.field("owner"), customers.field("unit")]

    actor = cast.actor("seller")

    with CaptureQueriesContext(connection) as captured:
        linked = link_labels(actor, links, rows)

    assert len(captured) == 2
    assert set(linked["users"]) == {user.pk for user in users}
    assert set(linked["units"]) == {unit.pk for unit in units}
