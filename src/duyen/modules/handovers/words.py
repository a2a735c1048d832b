"""Words of the handovers module."""

from __future__ import annotations

from enum import StrEnum


class HandoverState(StrEnum):
    """What became of a lead that was handed over."""

    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"
    WITHDRAWN = "WITHDRAWN"


class Step(StrEnum):
    """What can be done with a handover that waits."""

    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"
