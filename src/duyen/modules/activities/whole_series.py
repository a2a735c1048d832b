"""A series as a whole, for calendars that know rules: how it repeats, and what stands at its times."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.modules.activities.coming import columns_at
from duyen.modules.activities.ics import COLUMNS
from duyen.modules.activities.models import Series
from duyen.modules.activities.recurrence import Recurrence
from duyen.modules.activities.words import ActivityKind

#: More series of one person is no calendar any more.
_MOST = 500
Row = Mapping[str, Any]


@dataclass(frozen=True)
class WholeSeries:
    """One series by a rule of RFC 5545, and its activities by the time that each stands for, also in the bin.

    `column` is where that time stands in an activity: starts_at, or due_at of a task without a beginning.
    """

    series: Series
    rule: Recurrence
    times: Mapping[dt.datetime, Row]

    @property
    def column(self) -> str:
        return self.series.column

    @property
    def is_task(self) -> bool:
        return bool(self.series.template["kind"] == ActivityKind.TASK)

    @property
    def is_over(self) -> bool:
        return self.series.ended_at is not None

    def columns_at(self, moment: dt.datetime) -> dict[str, Any]:
        """Give the columns of the activity that it makes for a moment."""
        return columns_at(self.series, moment)

    def first_from(self, moment: dt.datetime) -> dt.datetime | None:
        """Give its first time from a moment on; nothing where it is over by then."""
        return self.series.starts_at if self.series.starts_at >= moment else self.rule.after(moment)

    def due(self, since: dt.datetime) -> list[dt.datetime]:
        """List the times from `since` on that were made, or passed over, until now."""
        begins = max(since, self.series.starts_at)
        by_rule = self.rule.between(begins - dt.timedelta(seconds=1), self.series.made_until)
        return sorted({*by_rule, *(each for each in self.times if each >= since)})


def whole_series(actor: Actor, *, owner: int, since: dt.datetime) -> list[WholeSeries]:
    """List the series of somebody that go on or went on after `since`, with their times from then on.

    What is still open is among the times however old it is. Those by the moon are none of them.
    """
    going = Q(ended_at=None) | Q(ended_at__gte=since) | Q(made_until__gte=since)
    return _with_times(actor, since, Series.objects.filter(going, template__owner=owner))


def owned_series(ids: Collection[int], *, owner: int) -> set[int]:
    """Tell which of some series are somebody's."""
    found = Series.objects.filter(pk__in=list(ids), template__owner=owner)
    return set(found.values_list("pk", flat=True))


def one_series(actor: Actor, series_id: int, *, owner: int, since: dt.datetime) -> WholeSeries | None:
    """Give one series of somebody, as `whole_series` does."""
    found = _with_times(actor, since, Series.objects.filter(pk=series_id, template__owner=owner))
    return found[0] if found else None


def _with_times(actor: Actor, since: dt.datetime, found: QuerySet[Series]) -> list[WholeSeries]:
    held = list(found.exclude(rule__contains="RSCALE").order_by("pk")[:_MOST])
    times: dict[int, dict[dt.datetime, Row]] = defaultdict(dict)
    rows = entity_named("activities").rows(actor, deleted=None)
    members = rows.filter(
        Q(occurrence__gte=since) | Q(open_at__isnull=False), series_id__in=[each.pk for each in held]
    )
    columns = (*COLUMNS, "series_id", "occurrence", "owner_id", "deleted_at", "created_at")
    for row in members.order_by("pk").values(*columns):
        times[row["series_id"]][row["occurrence"]] = row
    return [WholeSeries(each, Recurrence(each.rule, each.starts_at), times[each.pk]) for each in held]
