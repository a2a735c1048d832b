"""What the tests of parties share: customers made through the front door, and steps taken on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done
from duyen.testing.cast import Cast

Make = Callable[..., int]
Take = Callable[..., Done]


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


@pytest.fixture
def contacts() -> Entity:
    return entity_named("contacts")


@pytest.fixture
def make(cast: Cast, customers: Entity) -> Make:
    """Make a customer, an organisation by the seller unless told otherwise."""

    def make_one(name: str, *, kind: str = "ORGANISATION", by: str = "seller", **values: object) -> int:
        given = {"name": name, "kind": kind, **values}
        return standard.create(customers, actor=cast.actor(by), values=given).id

    return make_one


@pytest.fixture
def take(cast: Cast, customers: Entity) -> Take:
    """Take a step on a customer, as the seller unless told otherwise."""

    def take_one(verb: str, record_id: int, *, by: str = "seller", **arguments: object) -> Done:
        return perform(customers, verb, record_id, actor=cast.actor(by), arguments=arguments)

    return take_one
