"""What every entity is at this moment: what the modules declare, with what the company made of it.

`Entity.fields`, `form`, `lists`, `summary`, `facts` and `rules` (and what follows from them: `by_name`,
`columns`, `readable` …) give the state of the pinned version of the definitions (`fields.versions`). A
`Snapshot` is one such state: immutable, made once per version and process, kept for the versions in use.

Whatever changes a description is a `Contributor`: it reads its tables once per version and gives, for one
entity after the other, another `Draft`. Contributors stand in the order of their rank: the company's own
fields first (10), then what renames, requires, hides, orders or lists choices (20). Whoever writes a
definition calls `versions.bump_version()` in the same transaction; nothing else has to be told.

    class Names:
        rank = 20

        def read(self) -> Overlay:
            names = dict(Renamed.objects.values_list("field", "label"))
            return lambda entity, draft: replace(draft, fields=tuple(… for each in draft.fields))

    contribute(Names())
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models

from duyen.entities.custom.columns import COLUMN, is_virtual, real
from duyen.foundation.fields.versions import DECLARED, pinned_version
from duyen.foundation.fields.words import FieldKind
from duyen.foundation.settings.company import setting

if TYPE_CHECKING:
    from duyen.entities.completeness.declaring import Completeness
    from duyen.entities.entity import Entity, FormPart, Rule
    from duyen.entities.fields import Field
    from duyen.entities.listing import Listing

#: The setting with the weights by which records are complete.
WEIGHTS = "completeness.weights"
#: So many states are kept at once: that of now, and those under which work has begun.
_MOST_KEPT = 4


@dataclass(frozen=True)
class Told:
    """A formula or a roll-up as it is defined: the field's id, its name, its kind, and what it says.

    `reads` are the fields from which it follows, by entity and name.
    """

    id: int
    name: str
    kind: str
    limits: Mapping[str, Any]

    @property
    def reads(self) -> list[tuple[str, str]]:
        return [(entity, name) for entity, name in self.limits.get("reads", ())]


@dataclass(frozen=True)
class Draft:
    """The parts of an entity that a company may change, as they are declared or as they became."""

    fields: tuple[Field, ...]
    form: tuple[FormPart, ...]
    lists: tuple[Listing, ...]
    summary: tuple[str, ...]
    facts: tuple[str, ...]
    rules: tuple[Rule, ...]
    #: Steps by their verb, and the field that a record has to have before each of them.
    needed_by: tuple[tuple[str, str], ...] = ()
    #: Fields of the company's own that are retired or deleted: known to the history alone.
    former: tuple[Field, ...] = ()
    #: What follows from other fields, in the order of the definitions.
    derived: tuple[Told, ...] = ()


#: Changes the draft of one entity; has read everything that it needs.
Overlay = Callable[["Entity", Draft], Draft]


class Contributor(Protocol):
    """Changes descriptions by what stands in its tables."""

    rank: int

    def read(self) -> Overlay:
        """Read the tables once, for all entities."""


_contributors: list[Contributor] = []
#: Every entity by its name.
_house: dict[str, Entity] = {}


def contribute(contributor: Contributor) -> None:
    """Let something change the descriptions of entities; asked in the order of ranks."""
    _contributors.append(contributor)
    _contributors.sort(key=lambda each: each.rank)
    forget()


@dataclass(eq=False)
class Description:
    """What one entity is under one version, and what follows from it."""

    entity: Entity
    draft: Draft
    state: Snapshot

    @cached_property
    def completeness(self) -> Completeness | None:
        """What makes a record complete: what is declared, and fields of the company's own that it weighs."""
        return self.state.scored(self.entity)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {each.name: each for each in self.draft.fields}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that some field needs, once each, in the order of declaration."""
        entity = self.entity
        own = ("id", "version", *(("deleted_at",) if entity.has_bin else ()))
        scoped = tuple(column for column in (entity.scope.owner, entity.scope.unit) if column)
        return real((*own, *scoped, *(c for each in self.draft.fields for c in each.columns)))

    @cached_property
    def virtual(self) -> tuple[str, ...]:
        """The columns `custom.<id>` of a row of the table, whichever of its entities has the field."""
        every = (self.draft.fields, *(each.fields for each in self.entity.relatives))
        return tuple(
            dict.fromkeys(c for fields in every for each in fields for c in each.columns if is_virtual(c))
        )

    @cached_property
    def held_columns(self) -> tuple[str, ...]:
        """The columns of a row that is held for a write: of the fields, behind the score, for limits."""
        scored = self.completeness
        limits = [column for each in self.entity.approval_limits.values() for column in each.columns]
        return real(
            (
                *(*self.columns, *(scored.columns if scored else ()), *limits),
                *((COLUMN,) if self.virtual else ()),
            )
        )

    @cached_property
    def json_columns(self) -> tuple[str, ...]:
        """The columns among `columns` that hold JSON."""
        concrete = self.entity.model._meta.concrete_fields
        held = {each.column for each in concrete if isinstance(each, models.JSONField)}
        return tuple(column for column in self.columns if column in held)

    @cached_property
    def same_data(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """See `Entity.same_data`."""
        return {
            **self.same_columns,
            **{each.name: tuple(self._sources_of(each)) for each in self.draft.derived},
        }

    @cached_property
    def same_columns(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """By field, the others that stand in the same columns, or from which it follows."""
        entity, found = self.entity, {}
        for each in self.draft.fields:
            held, told = set(each.columns), entity.tells.get(each.name, "").split()
            if entity.completeness and each.name == "completeness":
                held |= set(entity.completeness.columns)
            found[each.name] = tuple(
                (other.name, one.name)
                for other in (entity, *entity.relatives)
                for one in other.fields
                if (held & set(one.columns) or one.name in told or (one.is_own and "custom" in told))
                and not (other is entity and one.name == each.name)
            )
        return found

    @cached_property
    def behind(self) -> Mapping[str, tuple[Entity, ...]]:
        """By formula, the other kinds of record from which its value follows behind a link."""
        return {
            each.name: tuple(sorted(self._behind(each), key=lambda other: other.name))
            for each in self.draft.derived
            if each.kind == FieldKind.FORMULA
        }

    def _behind(self, told: Told) -> set[Entity]:
        found: set[Entity] = set()
        waiting, seen = list(told.reads), set[tuple[str, str]]()
        while waiting:
            place = waiting.pop()
            if place in seen or place[0] not in _house:
                continue
            seen.add(place)
            other = _house[place[0]]
            found |= {other} if other.model is not self.entity.model else set()
            below = (each for each in other.description.draft.derived if each.name == place[1])
            waiting += [read for each in below if each.kind == FieldKind.FORMULA for read in each.reads]
        return found

    def _sources_of(self, told: Told) -> Iterator[tuple[str, str]]:
        """Give every field from which a value follows, by whichever way, and those that show the same."""
        waiting, seen = list(told.reads), set[tuple[str, str]]()
        while waiting:
            place = waiting.pop()
            if place in seen or place[0] not in _house:
                continue
            seen.add(place)
            yield place
            other, name = _house[place[0]].description, place[1]
            below = next((each for each in other.draft.derived if each.name == name), None)
            waiting += below.reads if below else other.same_columns.get(name, ())


@dataclass(eq=False)
class Snapshot:
    """One state of all descriptions."""

    version: int
    overlays: Sequence[Overlay] = ()
    _made: dict[Entity, Description] = field(default_factory=dict)
    _scored: dict[str, Completeness] = field(default_factory=dict)

    def of(self, entity: Entity) -> Description:
        """Give the description of one entity."""
        found = self._made.get(entity)
        if found is None:
            draft = entity.declared
            for overlay in self.overlays:
                draft = overlay(entity, draft)
            found = self._made[entity] = Description(entity, draft, self)
        return found

    def scored(self, entity: Entity) -> Completeness | None:
        """Give what is scored of an entity: one thing for all that share its table."""
        declared = entity.scored_as_declared
        if declared is None or not self.overlays:
            return declared
        if declared.family not in self._scored:
            weighed = {
                name
                for given in setting(WEIGHTS).get(declared.family, {}).values()
                for name in given
                if given[name]
            }
            own = [each for each in self.own_fields(entity) if each.name in weighed]
            self._scored[declared.family] = declared.with_own(own) if own else declared
        return self._scored[declared.family]

    def own_fields(self, entity: Entity) -> list[Field]:
        """List the company's own fields that people fill in, of an entity and its relatives, each once."""
        fields = (each for one in (entity, *entity.relatives) for each in self.of(one).draft.fields)
        return list({each.name: each for each in fields if each.is_own and each.editable}.values())


_kept: dict[int, Snapshot] = {}


def snapshot() -> Snapshot:
    """Give the state under which the current piece of work runs; reads tables once per version."""
    version = pinned_version()
    found = _kept.get(version)
    if found is None:
        overlays = [] if version == DECLARED else [each.read() for each in _contributors]
        found = Snapshot(version, overlays)
        for old in sorted(_kept)[: max(0, len(_kept) - _MOST_KEPT + 1)]:
            if old != DECLARED:
                _kept.pop(old, None)
        _kept[version] = found
    return found


def know(*entities: Entity) -> None:
    """Take entities into the house."""
    _house.update({each.name: each for each in entities})
    forget()


def forget() -> None:
    """Make every state anew: something became another entity's part, or a contributor came."""
    _kept.clear()


def living(name: str) -> Any:
    """Make a property of `Entity` that gives a part of its draft as it is now; setting it declares it."""

    def get(entity: Entity) -> Any:
        return getattr(snapshot().of(entity).draft, name)

    def declare(entity: Entity, value: Sequence[Any]) -> None:
        given = value.split() if isinstance(value, str) else value
        entity.__dict__[f"_declared_{name}"] = tuple(given)
        forget()

    return property(get, declare)
