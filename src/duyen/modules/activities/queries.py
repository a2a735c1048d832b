"""Reads of the activities module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from duyen.foundation.access.actor import Actor
from duyen.modules.activities.models import About, Activity, Series, TaskSetStep
from duyen.modules.activities.words import CONTACTS, OPEN, ActivityKind, ActivityState, Remark

_ABOVE = """
WITH RECURSIVE above(id, parent_id, depth) AS (
  SELECT id, parent_id, 1 FROM activities_activity WHERE id = %s
  UNION ALL
  SELECT a.id, a.parent_id, u.depth + 1 FROM activities_activity a JOIN above u ON a.id = u.parent_id
  WHERE u.depth < 100
)
SELECT DISTINCT id FROM above
"""
_TREE_LOCK = 0x7461736B
#: Gives what there is to remark of activities of one kind that a reader sees, by id, in one call for all.
Remarking = Callable[[Actor, Collection[int]], Mapping[int, Sequence[Remark]]]
_REMARKING: dict[ActivityKind, Remarking] = {}


def hold_trees() -> None:
    """Serialise changes of what stands below what, so that two of them cannot close a loop together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def with_those_above(activity_id: int) -> set[int]:
    """Give an activity and all that it stands below."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [activity_id])
        return {int(row[0]) for row in cursor.fetchall()}


def id_by_code(code: str) -> int | None:
    """Find an activity by its number."""
    return Activity.objects.filter(code=code).order_by("pk").values_list("pk", flat=True).first()


def standing_of(activity_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give what tells how each of some activities stands: its state and since when, its kind, its times."""
    columns = ("kind", "state", "state_since", "due_at", "starts_at", "ends_at")
    rows = Activity.objects.filter(pk__in=list(activity_ids))
    return {row.pop("pk"): row for row in rows.order_by("pk").values("pk", *columns)}


