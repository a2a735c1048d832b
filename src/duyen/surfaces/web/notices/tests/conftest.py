"""Records, and people who ask for pages as htmx or a plain browser does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, change, create
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here

HTMX = {"HX-Request": "true"}
SignIn = Callable[[str], Client]
Change = Callable[..., None]


@pytest.fixture
def sign_in(cast: Cast) -> SignIn:
    """Sign somebody of the cast in."""

    def sign_one_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_one_in


@pytest.fixture
def made(cast: Cast) -> Done:
    """A customer of the seller, which nobody is told about."""
    given = {"name": "Công ty Hoa Sen", "kind": "ORGANISATION", "phones": ["0912345678"]}
    done = create(entity_named("customers"), actor=cast.actor("seller"), values=given)
    begin_here()
    return done


@pytest.fixture
def alter(cast: Cast) -> Change:
    """Change a customer as somebody."""

    def alter_one(record_id: int, who: str, **values: object) -> None:
        entity = entity_named("customers")
        version = entity.model._default_manager.values_list("version", flat=True).get(pk=record_id)
        change(entity, record_id, actor=cast.actor(who), values=values, version=version)

    return alter_one
