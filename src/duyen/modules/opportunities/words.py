"""Words of the opportunities module."""

from __future__ import annotations

from enum import StrEnum


class DealState(StrEnum):
    """How an opportunity stands beside its stage: still worked on, put aside, or closed."""

    OPEN = "OPEN"
    ON_HOLD = "ON_HOLD"
    WON = "WON"
    LOST = "LOST"
    CANCELLED = "CANCELLED"


#: Those about which something is still to be done.
UNDER_WAY = (DealState.OPEN, DealState.ON_HOLD)
CLOSED = (DealState.WON, DealState.LOST, DealState.CANCELLED)


class Move(StrEnum):
    """Where one stage lies from another one of the same pipeline."""

    NEXT = "NEXT"
    SKIP = "SKIP"
    BACK = "BACK"
    SAME = "SAME"


class Left(StrEnum):
    """How a deal left a stage: it went on or back, the stage itself went, or it was closed there."""

    STANDS = ""
    ON = "ON"
    BACK = "BACK"
    MOVED = "MOVED"
    WON = "WON"
    LOST = "LOST"
    CANCELLED = "CANCELLED"


#: What counts as having gone on from a stage, and what as having left it: one that goes says neither.
WENT_ON = (Left.ON, Left.WON)
DECIDED = (Left.ON, Left.BACK, Left.WON, Left.LOST, Left.CANCELLED)


class Lack(StrEnum):
    """What a deal lacks to be won."""

    STAGE = "STAGE"
    LINE = "LINE"
    PAPER = "PAPER"


class Feasibility(StrEnum):
    """What the survey of the place says of a line."""

    UNKNOWN = ""
    POSSIBLE = "POSSIBLE"
    NEEDS_WORK = "NEEDS_WORK"
    IMPOSSIBLE = "IMPOSSIBLE"


class DealRole(StrEnum):
    """What a contact decides in one deal."""

    DECISION_MAKER = "DECISION_MAKER"
    INFLUENCER = "INFLUENCER"
    USER = "USER"
    BUYER = "BUYER"
    EVALUATOR = "EVALUATOR"
    GATEKEEPER = "GATEKEEPER"
    SPONSOR = "SPONSOR"
    SIGNATORY = "SIGNATORY"


class Commitment(StrEnum):
    """How far a partner has bound itself to its part of a deal."""

    NONE = "NONE"
    AWAITED = "AWAITED"
    GIVEN = "GIVEN"


class Warns(StrEnum):
    """What warns of a deal that is worked on."""

    STALE = "STALE"
    INCOMPLETE = "INCOMPLETE"
    LATE = "LATE"


class Alike(StrEnum):
    """What two deals may have in common."""

    CUSTOMER = "CUSTOMER"
    PRODUCT = "PRODUCT"
    COMPETITOR = "COMPETITOR"
    SIZE = "SIZE"
    INDUSTRY = "INDUSTRY"
