"""What is worked out: each formula and roll-up in use with all that it reads, what others need first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

from django.db import models

from duyen.entities.custom.columns import derived_column_of
from duyen.entities.derived.compiling import Result, compiled, kept_as
from duyen.entities.derived.faults import NotAFormula
from duyen.entities.derived.language import parse
from duyen.entities.derived.naming import Naming, naming_of, type_of
from duyen.entities.derived.places import RowPlaces
from duyen.entities.derived.sources import Source, source_named
from duyen.entities.derived.typing import Expr, Input, Type, typed
from duyen.entities.entity import Entity
from duyen.entities.fields import Field
from duyen.entities.living import Snapshot, Told, snapshot
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.sql import Sql, all_of, name
from duyen.foundation.fields.words import FieldKind, What

#: A table and one of its columns; what follows from others has one of its own.
Place = tuple[str, str]


@dataclass(frozen=True)
class Far:
    """What a formula reads behind a link: over which column, of which table, which columns."""

    link: str
    column: str
    held: str
    model: type[models.Model]
    columns: frozenset[str]

    @property
    def table(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True, eq=False)
class Plan:
    """One formula or roll-up, ready to be worked out.

    `own` are the columns of its own table that it reads. `reads` are the fields, by entity and name.
    """

    told: Told
    entity: Entity
    naming: Naming
    result: Result
    digits: int
    expr: Expr | None = None
    rollup: RollUp | None = None
    reads: tuple[tuple[str, str], ...] = ()
    follows: list[Plan] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.told.id

    @property
    def table(self) -> str:
        return self.entity.table

    @cached_property
    def column(self) -> str:
        return derived_column_of(self.told.id)

    @cached_property
    def fars(self) -> tuple[Far, ...]:
        found: dict[str, set[str]] = {}
        for each in self.expr.inputs() if self.expr else ():
            if each.link:
                behind = self.naming.field_of(each)
                found.setdefault(each.link, set()).update(behind.columns if behind else ())
        return tuple(
            Far(
                link,
                self._link(link).columns[0],
                self._link(link).place("t"),
                self._to(link),
                frozenset(columns),
            )
            for link, columns in found.items()
        )

    def _link(self, link: str) -> Field:
        return self.naming.fields[link]

    def _to(self, link: str) -> type[models.Model]:
        return entity_named(self._link(link).to).model  # type: ignore[attr-defined] # of links

    @cached_property
    def own(self) -> frozenset[str]:
        inputs = (each for each in (self.expr.inputs() if self.expr else ()) if not each.link)
        fields = (self.naming.field_of(each) for each in inputs)
        return frozenset(c for each in fields if each for c in each.columns) | {
            each.column for each in self.fars
        }

    @cached_property
    def needs(self) -> frozenset[Place]:
        """Every column from which the value follows, of whichever table."""
        found = {(self.table, column) for column in self.own}
        found |= {(each.table, column) for each in self.fars for column in each.columns}
        if self.rollup:
            found |= {(self.rollup.source.table, column) for column in self.rollup.columns}
        return frozenset(found)

    @cached_property
    def level(self) -> int:
        """Say how many others have to be worked out before it at most."""
        return 1 + max((each.level for each in self.follows), default=-1)

    @cached_property
    def value(self) -> Sql:
        """Give the SQL of the value as it is kept, in a row `t` with what `joins` brings."""
        if self.rollup is None:
            assert self.expr is not None  # noqa: S101 - one of both is there
            plain = compiled(self.expr, self.places)
        else:
            plain = Sql(f"r{self.id}.value")
            if self.rollup.what in (What.COUNT, What.SUM):
                plain = Sql(f"coalesce({plain.text}, 0)")
        return kept_as(plain, self.result, self.digits)

    @cached_property
    def places(self) -> RowPlaces:
        return RowPlaces(self.naming, "t", {each.link: f"f{self.id}_{n}" for n, each in enumerate(self.fars)})

    def joins(self, ids: Sequence[int]) -> Iterator[Sql]:
        """Give what the statement joins to the rows `t` with these ids."""
        for each in self.fars:
            alias = self.places.far[each.link]
            yield Sql(f"LEFT JOIN {name(each.table)} {alias} ON {alias}.id = {each.held}")
        if self.rollup is not None:
            inner = self.rollup.summed(ids)
            yield Sql(f"LEFT JOIN ({inner.text}) r{self.id} ON r{self.id}.id = t.id", inner.params)

    @cached_property
    def digest(self) -> str:
        """Give a short name of all that the value follows from, but for the rows themselves."""
        joined = list(self.joins([]))
        parts = [self.value, *joined]
        told = [repr((each.text, each.params)) for each in parts] + [each.digest for each in self.follows]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class RollUp:
    """What is added up of the rows that link to a record."""

    source: Source
    what: What
    naming: Naming
    of: Input | None
    by: Input | None
    where: Expr | None

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every column of a row that decides what it adds."""
        inputs = [*filter(None, (self.of, self.by)), *(self.where.inputs() if self.where else ())]
        fields = (self.naming.field_of(each) for each in inputs)
        return frozenset(
            {*self.source.link.columns, *self.source.deciding, *(c for f in fields if f for c in f.columns)}
        )

    @property
    def held(self) -> str:
        """Give the SQL of the id to which a row `c` links."""
        return self.source.link.place("c")

    def summed(self, ids: Sequence[int]) -> Sql:
        """Give a statement with the value for each of these records to which anything links."""
        places = RowPlaces(self.naming, "c", {})
        value = self._value(places)
        conditions = [Sql(f"{self.held} = ANY(%s)", (list(ids),)), self.source.counts("c")]
        if self.where is not None:
            conditions.append(compiled(self.where, places))
        where = all_of(conditions)
        return Sql(
            f"SELECT {self.held} AS id, {value} AS value FROM {name(self.source.table)} c"
            f" WHERE {where.text} GROUP BY 1",
            where.params,
        )

    def _value(self, places: RowPlaces) -> str:
        if self.what is What.COUNT:
            return "count(*)"
        assert self.of is not None  # noqa: S101 - all others are of a field
        of = places.value(self.of).text
        if self.what is not What.LATEST:
            return f"{self.what.value}({of})"
        by = places.value(self.by).text if self.by else f"c.{name(self.source.newest)}"
        ordered = f"{of} ORDER BY {by} DESC NULLS LAST, c.id DESC"
        return f"(array_agg({ordered}) FILTER (WHERE {of} IS NOT NULL))[1]"


