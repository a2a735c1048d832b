"""Make one record of several: its values, all that hangs on them, and a way back, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.gate import refuse_unapproved
from duyen.entities.completeness.declaring import COLUMN
from duyen.entities.custom.columns import DERIVED, unfold_all
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, Refused, VersionMissing
from duyen.entities.fields import Link
from duyen.entities.locking import named_on, not_allowed
from duyen.entities.merging.choosing import Choice, Takes, choices_of, chosen, fitted
from duyen.entities.merging.declared import Remark, Weight
from duyen.entities.merging.hangings import hangings_of, settle_hanging
from duyen.entities.merging.moving import STAMPS, Going, move, rows_as_json
from duyen.entities.merging.own_links import untied
from duyen.entities.merging.proposing import closed_kinds, follows, may_hand_over, names_of, remarks_on
from duyen.entities.merging.sides import Side, family_of, fields_of, lock_sides, refuse_odd_sets
from duyen.entities.models import Merge, MergedRecord
from duyen.entities.stale import refuse_stale
from duyen.entities.standard import Done, into_bin, write_changes
from duyen.entities.values import broken_links
from duyen.entities.words import MERGE
from duyen.entities.writing import update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import HAND_OVER
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem

#: Columns of the survivor that no undo gives back: its stamps, and what is worked out anew by every write.
_NEVER = frozenset({*STAMPS, COLUMN, DERIVED})


class MergeRefused(Refused):
    """Something about the records forbids to make one of them; the sentence says what."""

    code = "merge_refused"
    sentence = _("These records cannot become one: %(why)s")


class MergeDoubtful(Refused):
    """Something about the records has to be confirmed first; `remarks` say what."""

    code = "merge_doubtful"
    sentence = _("Look at this before you merge, and confirm it: %(why)s")

    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__(why=" ".join(str(each.sentence) for each in remarks))
        self.remarks = tuple(remarks)


@dataclass(frozen=True)
class Asked:
    """How a merge is asked for: whose values the survivor gets, own ones, and which doubts are confirmed."""

    take: Takes
    values: Mapping[str, object]
    confirmed: Collection[str]


def merge(
    entity: Entity,
    survivor: int,
    others: Sequence[int],
    *,
    actor: Actor,
    versions: Mapping[int, int],
    take: Takes | None = None,
    values: Mapping[str, object] | None = None,
    confirmed: Collection[str] = (),
) -> Done:
    """Let `others` go into `survivor`; what is not chosen by `take` or `values` is as `propose` says it.

    Needs the right to change the survivor and to delete the others, and the versions of all. They lie in the
    bin afterwards, and come out of it by undoing the merge alone (`undoing.unmerge`), at any time. Raises
    NotFound, NotAllowed, StaleVersion, VersionMissing, InvalidValues, BadRequest, NotMergeable, MergeRefused,
    NeedsApproval, or MergeDoubtful as long as a doubt is not among `confirmed`, by its code.
    """
    refuse_odd_sets([survivor, *others])
    asked = Asked(take or {}, values or {}, confirmed)
    with transaction.atomic():
        for each in family_of(entity):
            each.merge_rules.hold()
        staying, going = lock_sides(entity, actor, survivor, others)
        for side in (staying, *going):
            if side.id not in versions:
                raise VersionMissing
            refuse_stale(side.entity, side.row, version=versions[side.id], values={})
        columns = _decided(staying, going, actor, asked)
        count = {"count": 1 + len(going)}
        for side in (staying, *going):
            refuse_unapproved(side.entity, MERGE, side.row, count, actor=actor, record_id=survivor)
        who = named_on(staying.entity, staying.row, actor)
        operation = trail.begin(who, f"{entity.name}.{MERGE}")
        held = unfold_all(rows_as_json(entity.table, [survivor])[survivor])
        made = _write_down(operation.id, entity, staying, going, who)
        _move_all(entity, staying, going, who, made)
        version = write_changes(entity, who, staying.row, columns)
        update_rows(
            entity.model,
            {each.id: {} for each in going},
            alike={**into_bin(who, ""), "updated_at": made.at, "updated_by_id": who.user_id},
        )
        for rules in {each.merge_rules for each in (entity, *entity.relatives)}:
            rules.settle([survivor])
        settle_hanging(entity, [survivor])
        _keep_what_changed(made, entity, held)
    return Done(survivor, version, operation)


def _decided(staying: Side, going: Sequence[Side], actor: Actor, asked: Asked) -> dict[str, Any]:
    """Give the columns that the survivor gets. Raises whatever speaks against them."""
    sides = [staying, *going]
    fields = fields_of(sides, actor)
    _refuse_remarks(list(remarks_on(sides, fields, actor)), asked.confirmed)
    if closed := closed_kinds(staying, going, actor):
        why = _("creating one of “%(labels)s” for this owner and unit is not among your rights.")
        raise NotAllowed(why=why % {"labels": closed[0].labels})
    choices = fitted(choices_of(fields, sides), sides, take=asked.take, values=asked.values)
    columns = chosen(choices, take=asked.take, values=asked.values, sides=sides)
    by_hand = set(asked.take) | set(asked.values)
    problems = list(_problems(staying, going, choices, columns, actor, by_hand))
    if problems:
        raise InvalidValues(problems)
    scope = staying.entity.scope
    flat = {column: value for found in columns.values() for column, value in found.items()}
    if {scope.owner, scope.unit} & set(flat) and not may_hand_over(staying, actor):
        raise not_allowed(HAND_OVER)
    for rules in dict.fromkeys(each.merge_rules for side in sides for each in side.kinds):
        flat |= rules.columns(staying.row, [side.row for side in going])
    return flat | untied(staying.entity, staying.row, flat, [side.id for side in sides])


def _refuse_remarks(remarks: Sequence[Remark], confirmed: Collection[str]) -> None:
    for each in remarks:
        if each.weight is Weight.REFUSAL:
            raise MergeRefused(why=each.sentence)
    doubts = [each for each in remarks if each.weight is Weight.DOUBT and each.code not in confirmed]
    if doubts:
        raise MergeDoubtful(doubts)


def _problems(
    staying: Side,
    going: Sequence[Side],
    choices: Sequence[Choice],
    columns: dict[str, dict[str, Any]],
    actor: Actor,
    by_hand: Collection[str],
) -> Iterator[FieldProblem]:
    """Judge the survivor as it would be, by each of its kinds; completes `columns` where a kind does that."""
    flat = {column: value for found in columns.values() for column, value in found.items()}
    told: dict[tuple[str, str], FieldProblem] = {}
    for kind in dict.fromkeys(each for side in (staying, *going) for each in side.kinds):
        before, after = kind.values(staying.row), kind.values({**staying.row, **flat})
        as_chosen = dict(after)
        if kind.complete:
            kind.complete(after, actor)
        for each, value in after.items():
            if value != as_chosen[each]:
                columns[each] = dict(kind.field(each).store(value))
        for problem in (one for rule in kind.rules for one in rule(after, before)):
            told.setdefault((problem.field, problem.code), problem)
    yield from told.values()
    links = {
        each.field.name: flat[each.field.columns[0]]
        for each in choices
        if isinstance(each.field, Link) and each.field.name in by_hand and each.field.columns[0] in flat
    }
    for kind in staying.kinds:
        yield from broken_links(kind, actor, [links]).get(0, ())


def _write_down(
    operation_id: int, entity: Entity, staying: Side, going: Sequence[Side], actor: Actor
) -> Merge:
    made = Merge.objects.create(
        id=operation_id,
        entity=entity.name,
        family=entity.family,
        survivor_id=staying.id,
        at=now(),
        by_id=actor.user_id,
        by_name=actor.name,
    )
    MergedRecord.objects.bulk_create(
        MergedRecord(
            merge=made,
            family=entity.family,
            record_id=each.id,
            survivor_id=staying.id,
            code=str(each.row.get("code") or ""),
        )
        for each in going
    )
    return made


def _move_all(entity: Entity, staying: Side, going: Sequence[Side], actor: Actor, made: Merge) -> None:
    ids = [each.id for each in going]
    names = names_of(entity)
    for hanging in hangings_of(entity):
        if follows(hanging, staying, actor):
            move(hanging, Going(made.pk, staying.id, ids, names, actor))
    _lead_back(names, staying.id, ids)


# Whoever opened one of them lately finds the survivor among her last records; no trail, and no way back.
_LEAD_BACK = """
INSERT INTO entities_recentrecord (user_id, entity, record_id, opened_at)
SELECT user_id, entity, %s, max(opened_at) FROM entities_recentrecord
WHERE entity = ANY(%s) AND record_id = ANY(%s) GROUP BY user_id, entity
ON CONFLICT (user_id, entity, record_id)
DO UPDATE SET opened_at = greatest(entities_recentrecord.opened_at, EXCLUDED.opened_at)
"""


def _lead_back(names: Sequence[str], survivor: int, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LEAD_BACK, [survivor, list(names), list(ids)])


def _keep_what_changed(made: Merge, entity: Entity, held: Mapping[str, Any]) -> None:
    """Keep what the merge changed on the survivor, so that undoing it finds what to give back."""
    new = unfold_all(rows_as_json(entity.table, [made.survivor_id])[made.survivor_id])
    generated = {each.column for each in entity.model._meta.concrete_fields if each.generated}
    changed = [
        column
        for column in {**held, **new}
        if new.get(column) != held.get(column) and column not in _NEVER and column not in generated
    ]
    made.was = {column: held.get(column) for column in changed}
    made.now = {column: new.get(column) for column in changed}
    made.save(update_fields=["was", "now"])
