"""A company's own fields as the API names them: `custom` is an object by key, `custom.<key>` a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.fields.base import OWN

CUSTOM = "custom"


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a body sent with the keys of `custom` as names of fields; null there clears."""
    found = {name: value for name, value in values.items() if name != CUSTOM}
    for key, value in (values.get(CUSTOM) or {}).items():
        found[f"{OWN}{key}"] = value
    return found


def outward(name: str) -> str:
    """Give the name of a field as the API tells it."""
    return f"{CUSTOM}.{name.removeprefix(OWN)}" if name.startswith(OWN) else name


def inward(name: str) -> str:
    """Give the name of a field as the engine knows it."""
    start = f"{CUSTOM}."
    return f"{OWN}{name.removeprefix(start)}" if name.startswith(start) else name
