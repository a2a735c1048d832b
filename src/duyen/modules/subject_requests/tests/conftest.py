"""A data protection officer, a person, and requests that somebody at the counter noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.testing.cast import Cast
from duyen.testing.officer import let_in_officer

Note = Callable[..., int]
Take = Callable[..., Done]


@pytest.fixture
def officer(cast: Cast) -> Actor:
    """The data protection officer of the company."""
    return actor_for(let_in_officer(cast), Door.WEB)


@pytest.fixture
def person(cast: Cast) -> int:
    """A customer of the seller who is a person."""
    values = {"name": "Đoàn Thuỳ Chi", "kind": "INDIVIDUAL", "phones": ["0912345678"]}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


@pytest.fixture
def note(cast: Cast, person: int) -> Note:
    """Note a request of the person, as the teller of her store unless told otherwise."""

    def note_one(kind: str = "ACCESS", *, by: str = "seller", **values: Any) -> int:
        given = {"requester": "Đoàn Thuỳ Chi", "kind": kind, "received_by": "COUNTER", "customer": person}
        entity = entity_named("subject_requests")
        return standard.create(entity, actor=cast.actor(by), values={**given, **values}).id

    return note_one


@pytest.fixture
def take(officer: Actor) -> Take:
    """Take a step on a request, as the officer unless told otherwise."""

    def take_one(verb: str, request: int, *, actor: Actor = officer, **asked: Any) -> Done:
        return perform(entity_named("subject_requests"), verb, request, actor=actor, arguments=asked)

    return take_one
