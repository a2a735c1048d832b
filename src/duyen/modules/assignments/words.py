"""Words of the assignments module."""

from __future__ import annotations

from enum import StrEnum


class Way(StrEnum):
    """How a rule chooses among the people whom it names."""

    IN_TURN = "IN_TURN"
    LEAST_LOAD = "LEAST_LOAD"


class Left(StrEnum):
    """Why a lead is left in the pool."""

    NO_RULE = "no_rule"
    NOBODY = "nobody"
    SHUT = "shut"
