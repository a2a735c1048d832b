"""Facts that a module tells and others react to, in the same transaction and in module order.

A fact is a frozen class in the `events` of the module that tells it. What leaves the process is a job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from duyen.foundation.access.actor import Actor

Event = TypeVar("Event")


@dataclass(frozen=True)
class CommandTaken:
    """A record took a step of its life cycle: `verb` is the step, `state` where it stands now."""

    entity: str
    record_id: int
    verb: str
    state: str
    actor: Actor


_reactions: dict[type[Any], list[Callable[[Any], None]]] = {}


def react(to: type[Event], run: Callable[[Event], None]) -> None:
    """Let `run` hear every fact of a class; declared once, when the program starts."""
    _reactions.setdefault(to, []).append(run)


def announce(event: object) -> None:
    """Tell a fact: whoever reacts to it does so now, and a refusal takes back what was told."""
    for run in _reactions.get(type(event), ()):
        run(event)
