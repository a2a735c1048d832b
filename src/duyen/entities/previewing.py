"""What a change of rights would open and close, worked out before anything is written.

Both sides are the resolved facts of one person: as they are, and as they would be. Records are counted
by one bounded query for each difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.db import connection

from duyen.entities.counting import MOST_COUNTED, Count
from duyen.entities.entity import Entity
from duyen.entities.fields import Label, LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.registry import all_entities
from duyen.entities.rights import VerbOfEntity, verbs_of
from duyen.entities.scope import standing
from duyen.entities.sql import Sql, name
from duyen.foundation.access.actor import AccessFacts, Actor, SharedRecords
from duyen.foundation.access.rules import Grant, ScopeFacts
from duyen.foundation.access.words import CHANGE, CREATE, READ, FieldLevel

#: So many records are named of those that would open or close.
MOST_NAMED = 3


@dataclass(frozen=True)
class Difference:
    """The records that one side has and the other has not: how many, and some of them."""

    count: Count
    examples: tuple[LinkedRecord, ...]


NO_DIFFERENCE = Difference(Count(0), ())


@dataclass(frozen=True)
class Shift:
    """One right that would reach elsewhere: by which grants before and after, what opens and what closes."""

    entity: Entity
    verb: VerbOfEntity
    before: tuple[Grant, ...]
    after: tuple[Grant, ...]
    opened: Difference
    closed: Difference


@dataclass(frozen=True)
class FieldShift:
    """One field whose limit would change."""

    entity: Entity
    label: Label
    before: FieldLevel | None
    after: FieldLevel | None


@dataclass(frozen=True)
class Shifts:
    """Everything that would change for one person."""

    rights: tuple[Shift, ...]
    fields: tuple[FieldShift, ...]

    @property
    def is_nothing(self) -> bool:
        return not self.rights and not self.fields


def shifts_between(before: AccessFacts, after: AccessFacts, *, shares: SharedRecords, actor: Actor) -> Shifts:
    """Compare the rights of one person as they are and as they would be.

    Records that are open by a share stay open either way. Examples are named as far as `actor`,
    who asks, may read them.
    """
    comparing = _Comparing(before, after, shares, actor, {})
    entities = all_entities()
    rights = tuple(shift for entity in entities for shift in comparing.rights(entity))
    return Shifts(rights, tuple(shift for entity in entities for shift in comparing.fields(entity)))


@dataclass(frozen=True)
class _Comparing:
    before: AccessFacts
    after: AccessFacts
    shares: SharedRecords
    actor: Actor
    #: Differences known already: the verbs of an entity often reach alike.
    known: dict[tuple[str, ScopeFacts, ScopeFacts], Difference]

    def rights(self, entity: Entity) -> Iterator[Shift]:
        for each in verbs_of(entity):
            was, will = (self._scope(facts, entity, each.verb) for facts in (self.before, self.after))
            is_same = was.is_empty == will.is_empty if entity.scope.is_company_wide else was == will
            if is_same:
                continue
            key = (entity.name, each.verb)
            is_counted = each.verb != CREATE
            yield Shift(
                entity,
                each,
                self.before.grants.get(key, ()),
                self.after.grants.get(key, ()),
                self._more(entity, will, was) if is_counted else NO_DIFFERENCE,
                self._more(entity, was, will) if is_counted else NO_DIFFERENCE,
            )

    def _scope(self, facts: AccessFacts, entity: Entity, verb: str) -> ScopeFacts:
        scope = replace(facts.scope(entity.name, verb), viewer=facts.user_id)
        shared = {READ: self.shares.to_read, CHANGE: self.shares.to_change}.get(verb, {}).get(entity.name)
        return replace(scope, shared=shared) if shared and not scope.everything else scope

    def _more(self, entity: Entity, wider: ScopeFacts, than: ScopeFacts) -> Difference:
        key = (entity.name, wider, than)
        if key not in self.known:
            self.known[key] = difference(entity, wider, than, actor=self.actor)
        return self.known[key]

    def fields(self, entity: Entity) -> Iterator[FieldShift]:
        sides = [
            replace(self.actor, user_id=facts.user_id, facts=facts) for facts in (self.before, self.after)
        ]
        # Where nothing is read, no field is: the right itself says so already.
        if not all(side.may(entity.name, READ) for side in sides):
            return
        for each in entity.fields:
            was, will = (side.field_level(entity.name, each.name) for side in sides)
            if was != will:
                yield FieldShift(entity, each.label, was, will)


def difference(entity: Entity, wider: ScopeFacts, than: ScopeFacts, *, actor: Actor) -> Difference:
    """Count the records inside `wider` and outside `than`, by one bounded query, and name some."""
    if wider.is_empty or than.everything:
        return NO_DIFFERENCE
    statement = _statement(entity, wider, than)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        number, ids = cursor.fetchone()
    named: Mapping[int, LinkedRecord] = labels(actor, entity, ids or [])
    examples = tuple(named[pk] for pk in ids or [] if pk in named)
    return Difference(Count(min(number, MOST_COUNTED), is_more=number > MOST_COUNTED), examples)


def _statement(entity: Entity, wider: ScopeFacts, than: ScopeFacts) -> Sql:
    inside = entity.scope.as_sql(wider, "t")
    outside = entity.scope.as_sql(than, "t") if not than.is_empty else Sql("FALSE")
    kept = standing(entity.kind, "t", deleted=False if entity.has_bin else None)
    # A record without an owner or unit makes the condition unknown, which is not inside.
    text = (
        f"SELECT count(*), (array_agg(id))[1:{MOST_NAMED}] FROM (SELECT t.id FROM {name(entity.table)} t "
        f"WHERE {kept.text} AND {inside.text} AND NOT COALESCE({outside.text}, FALSE) "
        f"LIMIT {MOST_COUNTED + 1}) k"
    )
    return Sql(text, (*kept.params, *inside.params, *outside.params))
