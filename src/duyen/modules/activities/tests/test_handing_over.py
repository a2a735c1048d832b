"""Open work goes with its customer to whoever gets it, and comes back when that is undone."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.modules.activities.models import Activity
from duyen.modules.activities.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_open_work_goes_with_the_customer(cast: Cast, customer: Make, make: Make, take: Take) -> None:
    firm = customer()
    about = [{"entity": "customers", "id": firm}]
    still_open, done, private = make(about=about), make(about=about), make(about=about, is_private=True)
    elsewhere = make()
    others = make(about=about, owner=cast.user("seller").pk, by="manager")
    take("finish", done)
    seller, teller, manager = (cast.user(each).pk for each in ("seller", "teller", "manager"))
    other_owner = make(about=about, by="manager")

    operation = standard.hand_over(
        entity_named("customers"), [firm], actor=cast.actor("manager"), owner=teller
    )

    owners = dict(Activity.objects.values_list("pk", "owner_id"))
    assert owners == {
        still_open: teller,
        others: teller,
        done: seller,
        private: seller,
        elsewhere: seller,
        other_owner: manager,
    }

    undo(operation.id, actor=cast.actor("manager"))

    assert Activity.objects.get(pk=still_open).owner_id == seller
