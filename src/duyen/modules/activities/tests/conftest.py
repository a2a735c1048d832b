"""What the tests of activities share: customers and activities made through the front door."""

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
def activities() -> Entity:
    return entity_named("activities")


@pytest.fixture
def tasks() -> Entity:
    return entity_named("tasks")


@pytest.fixture
def customer(cast: Cast) -> Make:
    """Make a customer, of the seller unless told otherwise."""

    def make_one(name: str = "Công ty TNHH Hải Long", *, by: str = "seller") -> int:
        values = {"name": name, "kind": "ORGANISATION"}
        return standard.create(entity_named("customers"), actor=cast.actor(by), values=values).id

    return make_one


@pytest.fixture
def make(cast: Cast, activities: Entity) -> Make:
    """Make an activity, a task by the seller unless told otherwise."""

    def make_one(subject: str = "Gọi lại báo giá", *, by: str = "seller", **values: object) -> int:
        given = {"kind": "TASK", "subject": subject, **values}
        return standard.create(activities, actor=cast.actor(by), values=given).id

    return make_one


@pytest.fixture
def take(cast: Cast, activities: Entity) -> Take:
    """Take a step on an activity, as the seller unless told otherwise."""

    def take_one(verb: str, record_id: int, *, by: str = "seller", **arguments: object) -> Done:
        return perform(activities, verb, record_id, actor=cast.actor(by), arguments=arguments)

    return take_one
