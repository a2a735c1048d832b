"""How the parts of an installation are: every part adds what it knows, the page and `duyen check` show it.

A part contributes by a function that gives lines, registered when its app is loaded:

    @contributes_health("mail", label=_("Mail"), order=40)
    def mail() -> Iterator[Line]:
        yield Line("mail.sent", _("Last mail"), State.GOOD, _("sent %(at)s") % …,
                   meaning=_("…what this tells…"), advice=_("…what to do where it is not good…"),
                   facts={"seconds_ago": 12})

Keep it cheap: each function runs in a read-only transaction of its own with two seconds for a statement,
and one that fails becomes a line that says so. `facts` go into the diagnostics file: numbers, switches and
codes alone, never a name, an address or a text that a person wrote.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

log = logging.getLogger("duyen.health")
#: So long one statement of a contribution may take.
PATIENCE_MS = 2_000
Label = Any


class State(StrEnum):
    """How a line stands: NOTE tells and judges nothing."""

    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"
    BAD = "bad"


_WEIGHT = {State.GOOD: 0, State.NOTE: 0, State.WARNING: 1, State.BAD: 2}


@dataclass(frozen=True)
class Line:
    """One thing that was looked at: `told` is what was found, `meaning` why it matters, `advice` what to do.

    `name` is stable and stands in the diagnostics file; `in_check` is false where `duyen check` tells
    the same in its own lines. `needs_running` says that it is bad only while Duyên runs, which
    `duyen check` cannot know: there it is a warning.
    """

    name: str
    label: Label
    state: State
    told: Label
    meaning: Label = ""
    advice: Label = ""
    facts: Mapping[str, int | float | bool | str | None] = field(default_factory=dict)
    url: str = ""
    in_check: bool = True
    needs_running: bool = False


@dataclass(frozen=True)
class Group:
    """The lines of one part."""

    name: str
    label: Label
    lines: tuple[Line, ...]

    @property
    def state(self) -> State:
        return worst(each.state for each in self.lines)


Look = Callable[[], Iterable[Line]]
_looks: dict[str, tuple[int, Label, list[Look]]] = {}


def contributes_health(name: str, *, label: Label, order: int = 100) -> Callable[[Look], Look]:
    """Let a function add lines to the group `name`; several functions may add to one group."""

    def add(look: Look) -> Look:
        _order, _label, looks = _looks.setdefault(name, (order, label, []))
        if look not in looks:
            looks.append(look)
        return look

    return add


def look_at_all() -> list[Group]:
    """Ask every part how it is, in order; one that fails says so and stops no other."""
    found = []
    for name, (_order, label, looks) in sorted(_looks.items(), key=lambda each: (each[1][0], each[0])):
        lines = [line for look in looks for line in _safely(name, label, look)]
        found.append(Group(name, label, tuple(lines)))
    return [each for each in found if each.lines]


def worst(states: Iterable[State]) -> State:
    """Give the state that weighs most; a note weighs as little as what is good."""
    return max(states, key=lambda each: _WEIGHT[each], default=State.GOOD)


def _safely(name: str, label: Label, look: Look) -> list[Line]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_MS}ms"])
            return list(look())
    except Exception as error:  # a part that is ill must not hide the others
        log.exception("health of %s could not be read", name)
        return [
            Line(
                f"{name}.unreadable",
                label,
                State.BAD,
                _("This part could not be looked at (%(kind)s).") % {"kind": type(error).__name__},
                advice=_("The log of the process tells more. Run “duyen check” on the server."),
                facts={"error": type(error).__name__},
            )
        ]
