"""Decisions about the organisation and its doorstep. Pure: plain values in, plain values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from duyen.foundation.org.words import Outcome, UnitKind

#: Wrong tries are counted for so long, and the door stays shut for so long after the last allowed one.
SHUT_MINUTES = 15
_SHUT = dt.timedelta(minutes=SHUT_MINUTES)

#: Which kinds of unit each kind may directly contain.
_MAY_CONTAIN: dict[UnitKind, frozenset[UnitKind]] = {
    UnitKind.HEAD_OFFICE: frozenset(UnitKind) - {UnitKind.HEAD_OFFICE},
    UnitKind.BRANCH: frozenset({UnitKind.AREA, UnitKind.STORE, UnitKind.DEPARTMENT, UnitKind.TEAM}),
    UnitKind.AREA: frozenset({UnitKind.AREA, UnitKind.STORE, UnitKind.DEPARTMENT, UnitKind.TEAM}),
    UnitKind.STORE: frozenset({UnitKind.DEPARTMENT, UnitKind.TEAM}),
    UnitKind.DEPARTMENT: frozenset({UnitKind.DEPARTMENT, UnitKind.TEAM}),
    UnitKind.TEAM: frozenset({UnitKind.TEAM}),
}


def may_contain(parent: str, child: str) -> bool:
    """Tell whether a unit of kind `child` may stand directly below one of kind `parent`."""
    return UnitKind(child) in _MAY_CONTAIN[UnitKind(parent)]


@dataclass(frozen=True)
class Try:
    """One knock at the door: when, as whom, from where, and what came of it."""

    at: dt.datetime
    email: str
    address: str
    outcome: Outcome


@dataclass(frozen=True)
class Limits:
    """How many wrong tries shut the door: of one e-mail from one address, of one e-mail, of one address."""

    of_both: int = 5
    of_email: int = 20
    of_address: int = 50


@dataclass(frozen=True)
class DoorState:
    """Whether the next try is allowed: until when the door is shut, or how many wrong tries are left."""

    shut_until: dt.datetime | None
    tries_left: int


def door_state(
    tries: Iterable[Try], *, email: str, address: str, at: dt.datetime, limits: Limits | None = None
) -> DoorState:
    """Judge the recent tries, oldest first, for one e-mail and one address.

    Three counters run side by side. A good try clears those of its e-mail, never the one of the
    address: whoever knows one password must not go on guessing the others.
    """
    allowed, known = limits or Limits(), list(tries)
    counters: tuple[tuple[int, bool, Callable[[Try], bool]], ...] = (
        (allowed.of_both, True, lambda each: each.email == email and each.address == address),
        (allowed.of_email, True, lambda each: each.email == email),
        (allowed.of_address, False, lambda each: each.address == address),
    )
    states = [
        _count(filter(belongs, known), most=most, clears=clears, at=at) for most, clears, belongs in counters
    ]
    shut = [state.shut_until for state in states if state.shut_until]
    return DoorState(max(shut, default=None), min(state.tries_left for state in states))


def _count(tries: Iterable[Try], *, most: int, clears: bool, at: dt.datetime) -> DoorState:
    wrong: list[dt.datetime] = []
    shut_until: dt.datetime | None = None
    for each in tries:
        if each.outcome is Outcome.GOOD and clears:
            wrong, shut_until = [], None
        elif each.outcome in (Outcome.WRONG, Outcome.TRIED):
            wrong = [*(moment for moment in wrong if each.at - moment < _SHUT), each.at]
            if len(wrong) >= most:
                wrong, shut_until = [], each.at + _SHUT
    wrong = [moment for moment in wrong if at - moment < _SHUT]
    is_shut = shut_until is not None and shut_until > at
    return DoorState(shut_until if is_shut else None, 0 if is_shut else most - len(wrong))