def about(activity_ids: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """Give what each of some activities is about, as (entity, record id), in their order."""
    found: dict[int, list[tuple[str, int]]] = {each: [] for each in activity_ids}
    rows = About.objects.filter(activity_id__in=list(activity_ids), as_participant=False)
    for activity_id, entity, record_id in rows.order_by("activity_id", "position").values_list(
        "activity_id", "entity", "record_id"
    ):
        found[activity_id].append((entity, record_id))
    return found


def open_about(entity: str, record_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """Give the open activities about some records, by record: their columns, the first due first.

    Whoever calls this has judged what of it may be told to whom.
    """
    ties = About.objects.filter(entity=entity, record_id__in=list(record_ids), as_participant=False)
    by_activity: dict[int, list[int]] = {}
    for activity_id, record_id in ties.values_list("activity_id", "record_id"):
        by_activity.setdefault(activity_id, []).append(record_id)
    rows = Activity.objects.filter(
        pk__in=by_activity, state__in=[each.value for each in OPEN], deleted_at=None
    ).order_by("open_at", "pk")
    found: dict[int, list[dict[str, Any]]] = {}
    told: list[dict[str, Any]] = [{**row} for row in rows.values()]
    for row in told:
        for record_id in by_activity[row["id"]]:
            found.setdefault(record_id, []).append(row)
    return found


def below(activity_id: int) -> list[dict[str, Any]]:
    """Give the tasks directly below one, open ones first: what a line about each needs."""
    rows = Activity.objects.filter(parent_id=activity_id, deleted_at=None)
    columns = ("id", "subject", "state", "progress", "owner_id", "open_at", "at")
    return [{**row} for row in rows.order_by(F("open_at").asc(nulls_last=True), "pk").values(*columns)]


def ids_about(entity: str, record_id: int, *, kind: ActivityKind, limit: int) -> list[int]:
    """List the newest activities of one kind about a record that whoever sees the record may read.

    Private ones, and those in the bin, are left out.
    """
    ties = About.objects.filter(entity=entity, record_id=record_id, kind=kind.value, as_participant=False)
    ids = list(ties.order_by("-at", "-activity_id").values_list("activity_id", flat=True)[: limit * 2])
    open_ = set(
        Activity.objects.filter(pk__in=ids, deleted_at=None, is_private=False).values_list("pk", flat=True)
    )
    return [each for each in ids if each in open_][:limit]


def outcomes_about(entity: str, record_id: int, *, kind: ActivityKind, limit: int) -> list[str]:
    """List the outcomes of the latest done activities of one kind about a record, the newest first."""
    ties = About.objects.filter(entity=entity, record_id=record_id, kind=kind.value, as_participant=False)
    ids = list(ties.order_by("-at", "-activity_id").values_list("activity_id", flat=True)[:limit])
    done = Activity.objects.filter(pk__in=ids, state=ActivityState.DONE.value, deleted_at=None)
    return list(done.order_by("-at", "-pk").values_list("outcome", flat=True))


def series_of(series_id: int) -> dict[str, Any] | None:
    """Give the rule of a series, and when it ended."""
    found = Series.objects.filter(pk=series_id).order_by("pk").values("rule", "ended_at").first()
    return {**found} if found else None


def times_around(series_id: int, moment: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Give the times of a series about one of them: the one before, itself, and the next three."""
    held = Activity.objects.filter(series_id=series_id, deleted_at=None)
    before = held.filter(occurrence__lt=moment).order_by("-occurrence")[:1]
    later = held.filter(occurrence__gte=moment).order_by("occurrence")[:4]
    return [(each.pk, each.at) for each in (*before, *later)]


def steps_of(task_set_id: int) -> list[dict[str, Any]]:
    """Give the tasks of a set in their order."""
    columns = ("id", "subject", "after_days", "assignee", "person_id", "priority")
    rows = TaskSetStep.objects.filter(task_set_id=task_set_id, deleted_at=None)
    return [{**row} for row in rows.order_by("position", "pk").values(*columns)]


def remark_on(kind: ActivityKind, remarking: Remarking) -> None:
    """Let another module say on timelines how activities of one kind stand. Called once, at start-up."""
    _REMARKING[kind] = remarking


def remarks_on(actor: Actor, kinds: Mapping[int, str]) -> dict[int, Sequence[Remark]]:
    """Give what other modules say of some activities, which are given with their kinds, by id."""
    found: dict[int, Sequence[Remark]] = {}
    for kind, remarking in _REMARKING.items():
        if ids := [each for each, its in kinds.items() if its == kind]:
            found.update(remarking(actor, ids))
    return found


def first_done_about(entity: str, record_ids: Collection[int]) -> dict[int, dt.datetime]:
    """Give when somebody first was in touch about some records with a result, by record.

    An outcome that was chosen is a result, and so are words about it.
    """
    found: dict[int, dt.datetime] = {}
    for record_id, at, has_result in _done_about(entity, record_ids):
        if has_result:
            found[record_id] = min(found.get(record_id, at), at)
    return found


def last_done_about(entity: str, record_ids: Collection[int]) -> dict[int, dt.datetime]:
    """Give when somebody last was in touch about some records, by record, whatever came of it."""
    found: dict[int, dt.datetime] = {}
    for record_id, at, _has_result in _done_about(entity, record_ids):
        found[record_id] = max(found.get(record_id, at), at)
    return found


def made_about_since(records: Collection[tuple[str, int]], moment: dt.datetime) -> bool:
    """Tell whether an activity about one of some records was entered after a moment."""
    ids = [
        activity_id
        for entity, record_id in records
        for activity_id in About.objects.filter(entity=entity, record_id=record_id).values_list(
            "activity_id", flat=True
        )
    ]
    return Activity.objects.filter(pk__in=ids, created_at__gt=moment, deleted_at=None).exists()


def ties_of(activity_ids: Collection[int]) -> list[tuple[str, int, int | None]]:
    """Give what some activities are about: the entity, the record, and its party where it has one."""
    rows = About.objects.filter(activity_id__in=list(activity_ids), as_participant=False).order_by("pk")
    return list(rows.values_list("entity", "record_id", "party_id"))


def ties_of_done(*, direction: str = "", outcomes: Collection[str] = ()) -> QuerySet[About, Any]:
    """Tie what is done to what it is about, for statements of others: it is asked for record or party in SQL.

    Of one `direction` and with one of some `outcomes` alone, where these are named. Its columns are
    activity_id, entity, record_id, party_id, kind and at. What is private is left out.
    """
    done = Activity.objects.filter(
        pk=OuterRef("activity_id"), state=ActivityState.DONE.value, deleted_at=None, is_private=False
    )
    done = done.filter(direction=direction) if direction else done
    done = done.filter(outcome__in=sorted(outcomes)) if outcomes else done
    rows = About.objects.filter(Exists(done), as_participant=False).order_by()
    return rows.values("activity_id", "entity", "record_id", "party_id", "kind", "at")


def ties_since(moment: dt.datetime) -> QuerySet[About, Any]:
    """Tie what is open, or stands at a moment or later, to what it is about, for statements of others.

    Its columns are entity, record_id and party_id. What is private counts as well: that there is something.
    """
    rows = About.objects.filter(Q(is_open=True) | Q(at__gte=moment)).order_by()
    return rows.values("entity", "record_id", "party_id")


def _done_about(entity: str, record_ids: Collection[int]) -> list[tuple[int, dt.datetime, bool]]:
    """Give each contact about some records that took place: the record, when, and whether it has a result."""
    ties = About.objects.filter(
        entity=entity,
        record_id__in=list(record_ids),
        kind__in=[kind.value for kind in CONTACTS],
        as_participant=False,
    )
    told = list(ties.order_by("record_id", "activity_id").values_list("record_id", "activity_id"))
    done = Activity.objects.filter(
        pk__in=[activity_id for _record, activity_id in told],
        state=ActivityState.DONE.value,
        deleted_at=None,
    )
    held = {
        pk: (at, bool(outcome or result))
        for pk, at, outcome, result in done.values_list("pk", "at", "outcome", "result")
    }
    return [(record_id, *held[activity_id]) for record_id, activity_id in told if activity_id in held]
