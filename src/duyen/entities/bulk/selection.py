"""Which records a bulk step is about: those that were chosen, or all that a list's filter shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Max

from duyen.entities.counting import count_all
from duyen.entities.entity import Entity
from duyen.entities.paging import View, conditions
from duyen.entities.sql import Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ


@dataclass(frozen=True)
class Chosen:
    """Records by id, with the versions that the caller saw where it sent them."""

    ids: tuple[int, ...]
    seen: Mapping[int, int]

    def count(self, _entity: Entity, _actor: Actor) -> int:
        """Count the chosen ones, whether they are still there or not: each gets an outcome."""
        return len(set(self.ids))

    def ids_after(self, _entity: Entity, _actor: Actor, last: int, limit: int) -> list[int]:
        """Give the next ids in their order."""
        return sorted({record_id for record_id in self.ids if record_id > last})[:limit]

    def as_json(self) -> dict[str, Any]:
        """Give what a job keeps of it."""
        return {"ids": list(self.ids), "seen": {str(key): value for key, value in self.seen.items()}}


@dataclass(frozen=True)
class Everything:
    """All records that a filter shows to whoever asks, up to the newest one at the time of asking.

    They are walked by id, so that an edit that takes a record out of the filter, or into it, makes
    the walk neither skip nor repeat one. No version is compared: nobody has seen them all.
    """

    view: View
    until: int
    seen: Mapping[int, int] = field(default_factory=dict, init=False)

    @classmethod
    def now(cls, entity: Entity, view: View) -> Everything:
        """Take the filter as it is asked for now; what is created later does not belong to it."""
        newest = entity.model._default_manager.aggregate(newest=Max("pk"))["newest"]
        return cls(View(q=view.q, filter=view.filter, deleted=view.deleted), newest or 0)

    def count(self, entity: Entity, actor: Actor) -> int:
        """Count them all. Raises BadRequest for a filter that is not understood."""
        return count_all(entity, actor=actor, view=self.view)

    def ids_after(self, entity: Entity, actor: Actor, last: int, limit: int) -> list[int]:
        """Give the next ids that the filter shows now. Raises BadRequest."""
        where = all_of(
            [*self._conditions(entity, actor), Sql("t.id > %s AND t.id <= %s", (last, self.until))]
        )
        text = f"SELECT t.id FROM {name(entity.table)} t WHERE {where.text} ORDER BY t.id LIMIT {limit}"
        with connection.cursor() as cursor:
            cursor.execute(text, where.params)
            return [int(row[0]) for row in cursor.fetchall()]

    def _conditions(self, entity: Entity, actor: Actor) -> Sequence[Sql]:
        scope = entity.scope.as_sql(actor.scope(entity.name, READ), "t")
        return [scope, conditions(entity, actor, self.view).whole]

    def as_json(self) -> dict[str, Any]:
        """Give what a job keeps of it."""
        view = self.view
        return {"q": view.q, "filter": view.filter, "deleted": view.deleted, "until": self.until}


Selection = Chosen | Everything


def selection_of(kept: Mapping[str, Any]) -> Selection:
    """Read what `as_json` gave."""
    if "ids" in kept:
        return Chosen(tuple(kept["ids"]), {int(key): value for key, value in kept["seen"].items()})
    view = View(q=kept["q"], filter=kept["filter"], deleted=kept["deleted"])
    return Everything(view, kept["until"])
