"""Bodies and answers of the calls about oneself."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field as Described

from duyen.surfaces.api.schemas import DayIn, Id, LinkedOut, StrictSchema


class TokenIn(StrictSchema):
    """What a new token is for, how long it lasts, and what it may be used for."""

    name: Annotated[str, Described(description="What the token is for; at most 80 letters are kept")] = ""
    days: Annotated[int | None, Described(description="1 to 3650; left out, it lasts until revoked")] = None
    scopes: Annotated[
        list[str],
        Described(description="read, customers, customers:change, …; left out, all that you may do"),
    ] = []


class TokenOut(Schema):
    """One token without its secret."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None


class MadeTokenOut(TokenOut):
    """A new token; its secret cannot be read again."""

    secret: str


class TokensOut(Schema):
    """The caller's tokens, the newest first."""

    items: list[TokenOut]


class AbsenceIn(StrictSchema):
    """From which day to which one is away, and who stands in."""

    since: DayIn
    until: DayIn
    deputy: Id
    note: str = ""


class AbsenceOut(Schema):
    """One absence, both days included."""

    id: int
    since: dt.date
    until: dt.date
    deputy: LinkedOut
    note: str


class AbsencesOut(Schema):
    """Absences that last today or begin later."""

    items: list[AbsenceOut]
