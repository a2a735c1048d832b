"""What the tests of leads share: leads of a seller, and steps on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.modules.activities.actions import log
from duyen.modules.activities.words import ActivityKind
from duyen.modules.leads.actions import capture
from duyen.modules.leads.models import Lead
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

Make = Callable[..., int]
Take = Callable[..., Any]

GIVEN: dict[str, object] = {"name": "Phạm Thị Mai", "phones": ["0359 000 111"], "source": "REFERRAL"}
#: All that a lead needs to be qualified.
WORTH: dict[str, object] = {
    "need": "Mạng cho quán cà phê",
    "budget": 500_000,
    "is_decider": True,
    "is_feasible": True,
}


@pytest.fixture
def lead(cast: Cast) -> Make:
    """Take in a lead, one of the seller's unless told otherwise."""

    def make(*, by: str = "seller", **values: Any) -> int:
        return capture(actor=cast.actor(by), values={**GIVEN, **values}).id

    return make


@pytest.fixture
def take(cast: Cast) -> Take:
    """Take a step on a lead, as the seller unless told otherwise."""

    def step(verb: str, lead_id: int, *, by: str = "seller", **arguments: Any) -> Any:
        return perform(entity_named("leads"), verb, lead_id, actor=cast.actor(by), arguments=arguments)

    return step


@pytest.fixture
def call(cast: Cast) -> Callable[..., None]:
    """Note a call about a lead, with a result unless told otherwise."""

    def note(lead_id: int, *, by: str = "seller", result: str = "Khách muốn xem báo giá") -> None:
        log(ActivityKind.CALL, "Gọi", actor=cast.actor(by), about=[("leads", lead_id)], result=result)

    return note


def party_of(party_id: int | None) -> Party:
    """Give a party that somebody points at. Raises DoesNotExist where nobody does."""
    return Party.objects.get(pk=party_id or 0)


def stand(lead_id: int) -> Lead:
    """Give a lead as it stands."""
    return Lead.objects.get(pk=lead_id)


def change(cast: Cast, lead_id: int, *, by: str = "seller", **values: Any) -> None:
    """Change fields of a lead as somebody who reads its newest version."""
    entity, version = entity_named("leads"), stand(lead_id).version
    standard.change(entity, lead_id, actor=cast.actor(by), values=values, version=version)
