"""Lock records through the actor's own rows, always in the order of their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.restricted import refuse_restricted, restricted
from duyen.entities.through import readable_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.rules import Standing
from duyen.foundation.access.words import CHANGE, HAND_OVER, READ

_WHY = {
    "change": _("changing this record is not among your rights."),
    "delete": _("deleting this record is not among your rights."),
    "hand_over": _("handing records over to another owner or unit is not among your rights."),
}


def lock(
    entity: Entity, record_id: int, *, actor: Actor, verb: str, deleted: bool | None = False
) -> dict[str, Any]:
    """Lock one record for a write and give its columns.

    Raises NotFound when the actor may not even see it, NotAllowed when it is seen but not open
    to `verb`, Restricted where its use is.
    """
    rows = lock_many(entity, [record_id], actor=actor, verb=verb, deleted=deleted)
    if rows:
        return rows[0]
    if readable_rows(entity, actor, [record_id], deleted=deleted).exists():
        refuse_restricted(entity, [record_id], actor=actor)
        raise not_allowed(verb)
    raise NotFound


def not_allowed(verb: str) -> NotAllowed:
    """Say that `verb` is not among the actor's rights on a record that is seen."""
    return NotAllowed(why=_WHY.get(verb, _("this step is not among your rights for this record.")))


def may_move(entity: Entity, row: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether the actor may give this record another owner or unit."""
    facts = actor.scope(entity.name, HAND_OVER)
    owner, unit = (row.get(column) for column in (entity.scope.owner, entity.scope.unit))
    return facts.covers(record_id=row["id"], owner_id=owner, unit_id=unit)


def lock_many(
    entity: Entity, record_ids: Sequence[int], *, actor: Actor, verb: str, deleted: bool | None = False
) -> list[dict[str, Any]]:
    """Lock those of `record_ids` on which the actor may use `verb`, and give their columns.

    What is restricted is left out, but for reading.
    """
    seen = entity.rows(actor, READ, deleted=deleted) & entity.rows(actor, verb, deleted=deleted)
    rows = seen.filter(pk__in=list(record_ids)).order_by("pk").select_for_update(of=("self",), no_key=True)
    found = list(rows.values(*entity.held_columns))
    if verb != READ:
        left_out = restricted(entity, [row["id"] for row in found], actor=actor)
        found = [row for row in found if row["id"] not in left_out]
    for row in found:
        entity.unfold(row)
    return found


def named_on(entity: Entity, row: Mapping[str, Any], actor: Actor, verb: str = CHANGE) -> Actor:
    """Give the actor as the trail names her for a write on a locked row: a deputy for its absent owner."""
    owner, unit = (row.get(column) for column in (entity.scope.owner, entity.scope.unit))
    record = Standing(
        int(row["id"]),
        owner,
        unit,
        entity.scope.is_company_wide,
        entity.scope.holders(row),
        bool(row.get(entity.scope.closed)),
    )
    return actor.on_record(entity.name, verb, record)
