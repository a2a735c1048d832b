"""Find every row of the house that is about one person, by what the tables declare."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.merging.standing import formers_of_all
from duyen.entities.personal.holding import tables
from duyen.entities.personal.ties import Rows, Seen, rows_of
from duyen.entities.stand_ins import stand_ins
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import DomainError

Row = Mapping[str, Any]
#: The right without which nobody copies or erases: an entity and a verb, told by the module that asks.
Right = tuple[str, str]
#: Gives by the ids of records those of further ones of the same family that are of the same people.
Further = Callable[[Collection[int]], Mapping[int, Collection[int]]]

_further: dict[str, list[Further]] = {}


def same_person(family: str, find: Further) -> None:
    """Say which further records of a family are those of one person; once, at start-up."""
    _further.setdefault(family, []).append(find)


class NoPerson(Refused):
    """The record is none of a person."""

    code = "no_person"
    sentence = _("Nobody's personal data are here: %(why)s")


@dataclass(frozen=True)
class Found:
    """All rows about one person. `people` are the ids of her record and of those that went into it.

    `emails` are those on her records, in lower case.
    """

    entity: Entity
    people: Sequence[int]
    rows: Sequence[Rows]
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judged:
    """The records of some people, by their ids, and of the others why they cannot be had."""

    rows: Mapping[int, dict[str, Any]]
    refused: Mapping[int, DomainError]


def person_row(entity: Entity, record_id: int, *, actor: Actor, needs: Right) -> dict[str, Any]:
    """Read the record of a person whose data the actor may copy and erase; one in the bin, too.

    Somebody who is met by what stands in for her alone, as behind a lead, is a person like others.

    Raises NotAllowed without the right `needs`, NotFound, or NoPerson where the record is a company's.
    """
    judged = person_rows(entity, [record_id], actor=actor, needs=needs)
    for error in judged.refused.values():
        raise error
    return judged.rows[record_id]


def person_rows(entity: Entity, record_ids: Sequence[int], *, actor: Actor, needs: Right) -> Judged:
    """Read the same of several people; one who is refused stops no other. Raises NotAllowed."""
    if not actor.is_system and not actor.may(*needs):
        raise NotAllowed(why=_("what is held of a person is handled by whoever answers her requests."))
    rows: dict[int, dict[str, Any]] = _by_id(entity.rows(actor, deleted=None), record_ids)
    missing = [each for each in record_ids if each not in rows]
    if missing:
        rows |= _by_id(entity.model._default_manager.all(), stand_ins(actor, entity, missing, with_bin=True))
    herself = entity.personal.herself if entity.personal else None
    refused: dict[int, DomainError] = {}
    for each in record_ids:
        if herself is None or each not in rows:
            refused[each] = NotFound()
        elif not herself.is_person(rows[each]):
            refused[each] = NoPerson(why=herself.why_not)
    return Judged({each: rows[each] for each in record_ids if each not in refused}, refused)


def _by_id(rows: QuerySet[Any], ids: Collection[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    return {row["id"]: dict(row) for row in rows.filter(pk__in=list(ids)).order_by("pk").values()}


def find(entity: Entity, record_id: int) -> Found:
    """Find all rows about a person. The right to do so is the caller's to judge."""
    return find_all(entity, [record_id])[0]


def find_all(entity: Entity, record_ids: Sequence[int]) -> list[Found]:
    """Find the same of several people, each in her place, by as many statements as of one."""
    people = _people(entity.family, record_ids)
    emails = _emails(entity, people)
    seen: Seen = {}
    for table in tables():
        if table.personal.ties:
            rows = rows_of(table, entity.family, people, emails, seen)
            if any(each.alone or each.shared for each in rows):
                seen[table.model] = rows
    return [
        Found(
            entity,
            hers,
            [each for rows in seen.values() if (each := rows[place]).alone or each.shared],
            emails[place],
        )
        for place, hers in enumerate(people)
    ]


def _people(family: str, record_ids: Sequence[int]) -> list[list[int]]:
    """Give of each the ids of her record, of those that went into it, and of further ones that are hers."""
    formers = formers_of_all(family, record_ids)
    people = [[each, *(former.id for former in formers.get(each, ()))] for each in record_ids]
    every = [each for hers in people for each in hers]
    further = [find_more(every) for find_more in _further.get(family, ())]
    found = []
    for hers in people:
        more = {one for told in further for each in hers for one in told.get(each, ())}
        found.append([*hers, *sorted(more - set(hers))])
    return found


def _emails(entity: Entity, people: Sequence[Sequence[int]]) -> list[frozenset[str]]:
    """Give the e-mails that stand on the records of each, in lower case."""
    held = _by_id(entity.model._default_manager.all(), {each for hers in people for each in hers})
    return [
        frozenset(email.casefold() for each in hers if each in held for email in held[each].get("emails", ()))
        for hers in people
    ]


def by_table(founds: Sequence[Found]) -> dict[type[models.Model], list[Rows | None]]:
    """Give by table the rows of each person, each in her place, in the order in which they were found."""
    held = [{rows.table.model: rows for rows in found.rows} for found in founds]
    every = {model for hers in held for model in hers}
    order = [each.model for each in tables() if each.model in every]
    return {model: [hers.get(model) for hers in held] for model in order}
