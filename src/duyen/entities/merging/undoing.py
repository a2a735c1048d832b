"""Take a merge back as a whole, however long ago: what nobody changed since goes back, the rest is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from duyen.entities.custom.columns import is_virtual, unfold_all
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound, Refused
from duyen.entities.fields import Field, Label, Link
from duyen.entities.history import family_label
from duyen.entities.locking import named_on
from duyen.entities.merging.going_back import Returning, RowsBack, give_back, name_those_left
from duyen.entities.merging.hangings import hangings_of, settle_hanging
from duyen.entities.merging.moving import rows_as_json
from duyen.entities.merging.own_links import deleted_columns
from duyen.entities.merging.proposing import may_hand_over
from duyen.entities.merging.sides import FieldOf, Side, fields_of, lock_sides, read_sides
from duyen.entities.merging.standing import survivor_of
from duyen.entities.models import Merge, MergedRecord
from duyen.entities.personal.standing import Erased, is_erased, refuse_erased
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.sql import name
from duyen.entities.standard import FROM_BIN, Done, write_changes
from duyen.entities.words import UNMERGE
from duyen.entities.writing import stored_fields, update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now


class UndoneBefore(Refused):
    """The merge was taken back already."""

    code = "undone_before"
    sentence = _("This merge was undone already. Look at the records themselves.")


class MergedSince(Refused):
    """The survivor itself went into another record; that merge comes back first."""

    code = "merged_since"
    sentence = _("The record that stayed was merged into another one since. Undo that merge first.")


@dataclass(frozen=True)
class Account:
    """What goes back when a merge is undone, and what stays: of fields, of rows, and what was added since.

    After the undo it tells what did. Fields that the reader may not see are left out.
    """

    merge: Merge
    entity: Entity
    survivor: Side
    others: Sequence[MergedRecord]
    fields_back: Sequence[Field]
    fields_left: Sequence[Field]
    rows: Sequence[RowsBack]
    added: Sequence[tuple[Label, int]]
    why_not: Refused | None = None
    shows_codes: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether everything goes back to what it was."""
        return not self.fields_left and not any(each.count_left for each in self.rows)


def is_merge(operation_id: int) -> bool:
    """Tell whether an operation was a merge, which has its own way back."""
    return Merge.objects.filter(pk=operation_id).exists()


def merge_called(merge_id: int, actor: Actor) -> tuple[Merge, Entity, Side]:
    """Find a merge whose survivor is open to the actor. Raises NotFound."""
    merge = Merge.objects.filter(pk=merge_id).order_by("pk").first()
    if merge is None:
        raise NotFound
    entity = entity_named(merge.entity)
    (survivor,) = read_sides(entity, actor, [merge.survivor_id], deleted=None)
    return merge, entity, survivor


def account_of(merge_id: int, *, actor: Actor) -> Account:
    """Tell what undoing a merge would give back now; of one that was undone, what it could not.

    Raises NotFound.
    """
    merge, entity, survivor = merge_called(merge_id, actor)
    if merge.undone_at is not None:
        return _as_told(merge, entity, survivor, actor)
    back, left = _fields(merge, survivor, actor)
    looking = Returning(merge, entity.family, actor, write=False)
    rows = [give_back(each, looking) for each in hangings_of(entity)]
    why_not: Refused | None = MergedSince() if survivor_of(entity.family, survivor.id) is not None else None
    if is_erased(entity.family, [survivor.id]):
        why_not = Erased()
    return _account(merge, entity, survivor, actor, back, left, rows, _added(merge, entity), why_not)


