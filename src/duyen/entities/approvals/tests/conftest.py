"""What the tests of approvals share: a limit that holds, and a short way to ask and to decide."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duyen.entities import standard
from duyen.entities.approvals.asking import ask
from duyen.entities.approvals.keeping import deciding, keep, limit_named
from duyen.entities.approvals.rules import Deciding
from duyen.entities.entity import Entity
from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import entity_named
from duyen.foundation.settings.company import kept_rows
from duyen.testing.cast import Cast

DELETING = "customers.delete"
MERGING = "customers.merge"
Make = Callable[..., int]
Ask = Callable[..., ApprovalRequest]
Decide = Callable[..., None]


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


@pytest.fixture
def decide_limit(cast: Cast) -> Decide:
    """Let the administrator decide about a limit: on, as it starts, unless told otherwise."""

    def decide(name: str = DELETING, **told: object) -> None:
        limit = limit_named(name)
        assert limit is not None
        held = deciding(limit)
        roles = told.get("roles", held.roles)
        new = Deciding(bool(told.get("is_on", True)), int(str(told.get("hours", held.hours))), roles)  # type: ignore[arg-type] # as a test tells it
        row = kept_rows([f"approvals.{name}"]).get(f"approvals.{name}")
        keep(limit, new, actor=cast.actor("admin"), version=row.version if row else 0)

    return decide


@pytest.fixture
def make(cast: Cast, customers: Entity) -> Make:
    """Make a customer, the seller's unless told otherwise."""

    def make_one(name: str = "Công ty TNHH Ánh Dương", *, by: str = "seller", **values: object) -> int:
        given = {"name": name, "kind": "ORGANISATION", **values}
        return standard.create(customers, actor=cast.actor(by), values=given).id

    return make_one


@pytest.fixture
def asked(cast: Cast, customers: Entity, make: Make, decide_limit: Decide) -> Ask:
    """Ask for the deletion of a new customer of the seller's."""
    decide_limit()

    def ask_one(
        *, by: str = "seller", words: str = "Khách đã giải thể", record: int | None = None
    ) -> ApprovalRequest:
        record_id = make() if record is None else record
        return ask(customers, "delete", record_id, actor=cast.actor(by), arguments={}, words=words)

    return ask_one
