"""Words of the web forms module."""

from __future__ import annotations

from enum import StrEnum


class Asked(StrEnum):
    """What a form may ask for beside the name: fields of a lead."""

    PHONE = "PHONE"
    EMAIL = "EMAIL"
    COMPANY = "COMPANY"
    JOB_TITLE = "JOB_TITLE"
    PRODUCTS = "PRODUCTS"
    NEED = "NEED"
    WANTED_BY = "WANTED_BY"


#: By one of these somebody can be answered.
REACHES = frozenset({Asked.PHONE, Asked.EMAIL})


class Robot(StrEnum):
    """Why what was sent is taken for that of a machine."""

    TRAP = "trap"
    TOO_QUICK = "too_quick"
