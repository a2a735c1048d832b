"""Definitions and values that tests of what follows from others share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities.custom import defining
from duyen.entities.registry import entity_named
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import CustomField
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

Define = Callable[..., CustomField]


@pytest.fixture
def define(cast: Cast, make_field: MakeField) -> Define:
    """Define a formula or a roll-up on customers as an administrator does."""
    versions.pin()

    def made(label: str, **given: Any) -> CustomField:
        kind = "rollup" if "source" in given else "formula"
        told = {"label": label, "kind": kind, **given}
        return defining.define(entity_named("customers"), told, actor=cast.actor("admin"))

    return made
