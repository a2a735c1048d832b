"""People at a browser, and customers for them to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, create, create_many
from duyen.testing.cast import Cast

#: What htmx says of itself.
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser_of(cast: Cast) -> Callable[[str], Client]:
    """Give the browser of somebody of the cast who is signed in."""

    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_in


@pytest.fixture
def make_customer(cast: Cast) -> Callable[..., Done]:
    """Make one customer; it belongs to whoever makes it, the seller if nobody is named."""

    def make(who: str = "seller", **values: Any) -> Done:
        given = {"name": "Công ty TNHH Hoa Sen", "kind": "ORGANISATION", **values}
        return create(entity_named("customers"), actor=cast.actor(who), values=given)

    return make


@pytest.fixture
def make_customers(cast: Cast) -> Callable[..., Sequence[int]]:
    """Make many customers at once and give their ids."""

    def make(count: int, who: str = "seller") -> list[int]:
        rows = [
            {
                "name": f"Khách hàng {number:03}",
                "kind": "INDIVIDUAL",
                "phones": [f"09123{number:05}"],
                "addresses": [{"line": f"Số {number} Lạch Tray", "province": "Hải Phòng"}],
            }
            for number in range(count)
        ]
        made, _operation = create_many(entity_named("customers"), actor=cast.actor(who), rows=rows)
        return [each.id for each in made if each.id]

    return make
