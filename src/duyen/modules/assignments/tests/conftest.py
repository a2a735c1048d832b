"""What the tests of assignments share: rules, and leads in the pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.modules.leads.actions import capture
from duyen.testing.cast import Cast

Make = Callable[..., int]


@pytest.fixture
def rule(cast: Cast) -> Make:
    """Make a rule of the director's that is on, for the seller and her colleague unless told otherwise."""

    def make(*who: str, **values: Any) -> int:
        people = [cast.user(each).pk for each in who or ("seller", "colleague")]
        given = {"name": "Lần lượt", "people": people, "is_on": True, **values}
        return standard.create(
            entity_named("assignment_rules"), actor=cast.actor("director"), values=given
        ).id

    return make


@pytest.fixture
def pooled(cast: Cast) -> Make:
    """Let a lead come in that nobody owns."""

    def make(**values: Any) -> int:
        given = {
            "name": "Phạm Thị Mai",
            "phones": ["0359 000 111"],
            "source": "WEB",
            "purpose": "ADVICE",
            "unit": cast.unit("HP").pk,
            **values,
        }
        return capture(actor=system_actor("tests"), values=given).id

    return make
