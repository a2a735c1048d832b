"""By which ties the rows of a table lead to people, and to which of them: set by set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from duyen.entities.personal.declared import Behind, By, Herself, Named, Reached, Tie, Told, Under
from duyen.entities.personal.holding import Table, model_of


@dataclass(frozen=True)
class Rows:
    """The rows of one table: those that are about her `alone`, and those that others share."""

    table: Table
    alone: Sequence[int]
    shared: Sequence[int] = ()


#: By table its rows of each person, each in her place.
Seen = dict[type[models.Model], list[Rows]]
#: Ids of rows of each person, each in her place.
Ids = list[set[int]]


def rows_of(
    table: Table,
    family: str,
    people: Sequence[Sequence[int]],
    emails: Sequence[Collection[str]],
    seen: Seen,
) -> list[Rows]:
    """Give the rows of a table of each person, by what was found of them in the tables before it."""
    alone, shared = _none(people), _none(people)
    for tie in table.personal.ties:
        if isinstance(tie, Told):
            _add(zip(alone, shared, strict=True), zip(*_told_about(tie, people, seen), strict=True))
        elif isinstance(tie, Reached):
            _add(zip(alone, shared, strict=True), _reached(tie, people, emails))
        elif isinstance(tie, Under):
            held = seen.get(model_of(tie))
            if held:
                hers = _by_value(table.model, tie.column, [each.alone for each in held])
                ours = _by_value(table.model, tie.column, [each.shared for each in held])
                _add(zip(alone, shared, strict=True), zip(hers, ours, strict=True))
        else:
            for mine, found in zip(alone, _tied(table.model, tie, family, people, seen), strict=True):
                mine |= found
    return [Rows(table, sorted(mine - ours), sorted(ours)) for mine, ours in zip(alone, shared, strict=True)]


def _none(people: Sequence[object]) -> Ids:
    return [set() for _each in people]


def _add(
    to: Iterable[tuple[set[int], set[int]]], found: Iterable[tuple[Collection[int], Collection[int]]]
) -> None:
    for (alone, shared), (mine, ours) in zip(to, found, strict=True):
        alone |= set(mine)
        shared |= set(ours)


def _reached(
    tie: Reached, people: Sequence[Sequence[int]], emails: Sequence[Collection[str]]
) -> Iterator[tuple[Collection[int], Collection[int]]]:
    """Ask for those alone who have an e-mail."""
    asked = [(hers, ids) for hers, ids in zip(emails, people, strict=True) if hers]
    answers = iter(tie.find(asked) if asked else ())
    for hers in emails:
        yield next(answers) if hers else ((), ())


def _tied(
    model: type[models.Model], tie: Tie, family: str, people: Sequence[Sequence[int]], seen: Seen
) -> Ids:
    match tie:
        case Herself():
            return _by_value(model, "pk", people)
        case By(column, told):
            return _by_value(model, column, people, Q(**{told: family}) if told else Q())
        case Behind(_of, column):
            held = seen.get(model_of(tie))
            if not held:
                return _none(people)
            return _by_value(model, "pk", _values(model_of(tie), column, [each.alone for each in held]))
        case Named():
            return _by_name(model, people, seen)
    raise TypeError(tie)


def places_of(of_each: Sequence[Collection[Any]]) -> dict[Any, list[int]]:
    """Give by what belongs to people the places of those to whom it does."""
    found: dict[Any, list[int]] = {}
    for place, hers in enumerate(of_each):
        for each in hers:
            found.setdefault(each, []).append(place)
    return found


def _by_value(
    model: type[models.Model], column: str, wanted: Sequence[Collection[int]], where: Q | None = None
) -> Ids:
    """Give the ids of the rows that hold in a column what belongs to each."""
    found, owners = _none(wanted), places_of(wanted)
    if owners:
        rows: QuerySet[Any] = model._default_manager.filter(where or Q(), **{f"{column}__in": list(owners)})
        for row_id, value in rows.order_by().values_list("pk", column):
            for place in owners[value]:
                found[place].add(row_id)
    return found


def _values(model: type[models.Model], column: str, ids: Sequence[Collection[int]]) -> Ids:
    """Give what a column holds in the rows of each."""
    found, owners = _none(ids), places_of(ids)
    if owners:
        rows: QuerySet[Any] = model._default_manager.filter(pk__in=list(owners)).exclude(**{column: None})
        for row_id, value in rows.order_by().values_list("pk", column):
            for place in owners[row_id]:
                found[place].add(value)
    return found


class _Names:
    """By which names records hang on those of each person: her own, and others that are hers alone."""

    def __init__(self, seen: Seen) -> None:
        self.owners: dict[tuple[str, int], list[int]] = {}
        self._ids: list[tuple[set[str], set[int]]] = []
        for held in seen.values():
            names, owners = _names_of(held[0].table), places_of([each.alone for each in held])
            if names and owners:
                self._ids.append((names, set(owners)))
                for row_id, places in owners.items():
                    self.owners |= {(name, row_id): places for name in names}

    def where(self, entity: str, record: str) -> Q:
        """Say which rows name one of them."""
        found = Q(pk__in=())
        for names, ids in self._ids:
            found |= Q(**{f"{entity}__in": sorted(names), f"{record}__in": sorted(ids)})
        return found


def _names_of(table: Table) -> set[str]:
    if table.entity is None:
        return {table.named} - {""}
    return {table.entity.family, *(each.name for each in (table.entity, *table.entity.relatives))}


def _by_name(model: type[models.Model], people: Sequence[object], seen: Seen) -> Ids:
    found, names = _none(people), _Names(seen)
    if names.owners:
        rows: QuerySet[Any] = model._default_manager.filter(names.where("entity", "record_id"))
        for row_id, entity, record_id in rows.order_by().values_list("pk", "entity", "record_id"):
            for place in names.owners[entity, record_id]:
                found[place].add(row_id)
    return found


def _told_about(tie: Told, people: Sequence[Sequence[int]], seen: Seen) -> tuple[Ids, Ids]:
    """Give the rows that are about each alone, and those that are about others, too."""
    about: Any = tie.model._default_manager
    names, owners = _Names(seen), places_of(people)
    columns = (tie.row, tie.party, tie.entity, tie.record)
    of_them = Q(**{f"{tie.party}__in": list(owners)}) | names.where(tie.entity, tie.record)
    ids = _none(people)
    for row_id, party, entity, record_id in about.filter(of_them).order_by().values_list(*columns):
        for place in (*owners.get(party, ()), *names.owners.get((entity, record_id), ())):
            ids[place].add(row_id)
    # Whom a row is about beside her.
    strangers = _none(people)
    holders = places_of(ids)
    if holders:
        lines = about.filter(**{f"{tie.row}__in": list(holders)}).order_by().values_list(*columns)
        for row_id, party, entity, record_id in lines:
            by = owners.get(party, ()) if party is not None else names.owners.get((entity, record_id), ())
            for place in holders[row_id]:
                if place not in by:
                    strangers[place].add(row_id)
    return [hers - ours for hers, ours in zip(ids, strangers, strict=True)], strangers
