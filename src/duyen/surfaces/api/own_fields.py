"""A company's own fields as the API names them: `custom` is an object by key, `custom.<key>` a path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.custom.kinds import OwnDay
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.entities.fields.base import OWN
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem

CUSTOM = "custom"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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


def refuse_day_words(entity: Entity, actor: Actor, values: Mapping[str, Any]) -> None:
    """Refuse days as people write them: to a program «yesterday» is no date. Raises InvalidValues."""
    sentence = _("Give the date as YYYY-MM-DD, for example 2026-12-31.")
    problems = [
        FieldProblem(each.name, "date", sentence)
        for each in entity.writable(actor)
        if isinstance(each, OwnDay) and (given := values.get(each.name)) and not _DAY.fullmatch(str(given))
    ]
    if problems:
        raise InvalidValues(problems)
