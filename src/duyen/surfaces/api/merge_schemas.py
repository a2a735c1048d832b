"""Bodies and answers of the calls that make one record of several."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field as Described

from duyen.surfaces.api.schemas import Id, StrictSchema


class MergedIn(StrictSchema):
    """A record that goes into another one, at the version that the caller saw."""

    id: Id
    version: int


class MergeBody(StrictSchema):
    """Which records go into this one, and whose values it gets where that is not as proposed."""

    others: Annotated[list[MergedIn], Described(description="One to nine records of the same family")]
    version: int | None = None
    take: Annotated[
        dict[str, int | str] | None,
        Described(description="By field, the id of the record whose value it gets, or “all” for a list"),
    ] = None
    values: Annotated[
        dict[str, Any] | None, Described(description="By field, a value that none of them has")
    ] = None
    confirm: Annotated[
        list[str] | None, Described(description="The codes of doubts that a refusal named, to merge in spite")
    ] = None


class MergedOut(Schema):
    """A record that went into another one."""

    id: int
    code: str


class MergedRowsOut(Schema):
    """How many rows of one kind go back, and how many stay, by the reason."""

    label: str
    back: int
    left: dict[str, int]
    named: Annotated[
        dict[str, list[str]], Described(description="By reason, the first of those that stay, in words")
    ]


class AddedOut(Schema):
    """How much of one kind was added to the record that stayed, after the merge."""

    label: str
    count: int


class MergeOut(Schema):
    """One merge and its way back: fields and rows that go back when it is undone, or did."""

    id: str
    entity: str
    survivor: int
    others: list[MergedOut]
    at: dt.datetime
    undone_at: dt.datetime | None
    is_whole: bool
    why_not: str | None
    fields_back: list[str]
    fields_left: list[str]
    rows: list[MergedRowsOut]
    added: list[AddedOut]
