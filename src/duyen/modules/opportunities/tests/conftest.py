"""What the tests of opportunities share: a catalogue with prices, a customer, and deals of a seller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.foundation.org.words import RoleCode
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import today
from duyen.modules.opportunities.models import Opportunity, Stage
from duyen.modules.opportunities.settings import PAPER_NEEDED
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
Make = Callable[..., int]
Take = Callable[..., Any]


@dataclass(frozen=True)
class Goods:
    """A line billed monthly with a plan, 150.000 its floor, and a box sold once."""

    line: int
    plan: int
    box: int


@pytest.fixture
def goods(cast: Cast) -> Goods:
    director = cast.actor("director")
    common = {"vat_class": "TELECOM"}
    line = _made(
        cast, "products", code="LINE", name="Cáp quang", kind="RECURRING", billing_period="MONTH", **common
    )
    box = _made(cast, "products", code="BOX", name="Thiết bị", kind="ONE_OFF", nature="GOODS", **common)
    plan = _made(
        cast, "plans", code="LINE-12", name="Trước 12 tháng", product=line, term_months=24,
        prepaid_months=12, free_months=2,
    )  # fmt: skip
    prices = _made(cast, "price_lists", code="P1", name="Bảng giá", valid_from=today())
    table = "LINE;;200000;300000;150000\nLINE;LINE-12;200000;0;150000\nBOX;;1000000;;"
    lists = entity_named("price_lists")
    perform(lists, "set_prices", prices, actor=director, arguments={"lines": table})
    perform(lists, "issue", prices, actor=director, arguments={})
    return Goods(line, plan, box)


def _made(cast: Cast, entity: str, **values: Any) -> int:
    return standard.create(entity_named(entity), actor=cast.actor("director"), values=values).id


@pytest.fixture
def customer(cast: Cast) -> int:
    """A customer of the seller."""
    values = {"name": "Công ty TNHH Minh Khuê", "kind": "ORGANISATION"}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


@pytest.fixture
def deal(cast: Cast, customer: int) -> Make:
    """Make an opportunity, one of the seller's with her customer unless told otherwise."""

    def make(*, by: str = "seller", **values: Any) -> int:
        given = {
            "name": "Mạng cho kho lạnh",
            "customer": customer,
            "source": "REFERRAL",
            "expected_close": today() + dt.timedelta(days=30),
            **values,
        }
        return standard.create(entity_named("opportunities"), actor=cast.actor(by), values=given).id

    return make


@pytest.fixture
def take(cast: Cast) -> Take:
    """Take a step on an opportunity, as the seller unless told otherwise; nobody is beaten who is not met."""

    def step(verb: str, deal_id: int, *, by: str = "seller", **arguments: Any) -> Any:
        if verb == "win" and "beaten" not in arguments:
            arguments.setdefault("no_rival", not stand(deal_id).competitor_ids)
        return perform(
            entity_named("opportunities"), verb, deal_id, actor=cast.actor(by), arguments=arguments
        )

    return step


@pytest.fixture
def browser_of(cast: Cast) -> BrowserOf:
    """Give the browser of somebody of the cast who is signed in."""

    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_in


@pytest.fixture
def no_paper(cast: Cast) -> None:
    """Let deals be won without a paper."""
    keep_setting(PAPER_NEEDED, False, actor=cast.actor("admin"))


def no_conditions(cast: Cast) -> None:
    """Let every stage be left without more ado."""
    for each in Stage.objects.order_by("pk"):
        standard.change(
            entity_named("opportunity_stages"),
            each.pk,
            actor=cast.actor("director"),
            values={"checklist": "", "required": []},
            version=each.version,
        )


def stage_at(place: int) -> Stage:
    """Give a stage of the first pipeline by its place, from 1."""
    return Stage.objects.order_by("position", "pk")[place - 1]


def stand(deal_id: int) -> Opportunity:
    """Give a deal as it stands."""
    return Opportunity.objects.get(pk=deal_id)


def hide(field: str, *, entity: str = "opportunities") -> None:
    """Hide a field from those who sell."""
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.hide")
        role = Role.objects.get(code=RoleCode.SALES_REP.value)
        FieldRight.objects.create(role=role, entity=entity, field=field, level=FieldLevel.HIDDEN.value)
