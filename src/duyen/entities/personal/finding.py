"""Find every row of the house that is about one person, by what the tables declare."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.merging.standing import formers_of
from duyen.entities.personal.declared import Behind, By, Herself, Named, Reached, Tie, Told, Under
from duyen.entities.personal.holding import Table, model_of, tables
from duyen.entities.stand_ins import stand_ins
from duyen.foundation.access.actor import Actor

Row = Mapping[str, Any]
#: The right without which nobody copies or erases: an entity and a verb, told by the module that asks.
Right = tuple[str, str]
#: Gives to the ids of records of one person those of further ones of the same family that are hers.
Further = Callable[[Collection[int]], Collection[int]]

_further: dict[str, list[Further]] = {}


def same_person(family: str, find: Further) -> None:
    """Say which further records of a family are those of one person; once, at start-up."""
    _further.setdefault(family, []).append(find)


class NoPerson(Refused):
    """The record is none of a person."""

    code = "no_person"
    sentence = _("Nobody's personal data are here: %(why)s")


@dataclass(frozen=True)
class Rows:
    """The rows of one table: those that are about her `alone`, and those that others share."""

    table: Table
    alone: Sequence[int]
    shared: Sequence[int] = ()


@dataclass(frozen=True)
class Found:
    """All rows about one person. `people` are the ids of her record and of those that went into it."""

    entity: Entity
    people: Sequence[int]
    rows: Sequence[Rows]


def person_row(entity: Entity, record_id: int, *, actor: Actor, needs: Right) -> dict[str, Any]:
    """Read the record of a person whose data the actor may copy and erase; one in the bin, too.

    Somebody who is met by what stands in for her alone, as behind a lead, is a person like others.

    Raises NotAllowed without the right `needs`, NotFound, or NoPerson where the record is a company's.
    """
    if not actor.is_system and not actor.may(*needs):
        raise NotAllowed(why=_("what is held of a person is handled by whoever answers her requests."))
    row = entity.rows(actor, deleted=None).filter(pk=record_id).order_by("pk").values().first()
    if row is None and record_id in stand_ins(actor, entity, [record_id], with_bin=True):
        row = entity.model._default_manager.filter(pk=record_id).order_by("pk").values().first()
    herself = entity.personal.herself if entity.personal else None
    if row is None or herself is None:
        raise NotFound
    if not herself.is_person(row):
        raise NoPerson(why=herself.why_not)
    return dict(row)


def find(entity: Entity, record_id: int) -> Found:
    """Find all rows about a person. The right to do so is the caller's to judge."""
    people = _people(entity.family, record_id)
    emails = _emails(entity, people)
    seen: dict[type[models.Model], Rows] = {}
    for table in tables():
        if table.personal.ties:
            rows = _rows_of(table, entity.family, people, emails, seen)
            if rows.alone or rows.shared:
                seen[table.model] = rows
    return Found(entity, people, list(seen.values()))


def _people(family: str, record_id: int) -> list[int]:
    """Give the ids of her record, of those that went into it, and of further ones that are hers."""
    people = [record_id, *(each.id for each in formers_of(family, record_id))]
    more = {each for find_more in _further.get(family, ()) for each in find_more(people)}
    return [*people, *sorted(more - set(people))]


def _emails(entity: Entity, people: Sequence[int]) -> frozenset[str]:
    """Give the e-mails that stand on her records, in lower case."""
    held = entity.model._default_manager.filter(pk__in=list(people)).values()
    return frozenset(email.casefold() for row in held for email in row.get("emails", ()))


def _rows_of(
    table: Table,
    family: str,
    people: Sequence[int],
    emails: Collection[str],
    seen: Mapping[type[models.Model], Rows],
) -> Rows:
    alone: set[int] = set()
    shared: set[int] = set()
    for tie in table.personal.ties:
        if isinstance(tie, Told):
            mine, ours = _told_about(tie, people, seen)
            alone |= mine
            shared |= ours
        elif isinstance(tie, Reached):
            hers, theirs = tie.find(emails, people) if emails else ((), ())
            alone |= set(hers)
            shared |= set(theirs)
        elif isinstance(tie, Under):
            held = seen.get(model_of(tie))
            alone |= _ids(table.model, _in(tie.column, held.alone if held else ()))
            shared |= _ids(table.model, _in(tie.column, held.shared if held else ()))
        else:
            alone |= _ids(table.model, _where(tie, family, people, seen))
    return Rows(table, sorted(alone - shared), sorted(shared))


def _where(tie: Tie, family: str, people: Sequence[int], seen: Mapping[type[models.Model], Rows]) -> Q:
    match tie:
        case Herself():
            return _in("pk", people)
        case By(column, told):
            return _in(column, people) & (Q(**{told: family}) if told else Q())
        case Behind(_of, column):
            model = model_of(tie)
            held = seen.get(model)
            behind = model._default_manager.filter(pk__in=held.alone if held else ())
            return Q(pk__in=behind.exclude(**{column: None}).values(column))
        case Named():
            return _named(seen)
    raise TypeError(tie)


def _named(
    seen: Mapping[type[models.Model], Rows], entity_column: str = "entity", record_column: str = "record_id"
) -> Q:
    found = Q(pk__in=())
    for rows in seen.values():
        entity = rows.table.entity
        names = {rows.table.named} - {""}
        if entity is not None:
            names = {entity.family, *(each.name for each in (entity, *entity.relatives))}
        if names and rows.alone:
            named = Q(**{f"{entity_column}__in": sorted(names)})
            found |= named & _in(record_column, rows.alone)
    return found


def _told_about(
    tie: Told, people: Sequence[int], seen: Mapping[type[models.Model], Rows]
) -> tuple[set[int], set[int]]:
    """Give the rows that are about her alone, and those that are about others, too."""
    about = tie.model._default_manager
    named = _named(seen, tie.entity, tie.record)
    of_her = _in(tie.party, people)
    ids = set(about.filter(of_her | named).values_list(tie.row, flat=True))
    others = about.filter(_in(tie.row, ids)).exclude(of_her | named & Q(**{tie.party: None}))
    ours = set(others.values_list(tie.row, flat=True))
    return ids - ours, ours


def _in(column: str, ids: Collection[int]) -> Q:
    return Q(**{f"{column}__in": list(ids)})


def _ids(model: type[models.Model], where: Q) -> set[int]:
    rows: QuerySet[Any] = model._default_manager.filter(where)
    return set(rows.values_list("pk", flat=True))
