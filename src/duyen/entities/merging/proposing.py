"""What a merge would do, told before it is done: whose values, what moves, what speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.fields.base import EMPTY
from duyen.entities.merging.choosing import Choice, choices_of, fitted
from duyen.entities.merging.declared import Hanging, Remark, Weight
from duyen.entities.merging.hangings import hangings_of
from duyen.entities.merging.moving import count_hanging
from duyen.entities.merging.rules import Candidate, proposed_survivor
from duyen.entities.merging.sides import (
    FieldOf,
    Side,
    fields_of,
    opened_to,
    read_sides,
    refuse_odd_sets,
)
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, HAND_OVER, FieldLevel


@dataclass(frozen=True)
class Moving:
    """How much of one kind would follow to the survivor; what `stays` does so for want of a right."""

    label: Label
    count: int
    stays: bool = False


@dataclass(frozen=True)
class Proposal:
    """Records beside each other, the survivor first, with what is proposed for each field.

    `candidates` say of each record whether the actor may keep it, and may let it go.
    """

    entity: Entity
    sides: Sequence[Side]
    choices: Sequence[Choice]
    remarks: Sequence[Remark]
    moving: Sequence[Moving]
    candidates: Sequence[Candidate]

    @property
    def survivor(self) -> Side:
        return self.sides[0]

    @property
    def seen(self) -> list[Choice]:
        """The fields that the actor may see."""
        return [each for each in self.choices if each.of.is_seen]

    @property
    def refusals(self) -> list[Remark]:
        return [each for each in self.remarks if each.weight is Weight.REFUSAL]


def propose(entity: Entity, *, actor: Actor, ids: Sequence[int], survivor: int | None = None) -> Proposal:
    """Put records beside each other and propose who stays, and with which values.

    `survivor` keeps that one instead. Raises BadRequest for too few or too many, NotFound, NotMergeable.
    """
    refuse_odd_sets(ids)
    sides = read_sides(entity, actor, ids)
    hangings = hangings_of(entity)
    names = names_of(entity)
    counts = [(each, count_hanging(each, names, ids)) for each in hangings]
    fields = fields_of(sides, actor)
    candidates = list(_candidates(entity, actor, sides, fields, [counted for _hanging, counted in counts]))
    chosen = survivor if survivor in set(ids) else proposed_survivor(candidates)
    ordered = survivor_first(sides, chosen or ids[0])
    going = [each.id for each in ordered[1:]]
    return Proposal(
        entity=entity,
        sides=ordered,
        choices=fitted(choices_of(fields, ordered), ordered, take={}, values={}),
        remarks=list(remarks_on(ordered, fields, actor)),
        moving=[
            Moving(
                hanging.label, sum(counted[each] for each in going), not follows(hanging, ordered[0], actor)
            )
            for hanging, counted in counts
            if hanging.is_told and _sum(counted, going)
        ],
        candidates=candidates,
    )


def _sum(counted: Mapping[int, int], ids: Sequence[int]) -> int:
    return sum(counted[each] for each in ids)


def names_of(entity: Entity) -> list[str]:
    """List the names under which records of a family are known, the family's own among them."""
    return list(dict.fromkeys([each.name for each in (entity, *entity.relatives)] + [entity.family]))


def survivor_first(sides: Sequence[Side], survivor: int) -> list[Side]:
    """Put the record that stays before the others."""
    return sorted(sides, key=lambda each: each.id != survivor)


def follows(hanging: Hanging, survivor: Side, actor: Actor) -> bool:
    """Tell whether rows may follow to the survivor: what opens records moves only for whoever may open it."""
    return not hanging.needs or has_right(survivor, actor, hanging.needs)


def has_right(side: Side, actor: Actor, verb: str) -> bool:
    """Tell whether some entity that the record belongs to opens it to a verb."""
    for each in side.kinds:
        owner, unit = (side.row.get(column) for column in (each.scope.owner, each.scope.unit))
        if actor.scope(each.name, verb).covers(record_id=side.id, owner_id=owner, unit_id=unit):
            return True
    return False


def new_kinds(survivor: Side, others: Sequence[Side]) -> list[Entity]:
    """List what the survivor becomes by the merge: a contact that takes in a customer is one too."""
    kinds = dict.fromkeys(each for side in others for each in side.kinds)
    return [each for each in kinds if each not in survivor.kinds]


def closed_kinds(survivor: Side, others: Sequence[Side], actor: Actor) -> list[Entity]:
    """List what the survivor would become although the actor may not create that for its owner and unit."""
    row = survivor.row
    return [
        each
        for each in new_kinds(survivor, others)
        if not actor.scope(each.name, CREATE).covers(
            record_id=survivor.id, owner_id=row.get(each.scope.owner), unit_id=row.get(each.scope.unit)
        )
    ]


def remarks_on(sides: Sequence[Side], fields: Sequence[FieldOf], actor: Actor) -> Iterator[Remark]:
    """Say what is odd about these records, as far as the actor may know it; a refusal is always said."""
    hidden: Collection[str] = {each.field.name for each in fields if each.level is FieldLevel.HIDDEN}
    rows = [side.row for side in sides]
    kinds = dict.fromkeys(each.merge_rules for side in sides for each in side.kinds)
    for rules in kinds:
        for remark in rules.judge(rows):
            if remark.weight is Weight.REFUSAL or remark.field not in hidden:
                yield remark
    yield from (each for each in _whose(sides) if each.field not in hidden)


def _whose(sides: Sequence[Side]) -> Iterator[Remark]:
    scope = sides[0].entity.scope
    if scope.owner and len({side.row[scope.owner] for side in sides}) > 1:
        yield Remark(
            "owners",
            _("They have different owners. The owner of the one that stays keeps it."),
            field="owner",
        )
    if scope.unit and len({side.row[scope.unit] for side in sides}) > 1:
        yield Remark("units", _("They belong to different units."), field="unit")


def _candidates(
    entity: Entity,
    actor: Actor,
    sides: Sequence[Side],
    fields: Sequence[FieldOf],
    counts: Sequence[dict[int, int]],
) -> Iterator[Candidate]:
    family = [entity, *entity.relatives]
    rows = entity.model._default_manager.filter(pk__in=[side.id for side in sides])
    may = {
        verb: set(rows.filter(opened_to(family, actor, verb)).values_list("pk", flat=True))
        for verb in (CHANGE, DELETE)
    }
    for side in sides:
        filled = sum(1 for each in fields if each.is_seen and each.field.load(side.row) not in EMPTY)
        hanging = sum(counted[side.id] for counted in counts)
        yield Candidate(side.id, hanging, filled, side.id in may[CHANGE], side.id in may[DELETE])


def may_hand_over(side: Side, actor: Actor) -> bool:
    """Tell whether the actor may give the record another owner or unit."""
    return has_right(side, actor, HAND_OVER)
