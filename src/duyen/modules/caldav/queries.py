"""Reads of calendars elsewhere: how many are tied, what could not be taken, where both sides had changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from duyen.kernel.clock import ZONE
from duyen.modules.caldav.comparing import MOMENTS
from duyen.modules.caldav.models import Item

#: So many lines a list shows; the newest first.
_MOST = 20


@dataclass(frozen=True)
class Counts:
    """How many entries are tied, and how many of them repeat by a rule that is only read."""

    tied: int
    repeating: int


@dataclass(frozen=True)
class Trouble:
    """An entry that could not be taken, or not be sent."""

    subject: str
    problem: str
    activity_id: int | None


@dataclass(frozen=True)
class Clash:
    """An activity on which both sides had changed the same fields, and what this side had said."""

    subject: str
    activity_id: int
    ours: Mapping[str, Any]
    at: dt.datetime

    def shown(self, name: str) -> str:
        """Give a value that gave way as it is read here."""
        value = self.ours[name]
        if name in MOMENTS and value:
            return dt.datetime.fromisoformat(value).astimezone(ZONE).strftime("%d/%m/%Y %H:%M")
        return str(value if value is not None else "—")


def counts_of(account_id: int) -> Counts:
    """Count the entries of an account."""
    tied = Item.objects.filter(
        Q(activity_id__isnull=False) | Q(series_id__isnull=False), account_id=account_id, is_cut=False
    )
    return Counts(tied.count(), tied.filter(is_series=True).count())


def troubles_of(account_id: int) -> list[Trouble]:
    """List what could not be taken or sent."""
    rows = Item.objects.filter(account_id=account_id).exclude(problem="").order_by("-pk")[:_MOST]
    return [Trouble(each.subject, each.problem, each.activity_id) for each in rows]


def clashes_of(account_id: int) -> list[Clash]:
    """List where something of this side gave way to the calendar, the newest first."""
    rows = Item.objects.filter(
        account_id=account_id, clashed_at__isnull=False, activity_id__isnull=False
    ).order_by("-clashed_at", "-pk")[:_MOST]
    return [
        Clash(each.subject, each.activity_id, each.ours, each.clashed_at)
        for each in rows
        if each.activity_id and each.clashed_at
    ]
