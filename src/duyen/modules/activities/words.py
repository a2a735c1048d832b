"""Words of the activities module."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ActivityKind(StrEnum):
    """What was done, or is to be done."""

    TASK = "TASK"
    CALL = "CALL"
    MEETING = "MEETING"
    VISIT = "VISIT"
    EMAIL = "EMAIL"
    LETTER = "LETTER"
    NOTE = "NOTE"


#: Kinds that take a place in a calendar, from one moment to another.
APPOINTMENTS = frozenset({ActivityKind.MEETING, ActivityKind.VISIT})
#: Kinds that one notes when they have happened: without a time of their own they happened now.
NOTED = frozenset({ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.LETTER, ActivityKind.NOTE})


#: Kinds by which one is in touch with a customer.
CONTACTS = frozenset(
    {
        ActivityKind.CALL,
        ActivityKind.MEETING,
        ActivityKind.VISIT,
        ActivityKind.EMAIL,
        ActivityKind.LETTER,
    }
)


class ActivityState(StrEnum):
    """How far it has come."""

    PLANNED = "PLANNED"
    STARTED = "STARTED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


OPEN = (ActivityState.PLANNED, ActivityState.STARTED)


class Priority(StrEnum):
    """How much it matters among others."""

    HIGH = "HIGH"
    NORMAL = "NORMAL"
    LOW = "LOW"


class Direction(StrEnum):
    """From whom a call or a message came."""

    IN = "IN"
    OUT = "OUT"


class Answer(StrEnum):
    """What somebody said to an invitation."""

    NONE = ""
    YES = "YES"
    NO = "NO"
    MAYBE = "MAYBE"


class Taker(StrEnum):
    """Who gets a task of a set."""

    OWNER = "OWNER"
    STARTER = "STARTER"
    PERSON = "PERSON"


@dataclass(frozen=True)
class Remark:
    """What another module says of an activity on its line of a timeline: a word or two, and why.

    `code` is the same in every language, `tone` is one of the page kit, `url` leads to what can be done.
    """

    code: str
    label: Any
    tone: str
    text: str = ""
    url: str = ""
