"""The records of a merge as they stand: read or locked through the actor's own rows, with their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, NotFound, Refused
from duyen.entities.fields import Field
from duyen.entities.locking import not_allowed
from duyen.entities.merging.hangings import mergeable
from duyen.entities.merging.rules import FEWEST, MOST
from duyen.entities.restricted import refuse_restricted
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, READ, FieldLevel

Row = Mapping[str, Any]


class NotMergeable(Refused):
    """Records of this kind are not merged: no bin could keep those that go."""

    code = "not_mergeable"
    sentence = _("Records of this kind cannot be merged. Change one of them and close the other.")


@dataclass(frozen=True)
class Side:
    """One record of a merge: as which entity it is seen, what it is, and what it holds.

    `kinds` are all the entities of the family that it belongs to: a contact may be a customer too.
    """

    entity: Entity
    kinds: tuple[Entity, ...]
    row: Row

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def version(self) -> int:
        return int(self.row["version"])


def family_of(entity: Entity) -> list[Entity]:
    """List the entities that share the table, the one asked for first. Raises NotMergeable."""
    if not mergeable(entity):
        raise NotMergeable
    return [entity, *entity.relatives]


def refuse_odd_sets(ids: Sequence[int]) -> None:
    """Refuse fewer or more records than can be compared. Raises BadRequest."""
    if len(set(ids)) != len(ids):
        raise BadRequest(argument="ids", what=_("a record stands there twice. Name each once."))
    if not FEWEST <= len(ids) <= MOST:
        what = _("between %(fewest)s and %(most)s records become one.") % {"fewest": FEWEST, "most": MOST}
        raise BadRequest(argument="ids", what=what)


def opened_to(family: Sequence[Entity], actor: Actor, verb: str) -> Q:
    """Say which rows of the table some entity of the family opens to reading and to `verb`."""
    found = Q(pk__in=[])
    for each in family:
        scopes = (each.scope.as_q(actor.scope(each.name, one), one) for one in {READ, verb})
        condition = each.kind.q
        for one in scopes:
            condition &= one
        found |= Q(pk__isnull=False) & condition
    return found


def read_sides(
    entity: Entity, actor: Actor, ids: Sequence[int], *, deleted: bool | None = False
) -> list[Side]:
    """Read records as the actor may see them, in the order of `ids`. Raises NotFound, NotMergeable."""
    family = family_of(entity)
    rows = entity.model._default_manager.filter(opened_to(family, actor, READ), pk__in=list(ids))
    return _sides(family, actor, _in_bin(rows, deleted), ids)


def lock_sides(
    entity: Entity, actor: Actor, survivor: int, others: Sequence[int], *, others_in_bin: bool = False
) -> tuple[Side, list[Side]]:
    """Lock the record that stays and those that go, all in the order of their ids by one statement.

    The survivor through what the actor may change, the others through what she may delete: as strong as for
    a deletion, so that nobody ties something to one of them meanwhile. Raises NotFound, NotAllowed or
    Restricted.
    """
    family = family_of(entity)
    staying = Q(pk=survivor) & opened_to(family, actor, CHANGE)
    going = Q(pk__in=list(others), deleted_at__isnull=not others_in_bin) & opened_to(family, actor, DELETE)
    if not others_in_bin:
        staying &= Q(deleted_at=None)
    ids = [survivor, *others]
    rows = entity.model._default_manager.filter(staying | going).order_by("pk")
    locked = {row["id"] for row in rows.select_for_update(of=("self",)).values("id")}
    if missing := [each for each in ids if each not in locked]:
        _refuse(family, actor, missing, survivor, in_bin=others_in_bin)
    refuse_restricted(entity, ids, actor=actor)
    found = entity.model._default_manager.filter(opened_to(family, actor, READ), pk__in=ids)
    sides = _sides(family, actor, found, ids)
    return sides[0], sides[1:]


def _refuse(
    family: Sequence[Entity], actor: Actor, missing: Sequence[int], survivor: int, *, in_bin: bool
) -> None:
    """Say why records could not be locked: not there for her, or not within her rights."""
    seen = family[0].model._default_manager.filter(opened_to(family, actor, READ), pk__in=list(missing))
    rows = dict(seen.values_list("pk", "deleted_at"))
    for each in missing:
        if each not in rows or (rows[each] is not None and not in_bin):
            raise NotFound
    raise not_allowed(CHANGE if survivor in missing else DELETE)


def _in_bin(rows: QuerySet[Any], deleted: bool | None) -> QuerySet[Any]:
    return rows if deleted is None else rows.filter(deleted_at__isnull=not deleted)


def _sides(family: Sequence[Entity], actor: Actor, rows: QuerySet[Any], ids: Sequence[int]) -> list[Side]:
    columns = tuple(dict.fromkeys(column for each in family for column in each.columns))
    held = {row["id"]: row for row in rows.order_by("pk").values(*columns, *_beside(family[0], columns))}
    for row in held.values():
        family[0].unfold(row)
    if any(each not in held for each in ids):
        raise NotFound
    kinds: dict[int, list[Entity]] = {each: [] for each in ids}
    opened: dict[int, Entity] = {}
    for each in family:
        of_kind = each.model._default_manager.filter(each.kind.q, pk__in=list(ids))
        for record_id in of_kind.values_list("pk", flat=True):
            kinds[record_id].append(each)
        for record_id in each.rows(actor, deleted=None).filter(pk__in=list(ids)).values_list("pk", flat=True):
            opened.setdefault(record_id, each)
    return [Side(opened[each], tuple(kinds[each]), held[each]) for each in ids]


def _beside(entity: Entity, columns: Sequence[str]) -> list[str]:
    """List the columns that no field shows, generated ones apart: what else a record is."""
    return [
        str(each.column)
        for each in entity.model._meta.concrete_fields
        if not each.generated and each.column not in columns
    ]


@dataclass(frozen=True)
class FieldOf:
    """One field of the records that become one, of the entity that declares it, with the actor's limit."""

    entity: Entity
    field: Field
    level: FieldLevel | None

    @property
    def is_open(self) -> bool:
        """Whether the actor may choose its value."""
        return self.level is None and self.field.editable

    @property
    def is_seen(self) -> bool:
        return self.level is not FieldLevel.HIDDEN


def fields_of(sides: Sequence[Side], actor: Actor) -> list[FieldOf]:
    """List the fields of all that the records are, each once; of several limits the strictest counts."""
    kinds = dict.fromkeys(each for side in sides for each in side.kinds)
    return list(_once(list(kinds), actor))


def _once(kinds: Sequence[Entity], actor: Actor) -> Iterator[FieldOf]:
    order = {FieldLevel.HIDDEN: 0, FieldLevel.READ: 1, None: 2}
    names = dict.fromkeys(field.name for each in kinds for field in each.fields)
    for name in names:
        owners = [each for each in kinds if name in each.by_name]
        level = min((each.level(actor, name) for each in owners), key=lambda one: order[one])
        yield FieldOf(owners[0], owners[0].field(name), level)
