"""What a person's series bring after the last time that was made, for calendars that look further ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q

from duyen.foundation.access.actor import Actor
from duyen.modules.activities.models import Series
from duyen.modules.activities.recurrence import Recurrence
from duyen.modules.activities.words import ActivityState

#: More of one person's series is no calendar any more; of one by the moon so many single days are told.
_MOST_SERIES, _MOST_DAYS = 500, 40
_UNTOLD: dict[str, Any] = {"done_at": None, "progress": 0, "due_at": None, "ends_at": None, "starts_at": None}


@dataclass(frozen=True)
class Coming:
    """Times of one series: an activity by its columns, as far as they are known, and how it repeats.

    `rule` is a RRULE; it is empty for a single day of a rule by the moon, which calendars do not know.
    """

    name: str
    columns: Mapping[str, Any]
    rule: str


def coming(actor: Actor, until: dt.datetime) -> Iterator[Coming]:
    """Give what is to come of the series that the actor owns or takes part in, up to a moment."""
    me = actor.user_id or 0
    mine = (
        Q(template__owner=me)
        | Q(template__co_assignees__contains=[me])
        | Q(template__participants__contains=[{"entity": "users", "id": me}])
    )
    for series in Series.objects.filter(mine, ended_at=None).order_by("pk")[:_MOST_SERIES]:
        rule = Recurrence(series.rule, series.starts_at)
        if rule.is_lunar:
            for each in islice(rule.between(series.made_until, until), _MOST_DAYS):
                yield Coming(f"series-{series.pk}-{each:%Y%m%d}", columns_at(series, each), "")
            continue
        following = rule.after(series.made_until)
        if following is not None:
            yield Coming(f"series-{series.pk}", columns_at(series, following), rule.told_from(following))


def columns_at(series: Series, moment: dt.datetime) -> dict[str, Any]:
    """Give the columns of the activity that a series would make for a moment."""
    found = {**_UNTOLD, **series.template, series.column: moment}
    if series.length is not None:
        found["ends_at"] = moment + dt.timedelta(seconds=series.length)
    if series.due_after is not None:
        found["due_at"] = moment + dt.timedelta(seconds=series.due_after)
    before = found.get("remind_before")
    remind_at = moment - dt.timedelta(minutes=before) if before else None
    return {
        **found,
        "id": 0,
        "state": ActivityState.PLANNED.value,
        "remind_at": remind_at,
        "updated_at": series.updated_at,
        "version": series.version,
    }
