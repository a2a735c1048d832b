"""Words of the scoring module."""

from __future__ import annotations

from enum import StrEnum


class ModelState(StrEnum):
    """How far a points model is: being written, in force, or followed by another one."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    RETIRED = "RETIRED"


class Basis(StrEnum):
    """What a criterion looks at."""

    FIELD = "FIELD"
    ACTIVITY = "ACTIVITY"
    CONTACT = "CONTACT"
    WEB_FORM = "WEB_FORM"
    CONSENT = "CONSENT"


#: What people do, or what is done with them: it lies some days back and may fade.
BEHAVIOUR = frozenset({Basis.ACTIVITY, Basis.CONTACT, Basis.WEB_FORM, Basis.CONSENT})


#: What was done with somebody: it has a direction, and something came of it.
DONE = frozenset({Basis.ACTIVITY, Basis.CONTACT})


class Verdict(StrEnum):
    """What came of learning: it is offered, there were too few leads, or it is no better than the points."""

    OFFERED = "OFFERED"
    TOO_FEW = "TOO_FEW"
    NO_BETTER = "NO_BETTER"
