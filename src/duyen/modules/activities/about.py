"""Keep the rows by which timelines find activities: written with each activity, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.registry import all_entities
from duyen.entities.writing import insert_rows, next_ids
from duyen.modules.activities.models import About, Activity
from duyen.modules.activities.words import OPEN

Ref = tuple[str, int]


def parties_of(refs: Sequence[Ref]) -> dict[Ref, int]:
    """Give the party of each of some records, where it has one: one query for each table that is asked."""
    kinds = {each.name: each for each in all_entities() if each.party}
    wanted: dict[str, set[int]] = {}
    for name, record_id in refs:
        if name in kinds:
            wanted.setdefault(name, set()).add(record_id)
    found: dict[Ref, int] = {}
    for name, ids in wanted.items():
        column = kinds[name].party
        if column == "id":
            found |= {(name, record_id): record_id for record_id in ids}
            continue
        rows = kinds[name].model._default_manager.filter(pk__in=ids).values_list("pk", column)
        found |= {(name, record_id): party for record_id, party in rows if party is not None}
    return found


class _AboutRows(Companion):
    """Writes what an activity is about, and which parties take part in it."""

    columns = ("about", "participants", "at", "kind", "state", "is_pinned")

    def born(self, rows: Sequence[Columns]) -> None:
        _insert([told for row in rows for told in _rows_of(row)])

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        gone, new = list[int](), list[dict[str, Any]]()
        for row_id, row in after.items():
            was = before[row_id]
            if any(row[each] != was[each] for each in ("about", "participants")):
                gone.append(row_id)
                new += _rows_of(row)
            elif _copied(row) != _copied(was):
                # In place: a merge remembers the rows that it moved by their ids.
                About.objects.filter(activity_id=row_id).update(**_copied(row))
        if gone:
            About.objects.filter(activity_id__in=gone).delete()
            _insert(new)


def _copied(activity: Columns) -> dict[str, Any]:
    """Give what the rows repeat of the activity, so that a timeline walks an index of theirs alone."""
    return {
        "at": activity["at"],
        "kind": str(activity["kind"]),
        "is_open": activity["state"] in OPEN,
        "is_pinned": activity["is_pinned"],
    }


def _rows_of(activity: Columns) -> Iterator[dict[str, Any]]:
    common = {"activity_id": activity["id"], **_copied(activity)}
    for column, takes_part in (("about", False), ("participants", True)):
        for position, each in enumerate(activity[column] or ()):
            if each.get("entity") and not (takes_part and each["entity"] == "users"):
                yield {
                    **common,
                    "entity": each["entity"],
                    "record_id": each["id"],
                    "position": position,
                    "as_participant": takes_part,
                }


def _insert(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    parties = parties_of([(row["entity"], row["record_id"]) for row in rows])
    for row, row_id in zip(rows, next_ids(About, len(rows)), strict=True):
        row |= {"id": row_id, "party_id": parties.get((row["entity"], row["record_id"]))}
    insert_rows(About, rows)


def settle(names: Sequence[str], ids: Sequence[int]) -> None:
    """Let activities name again what their rows say, once a merge or its undoing has moved those."""
    moved = About.objects.filter(entity__in=list(names), record_id__in=list(ids))
    touched = set(moved.values_list("activity_id", flat=True))
    told: dict[int, list[About]] = {}
    for each in About.objects.filter(activity_id__in=touched).order_by("activity_id", "position"):
        told.setdefault(each.activity_id, []).append(each)
    columns = ("pk", "about", "participants", "party_id")
    for activity_id, was, present, party in Activity.objects.filter(pk__in=touched).values_list(*columns):
        rows = told[activity_id]
        about = [{"entity": each.entity, "id": each.record_id} for each in rows if not each.as_participant]
        taking_part = _present_again(present, [each for each in rows if each.as_participant])
        parties = [each.party_id for each in rows if not each.as_participant and each.party_id]
        now = {"about": about, "participants": taking_part, "party_id": parties[0] if parties else None}
        if now != {"about": was, "participants": present, "party_id": party}:
            # Past those who follow an activity: its rows are what it follows here.
            Activity.objects.filter(pk=activity_id).update(**now)


def _present_again(present: Sequence[Mapping[str, Any]], rows: Sequence[About]) -> list[dict[str, Any]]:
    """Give those who take part as the rows say; guests and people of the house stay as they are."""
    by_position = {each.position: each for each in rows}
    found: list[dict[str, Any]] = []
    for position, each in enumerate(present):
        row = by_position.pop(position, None)
        if row is not None:
            found.append({**each, "entity": row.entity, "id": row.record_id})
        elif not each.get("entity") or each["entity"] == "users":
            found.append(dict(each))
    return [*found, *({"entity": each.entity, "id": each.record_id} for each in by_position.values())]


def start() -> None:
    """Let the rows follow every write of an activity. Called once, at start-up."""
    accompany(Activity, _AboutRows())
