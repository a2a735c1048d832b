"""Open work goes with its record: whoever gets a customer gets what the one before had to do for it.

It hangs on the writing of rows, so that every door does the same: one record or a set, a form, a merge, and
the undoing of each. Private ones, and those of other people, stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.writing import update_rows
from duyen.kernel.clock import now
from duyen.modules.activities.models import About, Activity
from duyen.modules.activities.words import OPEN


class _Owners(Companion):
    """Lets open activities follow the owner of records that `names` know by their ids."""

    columns = ("owner_id", "unit_id")

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)

    def born(self, rows: Sequence[Columns]) -> None:
        """A new record has nothing to hand over."""

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        moved = {
            row_id: row
            for row_id, row in after.items()
            if row["owner_id"] and before[row_id]["owner_id"] not in (None, row["owner_id"])
        }
        if not moved:
            return
        ties = About.objects.filter(
            entity__in=self._names, record_id__in=list(moved), as_participant=False
        ).order_by("pk")
        record_of = dict(ties.values_list("activity_id", "record_id"))
        held = Activity.objects.filter(
            pk__in=record_of,
            state__in=[each.value for each in OPEN],
            deleted_at=None,
            is_private=False,
        ).order_by("pk")
        changes: dict[int, dict[str, Any]] = {}
        for pk, owner in held.select_for_update(of=("self",), no_key=True).values_list("pk", "owner_id"):
            record = record_of[pk]
            if owner == before[record]["owner_id"]:
                changes[pk] = {"owner_id": moved[record]["owner_id"], "unit_id": moved[record]["unit_id"]}
        if changes:
            update_rows(Activity, changes, alike={"updated_at": now()})


def follow_owners(model: type[models.Model], *names: str) -> None:
    """Let open activities follow the owners of the rows of a table; once for each table, at start-up."""
    accompany(model, _Owners(names))
