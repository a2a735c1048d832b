"""The words of a company's own fields: their kinds, when they are required, how they stand."""

from __future__ import annotations

from enum import StrEnum


class FieldKind(StrEnum):
    """What a field of the company's own holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    LINK = "link"
    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"
    FORMULA = "formula"
    ROLLUP = "rollup"


#: Kinds of which nobody enters the value: it follows from others.
DERIVED_KINDS = (FieldKind.FORMULA, FieldKind.ROLLUP)


class What(StrEnum):
    """What a roll-up makes of the records that link to one."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LATEST = "latest"


class Required(StrEnum):
    """When a record needs a value of a field."""

    NEVER = "never"
    ALWAYS = "always"
    KINDS = "kinds"


class FieldState(StrEnum):
    """How a field stands: in use, kept without being shown, or gone with its values.

    The row of a deleted field stays, so that its id and key are never given to another one and the trail
    can still name it.
    """

    ACTIVE = "active"
    RETIRED = "retired"
    DELETED = "deleted"