def unmerge(merge_id: int, *, actor: Actor) -> tuple[Done, Account]:
    """Take a merge back: the others leave the bin, and all goes back that nobody changed or moved since.

    What was added to the survivor since stays there. Needs the rights of the merge: to change the survivor,
    to delete the others. Raises NotFound, NotAllowed, UndoneBefore or MergedSince; then nothing was changed.
    """
    with transaction.atomic():
        merge, entity, _seen = merge_called(merge_id, actor)
        merge = Merge.objects.select_for_update().get(pk=merge.pk)
        if merge.undone_at is not None:
            raise UndoneBefore
        for each in (entity, *entity.relatives):
            each.merge_rules.hold()
        others = list(merge.records.order_by("record_id").values_list("record_id", flat=True))
        staying, coming = lock_sides(entity, actor, merge.survivor_id, others, others_in_bin=True)
        if survivor_of(entity.family, staying.id) is not None:
            raise MergedSince
        refuse_erased(entity.family, [staying.id])
        who = named_on(staying.entity, staying.row, actor)
        operation = trail.begin(who, f"{entity.name}.{UNMERGE}")
        # A reference that leads nowhere has to show while it can still be taken out again.
        _run("SET CONSTRAINTS ALL IMMEDIATE")
        merge.records.update(stands=False)
        stamps = {"updated_at": now(), "updated_by_id": who.user_id}
        update_rows(entity.model, {each.id: {} for each in coming}, alike={**FROM_BIN, **stamps})
        back, left = _fields(merge, staying, actor)
        # Written as every change is, so that what follows from the row follows this one too.
        as_it_was = _row_with(staying, back)
        write_changes(entity, who, staying.row, {column: as_it_was[column] for column in back})
        returning = Returning(merge, entity.family, who, write=True)
        rows = [give_back(each, returning) for each in hangings_of(entity)]
        for rules in {each.merge_rules for each in (entity, *entity.relatives)}:
            rules.settle([staying.id, *others])
        settle_hanging(entity, [staying.id, *others])
        added = _added(merge, entity)
        _write_down(merge, who, back, left, rows, added)
        told = _account(merge, entity, staying, actor, back, left, rows, added, None)
    return Done(staying.id, staying.version + 1, operation), told


def is_undoable(merge: Merge, entity: Entity, actor: Actor) -> bool:
    """Tell whether the actor may take a merge back: by the rights it was made with."""
    family = [entity, *entity.relatives]
    stays = any(
        each.rows(actor, CHANGE, deleted=None).filter(pk=merge.survivor_id).exists() for each in family
    )
    ids = set(merge.records.values_list("record_id", flat=True))
    open_ids: set[int] = set()
    for each in family:
        open_ids |= set(
            each.rows(actor, DELETE, deleted=True).filter(pk__in=ids).values_list("pk", flat=True)
        )
    return stays and merge.undone_at is None and open_ids == ids


# --- fields --------------------------------------------------------------------------------------------


def _fields(merge: Merge, survivor: Side, actor: Actor) -> tuple[dict[str, Any], set[str]]:
    """Give the columns that go back, as JSON, and those that stay: changed since, or not fitting any more."""
    held = unfold_all(rows_as_json(survivor.entity.table, [survivor.id])[survivor.id])
    was, set_to = dict(merge.was), dict(merge.now)
    gone = deleted_columns(was)
    back = {
        column: old
        for column, old in was.items()
        if held.get(column) == set_to[column] and column not in gone
    }
    fields = [each.field for kind in survivor.kinds for each in [*_of(kind)]]
    back = _whole(fields, was, back)
    scope = survivor.entity.scope
    if {scope.owner, scope.unit} & set(back) and not may_hand_over(survivor, actor):
        back = {column: old for column, old in back.items() if column not in (scope.owner, scope.unit)}
    for _turn in range(2):
        against = _against(survivor, back, actor)
        if not against:
            break
        columns = {column for each in fields if each.name in against for column in each.columns}
        torn = columns & set(back) if columns & set(back) else set(back)
        back = {column: old for column, old in back.items() if column not in torn}
    return back, set(was) - set(back)


def _of(kind: Entity) -> list[FieldOf]:
    return [FieldOf(kind, each, None) for each in kind.fields]


