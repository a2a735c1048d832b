"""What the tests of commissions share: a customer, deals under way and won, shares, and short ways to act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit import trail
from duyen.foundation.files.models import File
from duyen.foundation.org.models import Position, Role, User
from duyen.kernel.clock import now, today
from duyen.modules.commissions.models import Commission
from duyen.testing.cast import Cast

Make = Callable[..., int]
Take = Callable[..., Any]


@pytest.fixture
def customer(cast: Cast) -> int:
    """A customer of the seller."""
    values = {"name": "Công ty TNHH Minh Khuê", "kind": "ORGANISATION"}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


@pytest.fixture
def deal(cast: Cast, customer: int) -> Make:
    """Make a deal of the seller's; won long ago when told so, as who confirms brings it in."""

    def make(*, is_won: bool = False, **values: Any) -> int:
        given: dict[str, object] = {
            "name": "Mạng cho kho lạnh",
            "customer": customer,
            "source": "REFERRAL",
            "expected_close": today() + dt.timedelta(days=30),
            "amount": 100_000_000,
            "owner": cast.users["seller"].pk,
            "unit": cast.unit("HP1").pk,
            **values,
        }
        if is_won:
            given |= {"closed_on": today(), "win_reason": "PRICE"}
        return standard.create(entity_named("opportunities"), actor=cast.actor("director"), values=given).id

    return make


@pytest.fixture
def take(cast: Cast) -> Take:
    """Take a step on a deal or, by `of`, on a commission; as the seller unless told otherwise."""

    def step(
        verb: str, record_id: int, *, by: str = "seller", of: str = "opportunities", **asked: Any
    ) -> Any:
        return perform(entity_named(of), verb, record_id, actor=cast.actor(by), arguments=asked)

    return step


@pytest.fixture
def share(cast: Cast) -> Make:
    """Add a beneficiary to a deal, as the seller unless told otherwise."""

    def make(deal_id: int, split: str = "100", *, by: str = "seller", **values: Any) -> int:
        given = {
            "opportunity": deal_id,
            "kind": "AGENT",
            "beneficiary": "Đại lý Hoa Phượng",
            "split": split,
            **values,
        }
        if given["kind"] in ("EMPLOYEE",):
            del given["beneficiary"]
        return standard.create(entity_named("commissions"), actor=cast.actor(by), values=given).id

    return make


@pytest.fixture
def accountant(cast: Cast) -> str:
    """One more of the cast: the accountant of the branch."""
    stamps = {"created_at": now(), "updated_at": now()}
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.accountant")
        user = User.objects.create(email="ketoan@example.com", full_name="Ngô Thị Kế", **stamps)
        Position.objects.create(
            user=user,
            unit=cast.unit("HP"),
            role=Role.objects.get(code="ACCOUNTANT"),
            is_main=True,
            since=today() - dt.timedelta(days=30),
            **stamps,
        )
    cast.users["accountant"] = user
    return "accountant"


def stand(commission_id: int) -> Commission:
    """Give a commission as it stands."""
    return Commission.objects.get(pk=commission_id)


def prove(cast: Cast, commission_id: int, *, by: str = "seller") -> None:
    """Hang the paper on a commission that shows that its condition is met."""
    stands = {"entity": "commissions", "record_id": commission_id, "created_at": now()}
    with transaction.atomic():
        trail.begin(cast.actor(by), "files.add_file")
        File.objects.create(name="bien-ban.pdf", updated_at=now(), **stands)
