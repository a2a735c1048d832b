"""Words of the calling module."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a call to a lead, as one key says it."""

    REACHED = "REACHED"
    NO_ANSWER = "NO_ANSWER"
    CALL_BACK = "CALL_BACK"
    WRONG_NUMBER = "WRONG_NUMBER"
    NOT_INTERESTED = "NOT_INTERESTED"
    QUALIFIED = "QUALIFIED"
    REFUSED = "REFUSED"
    NURTURE = "NURTURE"


class Turn(StrEnum):
    """Why a lead stands where it stands in a queue, the most urgent first."""

    PROMISED = "PROMISED"
    FIRST = "FIRST"
    DUE = "DUE"
    OPEN = "OPEN"
