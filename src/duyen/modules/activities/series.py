"""Activities that recur: a series makes its times as they come near, each once.

An appointment is made for two months ahead, so that calendars show it; of everything else there is one open
at a time, and the next comes when it is finished or given up. Whoever cancels one skips it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.bulk.keeping import delete_many
from duyen.entities.errors import InvalidValues, Refused
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity, Series
from duyen.modules.activities.recurrence import Recurrence, read_rule
from duyen.modules.activities.words import APPOINTMENTS, OPEN, ActivityKind, ActivityState

Row = Mapping[str, Any]
#: So far ahead, and so many at once, appointments of a series are made.
AHEAD = dt.timedelta(days=60)
_MOST_AT_ONCE = 70
_MAKER = system_actor("Recurring activities")
_TIMES = ("starts_at", "ends_at", "due_at")
#: What each one of a series holds, by column.
_COPIED = (
    *("kind", "subject", "body", "all_day", "priority", "direction", "place", "duration_minutes", "about"),
    *("participants", "co_assignees", "is_private", "remind_before"),
)


class NoTime(Refused):
    """What recurs needs a time of its own."""

    code = "no_time"
    sentence = _("Give it a beginning or a due time first: the series begins there.")


def begin(actor: Actor, row: Row, rule: str) -> Row:
    """Let an activity recur from here on; what it recurred by before ends with the one before it.

    Raises NoTime, or RuleRefused for a rule that cannot be taken.
    """
    column = "starts_at" if row["starts_at"] else "due_at"
    moment = row[column]
    if moment is None:
        raise NoTime
    read = read_rule(rule, moment)
    (series_id,) = next_ids(Series, 1)
    stamps = {"created_at": now(), "updated_at": now(), "created_by_id": actor.user_id}
    insert_rows(
        Series,
        [
            {
                "id": series_id,
                "rule": read.text,
                "column": column,
                "starts_at": moment,
                "length": _seconds(row["starts_at"], row["ends_at"]),
                "due_after": _seconds(moment, row["due_at"]) if column == "starts_at" else None,
                "template": {
                    **_held(row),
                    # The rows of tasks do not say that they are some.
                    "kind": row.get("kind", ActivityKind.TASK.value),
                    "owner": row["owner_id"],
                    "unit": row["unit_id"],
                },
                "made_until": moment,
                **stamps,
                "updated_by_id": actor.user_id,
            }
        ],
    )
    columns = {
        "series_id": series_id,
        "occurrence": moment,
        "version": int(row["version"]) + 1,
        "updated_at": now(),
        "updated_by_id": actor.user_id,
    }
    update_row(Activity, row["id"], columns)
    if row["series_id"]:
        _stop(actor, row["series_id"], row["occurrence"], "changed")
    go_on(series_id)
    return {**row, **columns}


def carry_on(actor: Actor, row: Row, *, to_earlier: bool) -> Row:
    """Let those after one of a series be as it is now, its time too; with `to_earlier` the open ones before.

    What was begun, done or cancelled stays as it is.
    """
    series = Series.objects.get(pk=row["series_id"])
    rule = Recurrence(series.rule, series.starts_at)
    if to_earlier:
        _change_earlier(actor, row)
    moment = row[series.column] or row["occurrence"]
    return begin(actor, row, Recurrence(rule.told_from(row["occurrence"]), moment).text)


def _change_earlier(actor: Actor, row: Row) -> None:
    """Give the open ones before it the words of one, and its hour, as far from their times as it moved."""
    earlier = Activity.objects.filter(
        series_id=row["series_id"],
        occurrence__lt=row["occurrence"],
        state=ActivityState.PLANNED.value,
        deleted_at=None,
    )
    activities = entity_named("activities")
    known = {each.name for each in activities.writable(actor)}
    for each in earlier.order_by("pk").values("id", "occurrence", "version"):
        by = each["occurrence"] - row["occurrence"]
        times = {name: row[name] + by for name in _TIMES if row[name]}
        values = {name: value for name, value in {**_held(row), **times}.items() if name in known}
        standard.change(activities, each["id"], actor=actor, values=values, version=each["version"])


def _held(row: Row) -> dict[str, Any]:
    """Give what one of a series hands to the others."""
    return {name: row[name] for name in _COPIED if name in row and name != "kind"}


def end(actor: Actor, row: Row) -> Row:
    """End the series of an activity with this one: later ones that nobody has begun go into the bin."""
    columns = {"version": int(row["version"]) + 1, "updated_at": now(), "updated_by_id": actor.user_id}
    update_row(Activity, row["id"], columns)
    _stop(actor, row["series_id"], row["occurrence"], "stopped")
    return {**row, **columns}


def _stop(actor: Actor, series_id: int, after: dt.datetime, reason: str) -> None:
    series = Series.objects.select_for_update().get(pk=series_id)
    stopped = {"ended_at": now(), "end_reason": reason, "version": series.version + 1}
    update_row(Series, series_id, {**stopped, "updated_at": now(), "updated_by_id": actor.user_id})
    later = Activity.objects.filter(
        series_id=series_id, occurrence__gt=after, state=ActivityState.PLANNED.value, deleted_at=None
    )
    ids = list(later.order_by("pk").values_list("pk", flat=True))
    if ids:
        delete_many(entity_named("activities"), ids, actor=_MAKER)


def go_on(series_id: int) -> int:
    """Make the times of a series that are due to be made; returns how many.

    One that cannot be made, because its assignee left, ends the series.
    """
    with transaction.atomic():
        series = Series.objects.select_for_update().filter(pk=series_id, ended_at=None).first()
        if series is None:
            return 0
        times = list(_due_times(series))
        try:
            for each in times:
                _make(series, each)
        except InvalidValues as error:
            trail.begin(_MAKER, "activities.end_series")
            reason = "; ".join(str(problem.message) for problem in error.problems)[:300]
            update_row(Series, series_id, {"ended_at": now(), "end_reason": reason})
            return 0
    return len(times)


def _due_times(series: Series) -> list[dt.datetime]:
    rule = Recurrence(series.rule, series.starts_at)
    if series.template["kind"] in APPOINTMENTS:
        return list(islice(rule.between(series.made_until, now() + AHEAD), _MOST_AT_ONCE))
    still_open = Activity.objects.filter(
        series_id=series.pk, state__in=[each.value for each in OPEN], deleted_at=None
    )
    if still_open.exists():
        return []
    following = rule.after(max(series.made_until, now()))
    return [following] if following else []


def _make(series: Series, moment: dt.datetime) -> None:
    """Make one time of a series, as the part of the system that does that."""
    values = {**series.template, series.column: moment}
    if series.length is not None:
        values["ends_at"] = moment + dt.timedelta(seconds=series.length)
    if series.due_after is not None:
        values["due_at"] = moment + dt.timedelta(seconds=series.due_after)
    made = standard.create(entity_named("activities"), actor=_MAKER, values=values)
    update_row(Activity, made.id, {"series_id": series.pk, "occurrence": moment})
    update_row(Series, series.pk, {"made_until": moment, "version": series.version + 1})
    series.version += 1


def _seconds(first: dt.datetime | None, last: dt.datetime | None) -> int | None:
    return int((last - first).total_seconds()) if first and last else None


def all_that_go_on() -> list[int]:
    """List the series that have not ended."""
    return list(Series.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True))
