"""Where the columns of one file lead: guessed, remembered or said, and checked before a row is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duyen.entities.csv_files import WrongHeads
from duyen.entities.entity import Entity
from duyen.entities.fields import Code, Field
from duyen.entities.importing.heads import guess, is_reason, plain_head
from duyen.entities.importing.plan import Plan
from duyen.entities.importing.remembering import remembered
from duyen.entities.importing.targets import PAST, Target, targets_of
from duyen.entities.importing.words import OnDuplicate
from duyen.foundation.access.actor import Actor


@dataclass(frozen=True)
class ColumnMapping:
    """Where each column leads, by place: a target's key, or nothing where it is left out."""

    heads: tuple[str, ...]
    columns: tuple[str, ...]
    sure: frozenset[int] = frozenset()
    is_remembered: bool = False

    @property
    def left_out(self) -> list[str]:
        """The heads that lead nowhere, without the reasons of an earlier import."""
        return [
            head
            for head, key in zip(self.heads, self.columns, strict=True)
            if not key and head.strip() and not is_reason(head)
        ]

    def as_json(self) -> dict[str, str]:
        """Give it by head."""
        return dict(zip(self.heads, self.columns, strict=True))


def proposed(
    entity: Entity,
    heads: Sequence[str],
    *,
    actor: Actor,
    sample: Sequence[Sequence[str]] = (),
    remembers: bool = False,
) -> ColumnMapping:
    """Give the best guess; with `remembers`, before it the mapping that was used last for these heads.

    Only a person who looks at the proposal should be given what others remembered: a program gets the
    same answer each time.
    """
    found = guess(entity, heads, actor=actor, sample=sample)
    kept = remembered(entity, heads, actor=actor) if remembers else None
    if kept is None:
        return ColumnMapping(tuple(heads), found.columns, found.sure)
    codes = {each.name for each in entity.known_fields if isinstance(each, Code)}
    columns = tuple(
        _led(kept.get(plain_head(head), ""), guessed, codes)
        for head, guessed in zip(heads, found.columns, strict=True)
    )
    return ColumnMapping(tuple(heads), columns, frozenset(range(len(columns))), is_remembered=True)


def _led(kept: str, guessed: str, codes: Collection[str]) -> str:
    """Lead a column where it led before; whether it holds codes of ours, its cells say anew each time."""
    if kept in codes or (not kept and guessed in codes):
        return guessed if guessed in codes else ""
    return kept


def said(
    entity: Entity,
    heads: Sequence[str],
    told: Mapping[str, str | None],
    *,
    actor: Actor,
    shown: str,
    beside: ColumnMapping | None = None,
) -> ColumnMapping:
    """Read a mapping given by head; heads that it does not name lead where `beside` leads them.

    A head is found without regard to capitals, marks and signs. Raises WrongHeads.
    """
    targets = targets_of(entity, actor)
    places = {head: place for place, head in reversed(list(enumerate(heads)))}
    places |= {plain_head(head): place for place, head in reversed(list(enumerate(heads)))} | places
    columns = list(beside.columns) if beside else [""] * len(heads)
    for head, key in told.items():
        place = places.get(head, places.get(plain_head(head)))
        if place is None:
            raise _wrong(
                _("“%(head)s” is not in the file.") % {"head": head[:60]}, entity, actor, shown, heads
            )
        if key and key not in targets:
            reason = _("“%(field)s” is no field that you can fill.") % {"field": key[:60]}
            raise _wrong(reason, entity, actor, shown)
        columns[place] = key or ""
    return ColumnMapping(tuple(heads), tuple(columns), frozenset(range(len(heads))))


def check(entity: Entity, mapping: ColumnMapping, plan: Plan, *, actor: Actor, shown: str) -> ColumnMapping:
    """Give a mapping back by which rows can come in. Raises WrongHeads where none could."""
    targets = targets_of(entity, actor)
    used = [targets[key] for key in mapping.columns if key in targets]
    gone = [key for key in mapping.columns if key and key not in targets]
    if gone:
        reason = _("“%(field)s” is no field that you can fill.") % {"field": gone[0][:60]}
        raise _wrong(reason, entity, actor, shown)
    for key in {each.key for each in used}:
        if mapping.columns.count(key) > 1 and not targets[key].takes_several:
            reason = _("two columns lead to “%(field)s”. Leave one of them out.")
            raise _wrong(reason % {"field": targets[key].label}, entity, actor, shown)
    given = [*plan.given, *plan.keeping.values()]
    lacking = missing(entity, mapping, actor=actor, given=given, rule=plan.on_duplicate)
    if lacking:
        reason = _("no column holds “%(field)s”, which is needed.") % {"field": lacking[0].label}
        raise _wrong(reason, entity, actor, shown)
    return mapping


def missing(
    entity: Entity,
    mapping: ColumnMapping,
    *,
    actor: Actor,
    given: Sequence[str] = (),
    rule: OnDuplicate = OnDuplicate.CREATE,
) -> list[Field]:
    """Name the fields that every record needs and that nothing of the file fills; `given` are filled for all.

    What the company requires beside is asked of each new record; a file may change records without it.
    One that names the records that it changes needs no more than these names.
    """
    filled = {key.split(".")[0] for key in mapping.columns if not key.startswith(PAST)} | set(given)
    presumed = {*entity.presumed, *(each.name for each in entity.fields if each.default is not None)}
    needed = entity.always_required - filled - presumed
    known = {each.name for each in entity.known_fields}
    if rule in (OnDuplicate.FILL, OnDuplicate.UPDATE) and known & filled:
        needed &= known
    return [each for each in entity.writable(actor) if each.name in needed]


def _wrong(
    reason: str, entity: Entity, actor: Actor, shown: str, known: Sequence[str] | None = None
) -> WrongHeads:
    names = known if known is not None else [_name(each) for each in targets_of(entity, actor).values()]
    return WrongHeads(file=shown, reason=reason, known=", ".join(names))


def _name(target: Target) -> str:
    return target.key
