"""Tell the history of one record in its fields' own words, as far as the reader may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.acting_parts import called
from duyen.entities.entity import Entity, Part
from duyen.entities.errors import NotFound
from duyen.entities.fields import Field, Label, Link
from duyen.entities.labels import Linked, labels
from duyen.entities.merging.standing import Former, formers_of
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.through import readable_rows
from duyen.entities.words import MERGE, UNMERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, HAND_OVER, SHARE, FieldLevel
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.audit.queries import trail_of

#: How the trail writes a value that it may not tell.
SECRET = "•"  # noqa: S105 - the mark that stands for one

_STANDARD: Mapping[str, Label] = {
    CREATE: _("Created"),
    CHANGE: _("Changed"),
    DELETE: _("Moved to the bin"),
    "restore": _("Taken out of the bin"),
    HAND_OVER: _("Handed over"),
    SHARE: _("Shared"),
    "unshare": _("No longer shared"),
    "undo": _("Undone"),
    MERGE: _("Merged"),
    UNMERGE: _("Merge undone"),
}
_named: dict[str, Label] = {}
#: What hangs on records of every kind, by its family in the trail.
_hanging: dict[str, Part] = {}


def name_hanging(*parts: Part) -> None:
    """Say how the history of a record tells of rows that may hang on a record of any kind."""
    _hanging.update({part.family: part for part in parts})


def name_verbs(names: Mapping[str, Label]) -> None:
    """Say how steps are called that no entity declares, by their whole verb such as `tokens.create`."""
    _named.update(names)


@dataclass(frozen=True)
class Change:
    """One field that a step changed, as clean values; of a secret one only that it changed.

    `entity` is the record's own name, or that of the part which the field belongs to.
    """

    entity: str
    field: Field
    was: Any
    now: Any
    is_secret: bool = False


@dataclass(frozen=True)
class Step:
    """One use of one action on the record: who, when, through which door, and what changed.

    `former` is the code of the record on which it happened, where that went into this one later; its id
    where codes are closed to the reader.
    """

    operation: int
    at: dt.datetime
    user_id: int | None
    who: str
    on_behalf_of: int | None
    door: str
    verb: str
    label: Label
    note: str
    version: int | None
    changes: tuple[Change, ...]
    former: str = ""


@dataclass(frozen=True)
class HistoryPage:
    """Steps of one record, newest first; `linked` names what the changed links point at."""

    steps: tuple[Step, ...]
    linked: Linked
    next: int | None


def history(
    entity: Entity, record_id: int, *, actor: Actor, before: int | None = None, limit: int = 50
) -> HistoryPage:
    """Read one page of a record's history. Raises NotFound.

    Fields that the reader may not see are left out, and so is a change of nothing else. What happened on
    records that went into this one stands among its own steps: it is one story since.
    """
    if not readable_rows(entity, actor, [record_id], deleted=None).exists():
        raise NotFound
    formers = {each.id: each for each in formers_of(entity.family, record_id)}
    operations = trail_of(entity.family, [record_id, *formers], before=before, limit=limit + 1)
    shows_codes = "code" in entity.by_name and entity.level(actor, "code") is not FieldLevel.HIDDEN
    names = {each.id: each.code if shows_codes else f"#{each.id}" for each in formers.values()}
    steps = [
        _of_former(step_of(entity, actor, rows, record_id), rows, record_id, formers, names)
        for rows in operations[:limit]
    ]
    kept = tuple(step for step in steps if step.changes or step.verb != CHANGE)
    is_more = len(operations) > limit
    return HistoryPage(kept, linked_of(actor, kept), steps[-1].operation if is_more else None)


def _of_former(
    step: Step,
    rows: Sequence[History],
    record_id: int,
    formers: Mapping[int, Former],
    names: Mapping[int, str],
) -> Step:
    """Say of a step on which former record it happened, and of a merge, which records went into this one."""
    if step.verb == MERGE:
        went = [names[each.id] for each in formers.values() if each.merge == step.operation]
        return replace(step, note=", ".join(went))
    is_its_own = any(row.root_id == record_id for row in rows)
    return step if is_its_own else replace(step, former=names.get(rows[0].root_id, ""))


def step_of(entity: Entity, actor: Actor, rows: Sequence[History], record_id: int) -> Step:
    """Tell of one operation from its rows on a record, as far as `actor` may see them."""
    first = rows[0]
    own = [row for row in rows if row.record_id == record_id] or rows
    versions = [row.record_version for row in own if row.record_version is not None]
    return Step(
        operation=first.operation,
        at=first.at,
        user_id=first.actor_id,
        who=called(first.actor_name, first.actor_id),
        on_behalf_of=first.on_behalf_of,
        door=first.door,
        verb=first.verb.rpartition(".")[2],
        label=label_of(first.verb),
        note=first.note,
        version=max(versions, default=None),
        changes=tuple(change for row in rows for change in changes_of(entity, actor, row)),
    )


def label_of(verb: str) -> Label:
    """Give the words for a step by its whole verb, such as `customers.change`."""
    if verb in _named:
        return _named[verb]
    name, _dot, verb = verb.rpartition(".")
    if verb in _STANDARD:
        return _STANDARD[verb]
    steps = (step for each in all_entities() if each.name == name for step in each.actions)
    return next((step.label for step in steps if step.verb == verb), verb)


def known_verbs() -> dict[str, Label]:
    """List the steps that the trail may tell of: the engine's own by their last word, others whole."""
    declared = {step.name: step.label for each in all_entities() for step in each.actions}
    return {**_STANDARD, **declared, **_named}


