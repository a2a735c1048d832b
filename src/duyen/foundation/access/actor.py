"""The one who acts: a user or a named part of the system, with what they may do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from duyen.foundation.access.rules import (
    EVERYTHING,
    NOBODY,
    NOTHING,
    Away,
    Cut,
    Deputyship,
    Explanation,
    Grant,
    ScopeFacts,
    Standing,
    UnitTree,
    deputyships_for,
    explain,
    field_level,
    scope_of,
    strictest,
)
from duyen.foundation.access.words import CHANGE, READ, Bar, Door, FieldLevel


@dataclass(frozen=True)
class AccessFacts:
    """All rights of one user, resolved from the tables once per access epoch and day."""

    user_id: int
    epoch: int
    day: dt.date
    tree: UnitTree
    grants: Mapping[tuple[str, str], tuple[Grant, ...]]
    field_levels: Mapping[tuple[str, str], Mapping[int, FieldLevel]]
    home_unit_id: int | None
    role_codes: frozenset[str]
    #: Whether one of the roles demands a second factor; without it the doors stay shut.
    needs_second_factor: bool = False
    #: For whom this user stands in today, and who is away in the whole company, by user.
    deputy_for: tuple[Deputyship, ...] = ()
    away: Mapping[int, Away] = field(default_factory=dict, repr=False)
    _scopes: dict[tuple[str, str], ScopeFacts] = field(default_factory=dict, compare=False, repr=False)

    def scope(self, entity: str, verb: str) -> ScopeFacts:
        """Resolve the units and owners behind one right, without shared records."""
        key = (entity, verb)
        if key not in self._scopes:
            own = self.own_scope(entity, verb)
            absent = frozenset(each.user_id for each in self.deputyships(entity, verb))
            self._scopes[key] = own if own.everything else replace(own, owners=own.owners | absent)
        return self._scopes[key]

    def own_scope(self, entity: str, verb: str) -> ScopeFacts:
        """Resolve what the user's own positions open, without those she stands in for."""
        pairs = [(grant.reach, grant.unit_id) for grant in self.grants.get((entity, verb), ())]
        return scope_of(user_id=self.user_id, grants=pairs, tree=self.tree)

    def deputyships(self, entity: str, verb: str) -> tuple[Deputyship, ...]:
        """Give those absent people whose records this user reaches by the verb, as their deputy."""
        holds = bool(self.grants.get((entity, verb)))
        return deputyships_for(self.deputy_for, entity=entity, verb=verb, holds=holds)


@dataclass(frozen=True)
class SharedRecords:
    """The single records that others opened for this user, by entity."""

    to_read: Mapping[str, frozenset[int]]
    to_change: Mapping[str, frozenset[int]]


NO_SHARES = SharedRecords({}, {})


@dataclass(frozen=True)
class Actor:
    """Whoever reads or writes. There is no anonymous actor and no default one.

    `user_id` is none for the system, which then carries the name of the part that acts. With
    `seen_by` somebody else looks through this person's eyes: the trail refuses all that would write.
    """

    name: str
    door: Door
    user_id: int | None = None
    email: str = ""
    language: str = "vi"
    facts: AccessFacts | None = None
    shares: SharedRecords = NO_SHARES
    on_behalf_of: int | None = None
    seen_by: int | None = None
    #: What a token cuts these rights down to; none leaves all.
    cut: Cut | None = None
    #: What the cut alone kept back when it was asked for, as pairs of entity and verb: a refusal can say so.
    withheld: set[tuple[str, str]] = field(default_factory=set, compare=False, repr=False)
    #: The limits on fields that were worked out for her, by entity: a page asks for the same ones a thousand
    #: times. Beside them what they were worked out of, so that they hold as long as that does.
    limits: dict[str, tuple[object, dict[str, FieldLevel | None]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __getstate__(self) -> dict[str, object]:
        """Give what goes to another process: she herself, without what was worked out for her here."""
        return {**self.__dict__, "limits": {}}

    @property
    def is_looking(self) -> bool:
        return self.seen_by is not None

    @property
    def is_system(self) -> bool:
        return self.user_id is None

    def may(self, entity: str, verb: str) -> bool:
        """Tell whether the right exists at all, on whatever records."""
        if self.is_system:
            return True
        return not self.scope(entity, verb).is_empty

    def scope(self, entity: str, verb: str) -> ScopeFacts:
        """Give the records that this verb opens, shared ones included."""
        if self.is_system:
            return EVERYTHING
        if self.facts is None:
            return NOTHING
        facts = self.facts.scope(entity, verb)
        if self._is_cut(entity, verb):
            if not facts.is_empty or self._shared(entity, verb):
                self.withheld.add((entity, verb))
            return NOTHING
        viewer = NOBODY if self.is_looking else self.facts.user_id
        return replace(facts, shared=facts.shared | self._shared(entity, verb), viewer=viewer)

    def explain(
        self, entity: str, verb: str, record: Standing, *, bars: frozenset[Bar] = frozenset()
    ) -> Explanation:
        """Explain why this verb is open on one record, or what is missing; for users alone."""
        if self.facts is None or self._is_cut(entity, verb):
            return Explanation((), (), bars)
        return explain(
            record,
            verb=verb,
            user_id=self.facts.user_id,
            grants=self.facts.grants.get((entity, verb), ()),
            tree=self.facts.tree,
            shared=self._shared(entity, verb),
            deputyships=self.facts.deputyships(entity, verb),
            bars=bars,
        )

    def on_record(self, entity: str, verb: str, record: Standing) -> Actor:
        """Give the actor as the trail names her for a write on one record.

        A deputy acts on behalf of its absent owner where her own rights do not open the record.
        """
        if self.facts is None or not self.facts.deputy_for:
            return self
        absent = {each.user_id for each in self.facts.deputyships(entity, verb)}
        own = replace(self.facts.own_scope(entity, verb), shared=self._shared(entity, verb))
        if record.owner_id not in absent or own.why(record, verb) is not None:
            return self
        return replace(self, on_behalf_of=record.owner_id)

    def _is_cut(self, entity: str, verb: str) -> bool:
        return self.cut is not None and not self.cut.allows(entity, verb)

    def _shared(self, entity: str, verb: str) -> frozenset[int]:
        """Give the single records that others opened for this verb."""
        opened = {READ: self.shares.to_read, CHANGE: self.shares.to_change}.get(verb, {})
        return opened.get(entity, frozenset())

    def field_level(
        self, entity: str, name: str, *, same: Collection[tuple[str, str]] = ()
    ) -> FieldLevel | None:
        """Give the limit on one field; none means it may be read and changed.

        `same` are the fields, by entity and name, that show the same data: what a role may not see there
        it does not see here either.
        """
        if self.is_system or self.facts is None or not self.facts.field_levels:
            return None
        told = [self.facts.field_levels.get(each, {}) for each in ((entity, name), *same)]
        limits = {
            role_id: strictest(each[role_id] for each in told if role_id in each)
            for role_id in {role_id for each in told for role_id in each}
        }
        if not limits:
            return None
        readers = {grant.role_id for grant in self.facts.grants.get((entity, READ), ())}
        # Where no role reads, a record is open by a share alone, and every role's limit holds on it.
        return field_level([limits.get(role_id) for role_id in readers or limits])

    def through(self, door: Door) -> Actor:
        """Give the same actor coming through another door."""
        return replace(self, door=door)


def system_actor(part: str, *, door: Door = Door.JOB) -> Actor:
    """Name the part of the system that acts where no user does, as the trail will show it."""
    return Actor(name=part, door=door)