def plan_of(told: Told, entity: Entity) -> Plan | None:
    """Make the plan of one definition; none where what it names is not there any more."""
    limits = told.limits
    try:
        result, digits = Result(limits["result"]), int(limits.get("digits") or 2)
        if told.kind == FieldKind.FORMULA:
            naming = naming_of(entity)
            expr = _typed(str(limits["formula"]), naming)
            if expr is None:
                return None
            return Plan(told, entity, naming, result, digits, expr, reads=_reads(naming, entity, expr))
        source = source_named(entity, str(limits["source"]))
        if source is None:
            return None
        naming = Naming(source.fields, {})
        where = _typed(str(limits["where"]), naming) if limits.get("where") else None
        of, by = (_input(naming, limits.get(each)) for each in ("of", "by"))
        is_whole = bool(where) == bool(limits.get("where")) and bool(of) == bool(limits.get("of"))
        if not is_whole or bool(by) != bool(limits.get("by")):
            return None
        rollup = RollUp(source, What(limits["what"]), naming, of, by, where)
        return Plan(told, entity, naming_of(entity), result, digits, rollup=rollup, reads=_reads_of(rollup))
    except (KeyError, ValueError):
        return None


def _typed(source: str, naming: Naming) -> Expr | None:
    try:
        expr, faults = typed(parse(source), naming.find)
    except NotAFormula:
        return None
    return None if faults else expr


def _input(naming: Naming, told: str | None) -> Input | None:
    if not told or told not in naming.fields or type_of(naming.fields[told]) in (None, Type.OPAQUE):
        return None
    return Input(told)


def _reads(naming: Naming, entity: Entity, expr: Expr) -> tuple[tuple[str, str], ...]:
    """Name the fields that a formula reads, and the links that lead to them."""
    found: dict[tuple[str, str], None] = {}
    for each in expr.inputs():
        if each.link:
            found[(entity.name, each.link)] = None
            found[(naming.fields[each.link].to, each.name)] = None  # type: ignore[attr-defined] # of links
        else:
            found[(entity.name, each.name)] = None
    return tuple(found)


def _reads_of(rollup: RollUp) -> tuple[tuple[str, str], ...]:
    if rollup.source.entity is None:
        return ()
    inputs = [*filter(None, (rollup.of, rollup.by)), *(rollup.where.inputs() if rollup.where else ())]
    names = (rollup.source.link.name, *(each.name for each in inputs))
    return tuple((rollup.source.entity.name, each) for each in dict.fromkeys(names))


@dataclass(frozen=True, eq=False)
class Plans:
    """Everything that is worked out under one version of the definitions, in the order of doing it."""

    ordered: tuple[Plan, ...]
    by_id: Mapping[int, Plan]

    def groups(self) -> Iterator[list[Plan]]:
        """Give those that are written together: of one table, none of which follows from another."""
        found: dict[tuple[int, str], list[Plan]] = {}
        for each in self.ordered:
            found.setdefault((each.level, each.table), []).append(each)
        for key in sorted(found):
            yield found[key]


_made: WeakKeyDictionary[Snapshot, Plans] = WeakKeyDictionary()


def all_plans() -> Plans:
    """Give what is worked out under the version of the definitions that is pinned here."""
    state = snapshot()
    found = _made.get(state)
    if found is None:
        every = [
            plan
            for entity in all_entities()
            for told in entity.description.draft.derived
            if (plan := plan_of(told, entity)) is not None
        ]
        found = _made[state] = tied(every)
    return found


def tied(every: Sequence[Plan]) -> Plans:
    """Put plans into their order; those that follow from themselves are left out."""
    by_place = {(each.table, each.column): each for each in every}
    for each in every:
        each.follows[:] = [by_place[place] for place in sorted(each.needs) if place in by_place]
    whole = [each for each in every if not _is_endless(each)]
    ordered = tuple(sorted(whole, key=lambda each: (each.level, each.id)))
    return Plans(ordered, {each.id: each for each in ordered})


def _is_endless(plan: Plan) -> bool:
    waiting, seen = [plan], set()
    while waiting:
        each = waiting.pop()
        if circle_of(each):
            return True
        if each.id not in seen:
            seen.add(each.id)
            waiting += each.follows
    return False


def circle_of(plan: Plan) -> list[Plan]:
    """Give the way on which something follows from itself, this one first; nothing where it does not."""
    return _way(plan, lambda each: each is plan, set())


def _way(plan: Plan, is_end: Callable[[Plan], bool], seen: set[int]) -> list[Plan]:
    for each in plan.follows:
        if is_end(each):
            return [plan]
        if each.id not in seen:
            seen.add(each.id)
            rest = _way(each, is_end, seen)
            if rest:
                return [plan, *rest]
    return []
