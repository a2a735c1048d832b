"""What the engine's tests share: the customers entity, and a short way to make some."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.testing.cast import Cast

MakeCustomer = Callable[..., int]


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


@pytest.fixture
def make_customer(cast: Cast, customers: Entity) -> MakeCustomer:
    """Make a customer through the front door, as the seller unless another is named."""

    def make(name: str = "Phan Thu Trà", *, by: str = "seller", **values: object) -> int:
        given = {"name": name, "kind": "INDIVIDUAL", **values}
        return standard.create(customers, actor=cast.actor(by), values=given).id

    return make
