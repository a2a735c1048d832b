"""Steps that begin in some states alone, and how they say so to a record in another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.fields import Choice
from duyen.kernel.errors import FieldProblem

#: The code of the reason that a record is in another state.
STATE = "state"


@dataclass(frozen=True)
class InStates:
    """Tells whether a row is in one of some states; a step that `fits` so says which ones it needs."""

    states: Collection[str]
    column: str = "state"

    def __call__(self, row: Mapping[str, Any]) -> bool:
        return row[self.column] in self.states


def other_state(field: Choice, states: Collection[str], code: str) -> FieldProblem:
    """Give the reason that a record is in the state `code`, and a step begins in some others alone."""
    *first, last = [f"“{each.label}”" for each in field.options if each.code in states]
    told = _("the record is in state “%(state)s”; this step needs %(needed)s.")
    either = _("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last} if first else last
    return FieldProblem(field.name, STATE, told % {"state": field.show(code), "needed": either})