def changes_of(entity: Entity, actor: Actor, row: History) -> Iterator[Change]:
    """Tell what one entry changed, in the fields that `actor` may see on `entity`."""
    told: Mapping[str, Any] = row.changes or {}
    if not told or row.kind == OPENED:
        return
    name, fields = _described(entity, actor, row.entity)
    for field in fields:
        columns = {column: told[column] for column in field.columns if column in told}
        if not columns:
            continue
        if any(SECRET in pair for pair in columns.values()):
            yield Change(name, field, None, None, is_secret=True)
            continue
        was, now = (
            field.as_it_was({c: columns.get(c, (None, None))[side] for c in field.columns}) for side in (0, 1)
        )
        is_itself = isinstance(field, Link) and row.entity != entity.family and now == row.root_id
        # What a new part was born without is no news, nor is to which record it belongs.
        if was != now and not is_itself and (now or row.kind != "I"):
            yield Change(name, field, was, now)


def _described(entity: Entity, actor: Actor, family: str) -> tuple[str, Sequence[Field]]:
    """Give the fields that an entry may speak of: of the record itself, or of a part of it."""
    if family == entity.family:
        return entity.name, entity.remembered(actor)
    part = _part_of(entity, family)
    if part is not None:
        return part.family, part.fields
    other = next((each for each in all_entities() if each.family == family), None)
    return (other.name, other.remembered(actor)) if other else (family, ())


def _part_of(entity: Entity, family: str) -> Part | None:
    own = next((each for each in entity.parts if each.family == family), None)
    return own or _hanging.get(family)


def family_label(entity: Entity, family: str) -> Label:
    """Give the word for one row of a family: a part of the entity, or another entity."""
    part = _part_of(entity, family)
    other = next((each for each in all_entities() if each.family == family), None)
    return part.label if part else other.labels if other else family


def linked_of(actor: Actor, steps: Sequence[Step]) -> Linked:
    """Name the records behind changed links, old and new, in one query per linked entity."""
    wanted: dict[str, set[int]] = {}
    if absent := {step.on_behalf_of for step in steps if step.on_behalf_of is not None}:
        wanted["users"] = set(absent)
    for change in (each for step in steps for each in step.changes):
        if isinstance(change.field, Link):
            wanted.setdefault(change.field.to, set()).update({change.was, change.now} - {None})
    return {name: labels(actor, entity_named(name), ids) for name, ids in wanted.items()}
