"""Sharing: nobody gives more than she has, and a share opens no field that a role keeps closed."""

from __future__ import annotations

import pytest

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.sharing import share
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.foundation.shares.models import Share
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_gives_nobody_the_right_to_change_that_the_giver_lacks(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record, outsider = make_customer(by="colleague"), cast.users["outsider"].pk
    trail.begin(system_actor("tests"), "tests.let_share")
    role = Role.objects.get(code="TELLER")
    RoleRight.objects.create(role=role, entity="customers", verb="share", reach="team")
    RoleRight.objects.filter(role=role, entity="customers", verb="change").delete()

    with pytest.raises(NotAllowed):
        share(customers, record, actor=cast.actor("colleague"), user=outsider, may_change=True)
    assert not Share.objects.exists()

    share(customers, record, actor=cast.actor("colleague"), user=outsider)
    assert Share.objects.filter(record_id=record, user_id=outsider, may_change=False).exists()


def test_keeps_a_field_hidden_on_a_record_that_is_open_by_a_share_alone(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer(phones=["0912 345 678"])
    share(customers, record, actor=cast.actor("manager"), user=cast.users["admin"].pk)
    trail.begin(system_actor("tests"), "tests.hide")
    role = Role.objects.get(code="ADMIN")
    FieldRight.objects.create(role=role, entity="customers", field="phones", level="hidden")

    admin = cast.actor("admin")

    assert customers.rows(admin).filter(pk=record).exists()
    assert customers.level(admin, "phones") is FieldLevel.HIDDEN
    assert customers.level(admin, "note") is None
