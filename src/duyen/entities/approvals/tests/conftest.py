"""What the tests of approvals share: a limit that holds, and a short way to ask and to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

import pytest

from duyen.entities import standard
from duyen.entities.approvals.asking import ask
from duyen.entities.approvals.keeping import deciding, keep, key_of, limit_named
from duyen.entities.entity import Entity
from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import entity_named
from duyen.foundation.settings.company import kept_rows
from duyen.testing.cast import Cast

DELETING = "customers.delete"
Make = Callable[..., int]
Ask = Callable[..., ApprovalRequest]
Roles = Mapping[str, Decimal | None]


class Decide(Protocol):
    """Decides about a limit."""

    def __call__(self, name: str = DELETING, *, roles: Roles | None = None) -> None: ...


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


@pytest.fixture
def decide_limit(cast: Cast) -> Decide:
    """Let the administrator turn a limit on, with the roles that it starts with unless told otherwise."""

    def decide(name: str = DELETING, *, roles: Roles | None = None) -> None:
        limit = limit_named(name)
        assert limit is not None
        held = deciding(limit)
        told = replace(held, is_on=True, roles=held.roles if roles is None else roles)
        row = kept_rows([key_of(limit)]).get(key_of(limit))
        keep(limit, told, actor=cast.actor("admin"), version=row.version if row else 0)

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
