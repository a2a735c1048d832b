"""What a roll-up can add up: all that the registry knows to link to a record, told by «who.by which link»."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Label, Link
from duyen.entities.registry import all_entities
from duyen.entities.sql import TRUE, Sql, all_of, name


@dataclass(frozen=True, eq=False)
class Source:
    """Rows that link to records: those of an entity, or a part of one that links to others.

    `family` is the name by which the trail knows them, `also` are columns that decide whether a row counts.
    """

    key: str
    label: Label
    family: str
    model: type[models.Model]
    link: Link
    fields: Mapping[str, Field]
    entity: Entity | None = None

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def counts(self, alias: str) -> Sql:
        """Give the condition for a row to count: of this kind, not in the bin, and not kept shut.

        A roll-up counts whatever links to a record, whoever reads it. What its owner keeps from those who
        only see that record, such as a private activity, would be told by it, so it is left out for all.
        """
        if self.entity is None:
            return TRUE
        conditions = [self.entity.kind.at(alias)]
        if self.entity.has_bin:
            conditions.append(Sql(f"{alias}.deleted_at IS NULL"))
        if self.closed:
            conditions.append(Sql(f"NOT {alias}.{name(self.closed)}"))
        return all_of(conditions)

    @property
    def closed(self) -> str:
        """Name the column by which a row is kept from those who only see the record; empty where none is."""
        through = self.entity.opens_through if self.entity else None
        return through.closed if through else ""

    @property
    def deciding(self) -> frozenset[str]:
        """Name the columns that `counts` looks at."""
        if self.entity is None:
            return frozenset()
        bin_ = {"deleted_at"} if self.entity.has_bin else set()
        shut = {self.closed} if self.closed else set()
        return frozenset(bin_ | shut | {each.split("__")[0] for each in _names(self.entity.kind.q)})

    @property
    def newest(self) -> str:
        """Name the column by which a row is newer than another one."""
        columns = {str(each.column) for each in self.model._meta.concrete_fields}
        return "created_at" if "created_at" in columns else "id"


def _names(condition: Any) -> Iterator[str]:
    for each in condition.children:
        if isinstance(each, Q):
            yield from _names(each)
        else:
            yield each[0]


def sources_of(entity: Entity) -> list[Source]:
    """List what links to records of an entity."""
    return [each for each in _every() if each.link.to == entity.name]


def source_named(entity: Entity, key: str) -> Source | None:
    """Give one of them; none where it is gone."""
    return next((each for each in sources_of(entity) if each.key == key), None)


def _every() -> Iterator[Source]:
    seen = set()
    for entity in all_entities():
        for field in entity.fields:
            if isinstance(field, Link):
                label = _("%(records)s · %(link)s") % {"records": entity.labels, "link": field.label}
                key = f"{entity.name}.{field.name}"
                yield Source(key, label, entity.family, entity.model, field, entity.by_name, entity)
        for part in entity.parts:
            if part.model is None or part.family in seen:
                continue
            seen.add(part.family)
            fields = {each.name: each for each in part.fields}
            for field in part.fields:
                if isinstance(field, Link):
                    label = _("%(records)s · %(link)s") % {"records": part.label, "link": field.label}
                    yield Source(f"{part.family}.{field.name}", label, part.family, part.model, field, fields)


def table_of(source: Source) -> str:
    """Give the table of a source, quoted."""
    return name(source.table)
