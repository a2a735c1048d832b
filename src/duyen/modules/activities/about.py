"""Keep the rows by which timelines find activities: written with each activity, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.registry import all_entities
from duyen.entities.writing import insert_rows, next_ids
from duyen.modules.activities.models import About, Activity

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

    columns = ("about", "participants", "at", "kind")

    def born(self, rows: Sequence[Columns]) -> None:
        _insert([told for row in rows for told in _rows_of(row)])

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        changed = [
            row
            for row_id, row in after.items()
            if any(row[each] != before[row_id][each] for each in self.columns)
        ]
        if not changed:
            return
        About.objects.filter(activity_id__in=[row["id"] for row in changed]).delete()
        _insert([told for row in changed for told in _rows_of(row)])


def _rows_of(activity: Columns) -> Iterator[dict[str, Any]]:
    common = {"activity_id": activity["id"], "at": activity["at"], "kind": str(activity["kind"])}
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


def start() -> None:
    """Let the rows follow every write of an activity. Called once, at start-up."""
    accompany(Activity, _AboutRows())
