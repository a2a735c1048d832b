"""Who may decide, and what becomes of a request. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class State(StrEnum):
    """Where a request stands; all but the first are final."""

    WAITING = "WAITING"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class Verb(StrEnum):
    """What can be done with a request."""

    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


#: Every verb leads from WAITING; what is decided stays decided.
LEADS_TO: Mapping[Verb, State] = {
    Verb.GRANT: State.GRANTED,
    Verb.REFUSE: State.REFUSED,
    Verb.WITHDRAW: State.WITHDRAWN,
    Verb.EXPIRE: State.EXPIRED,
}


@dataclass(frozen=True)
class Deciding:
    """What a company decided about one limit: whether it holds, how long one has, by role how much.

    The limit of a role is the largest amount that it decides, none any amount; a role that is not there
    decides nothing.
    """

    is_on: bool
    hours: int
    roles: Mapping[str, Decimal | None] = field(default_factory=dict)


def covers(roles: Collection[str], limits: Mapping[str, Decimal | None], amount: Decimal | None) -> bool:
    """Tell whether one of these roles decides about an amount; one that cannot be told needs `any`."""
    held = [limits[role] for role in roles if role in limits]
    return any(most is None or (amount is not None and amount <= most) for most in held)


def roles_for(limits: Mapping[str, Decimal | None], amount: Decimal | None) -> list[str]:
    """List the roles that decide about an amount, those with the least power first."""
    able = [role for role in limits if covers([role], limits, amount)]
    return sorted(able, key=lambda role: (limits[role] is None, limits[role] or Decimal(0), role))


def may_decide(
    user_id: int | None, *, asker_id: int | None, excluded: Collection[int | None], is_covered: bool
) -> bool:
    """Tell whether somebody decides about a request: four eyes, and a limit that covers the amount."""
    if user_id is None or user_id == asker_id or user_id in excluded:
        return False
    return is_covered


def standing(state: State, *, is_overdue: bool) -> State:
    """Tell where a request stands: one whose time is over waits for nobody, also before the clock ends it."""
    return State.EXPIRED if state is State.WAITING and is_overdue else state