def _whole(fields: Sequence[Field], was: Mapping[str, Any], back: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out a field of several columns when one of them cannot go back."""
    torn = {
        column
        for each in fields
        for column in each.columns
        if any(one in was and one not in back for one in each.columns)
    }
    return {column: old for column, old in back.items() if column not in torn}


def _against(survivor: Side, back: Mapping[str, Any], actor: Actor) -> set[str]:
    """Name the fields to which the rules object if these columns went back; the row is never written."""
    if not back:
        return set()
    row = _row_with(survivor, back)
    return {
        problem.field
        for kind in survivor.kinds
        for rule in kind.rules
        for problem in rule(kind.values(row), kind.values(survivor.row))
    }


def _row_with(survivor: Side, back: Mapping[str, Any]) -> dict[str, Any]:
    """Give the survivor's columns as they would be with some of them put back from JSON; writes nothing."""
    entity = survivor.entity
    stored = {str(each.column): each for each in stored_fields(entity.model)}
    columns = list(stored)
    listed = ", ".join(name(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {listed} FROM (SELECT (jsonb_populate_record(t, %s::jsonb)).* "
            f"FROM {name(entity.table)} t WHERE t.id = %s) r",
            [json.dumps(back), survivor.id],
        )
        found = dict(zip(columns, cursor.fetchone(), strict=True))
    row = {
        # Django leaves jsonb as text.
        column: json.loads(value)
        if isinstance(stored[column], models.JSONField) and isinstance(value, str)
        else value
        for column, value in found.items()
    }
    entity.unfold(row)
    return row | {column: value for column, value in back.items() if is_virtual(column)}


# --- the account ---------------------------------------------------------------------------------------


def _account(
    merge: Merge,
    entity: Entity,
    survivor: Side,
    actor: Actor,
    back: Mapping[str, Any],
    left: set[str],
    rows: Sequence[RowsBack],
    added: Sequence[tuple[str, int]],
    why_not: Refused | None,
) -> Account:
    seen = [each.field for each in fields_of([survivor], actor) if each.is_seen]
    known = {each.key: each for each in hangings_of(entity)}
    for told in rows:
        name_those_left(known[told.table], told, merge, actor)
    return Account(
        merge=merge,
        entity=entity,
        survivor=survivor,
        others=list(merge.records.order_by("record_id")),
        fields_back=[each for each in seen if set(each.columns) & set(back)],
        fields_left=[each for each in seen if set(each.columns) & left],
        rows=[each for each in rows if (each.back and each.is_told) or each.count_left],
        added=[(family_label(entity, family), count) for family, count in added],
        why_not=why_not,
        shows_codes="code" in {each.name for each in seen},
    )


def _added(merge: Merge, entity: Entity) -> list[tuple[str, int]]:
    """Count what was added to the survivor after the merge, by kind: it belongs to nobody else."""
    born = History.objects.filter(
        root_entity=merge.family, root_id=merge.survivor_id, kind="I", operation__gt=merge.pk
    ).exclude(entity=merge.family)
    found = list(born.values_list("entity").annotate(count=Count("id")).order_by("entity"))
    names = {entity.name, *(each.name for each in entity.relatives)}
    for other in all_entities():
        links = (each for each in other.fields if isinstance(each, Link) and each.to in names)
        found.extend((other.family, _born_since(other, link, merge)) for link in links)
    return [(family, count) for family, count in found if count]


def _born_since(entity: Entity, link: Link, merge: Merge) -> int:
    """Count the records that came with a link to the survivor after the merge."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {name(entity.table)} t WHERE {link.place('t')} = %s AND t.created_at > %s",
            [merge.survivor_id, merge.at],
        )
        return int(cursor.fetchone()[0])


def _write_down(
    merge: Merge,
    actor: Actor,
    back: Mapping[str, Any],
    left: set[str],
    rows: Sequence[RowsBack],
    added: Sequence[tuple[str, int]],
) -> None:
    merge.undone_at, merge.undone_by = now(), actor.name
    merge.account = {
        "back": sorted(back),
        "left": sorted(left),
        "rows": [
            {"table": each.table, "back": each.back, "left": each.left}
            for each in rows
            if each.back or each.count_left
        ],
        "added": [list(each) for each in added],
    }
    merge.save(update_fields=["undone_at", "undone_by", "account"])


def _as_told(merge: Merge, entity: Entity, survivor: Side, actor: Actor) -> Account:
    """Tell of a merge that was undone what was written down then."""
    told = merge.account or {"back": [], "left": [], "rows": [], "added": []}
    known = {each.key: each for each in hangings_of(entity)}
    rows = [
        RowsBack(
            label=known[each["table"]].label,
            table=each["table"],
            is_told=known[each["table"]].is_told,
            back=each["back"],
            left=dict(each["left"]),
        )
        for each in told["rows"]
        if each["table"] in known
    ]
    back = dict.fromkeys(told["back"])
    added = [(family, count) for family, count in told["added"]]
    return _account(merge, entity, survivor, actor, back, set(told["left"]), rows, added, None)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
