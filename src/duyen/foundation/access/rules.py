"""Decide how far rights reach in the tree of units. Pure: plain values in, plain values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from duyen.foundation.access.words import DEPUTY_VERBS, EXPORT_EVERYTHING, READ, Bar, FieldLevel, Reach, Why
from duyen.foundation.org.words import UnitKind

_BELOW_A_TEAM = {UnitKind.TEAM, UnitKind.DEPARTMENT}


@dataclass(frozen=True)
class UnitPlace:
    """One unit as the tree knows it."""

    id: int
    parent_id: int | None
    kind: str


@dataclass(frozen=True)
class UnitTree:
    """The whole organisation, small enough to keep in memory."""

    places: Mapping[int, UnitPlace]
    children: Mapping[int, tuple[int, ...]] = field(repr=False)

    @classmethod
    def of(cls, places: Iterable[UnitPlace]) -> UnitTree:
        """Build the tree from its units, in any order."""
        by_id = {place.id: place for place in places}
        children: dict[int, tuple[int, ...]] = {}
        for place in by_id.values():
            if place.parent_id is not None:
                children[place.parent_id] = (*children.get(place.parent_id, ()), place.id)
        return cls(by_id, children)

    def climb(self, unit_id: int, kinds: set[UnitKind]) -> int | None:
        """Find the nearest unit of one of `kinds`, starting at `unit_id` itself."""
        return next((step for step in self.path(unit_id) if self.places[step].kind in kinds), None)

    def below(self, unit_id: int, enters: Callable[[str], bool]) -> frozenset[int]:
        """Collect `unit_id` and all units below it whose kind `enters` accepts on the way down."""
        found, waiting = {unit_id}, [unit_id]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                if child not in found and enters(self.places[child].kind):
                    found.add(child)
                    waiting.append(child)
        return frozenset(found)

    def path(self, unit_id: int) -> tuple[int, ...]:
        """List the units from `unit_id` up to the top."""
        steps: list[int] = []
        seen: int | None = unit_id
        while seen is not None and seen in self.places and seen not in steps:
            steps.append(seen)
            seen = self.places[seen].parent_id
        return tuple(steps)


@dataclass(frozen=True)
class Grant:
    """One right of one position: which role gives it, in which unit, how far."""

    role_id: int
    unit_id: int
    reach: Reach


@dataclass(frozen=True)
class Standing:
    """Where one record stands: whose it is, in which unit; or that its kind belongs to the whole company."""

    record_id: int
    owner_id: int | None = None
    unit_id: int | None = None
    is_company_wide: bool = False
    #: By verb, the people to whom the record opens it by naming them.
    holders: Mapping[str, frozenset[int]] = field(default_factory=dict)
    #: Whether the record keeps itself to its owner, to whom it names and with whom it is shared.
    is_closed: bool = False

    def opens_to(self, user_id: int) -> bool:
        """Tell whether the record is somebody's own, or names her: a closed one opens to nobody else."""
        return user_id == self.owner_id or user_id in self.holders.get(READ, ())


@dataclass(frozen=True)
class Away:
    """Somebody who is away today: until which day, and who stands in."""

    user_id: int
    name: str
    until: dt.date
    deputy_id: int
    deputy: str


@dataclass(frozen=True)
class Deputyship:
    """For whom somebody stands in today, until when, and which rights (entity, verb) that person holds.

    They are the rights of her positions alone: for whom she herself stands in opens nothing to her deputy.
    """

    user_id: int
    name: str
    until: dt.date
    rights: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)


def deputyships_for(
    deputyships: Iterable[Deputyship], *, entity: str, verb: str, holds: bool
) -> tuple[Deputyship, ...]:
    """Give those absent people whose own records a deputy reaches by this verb.

    The deputy `holds` the right herself, on whatever records, and the absent person holds it too; only
    reading and changing pass on.
    """
    if not holds or verb not in DEPUTY_VERBS:
        return ()
    return tuple(each for each in deputyships if (entity, verb) in each.rights)


#: Stands for every entity, or every verb, in what a token may be used for.
ANYTHING = "*"


@dataclass(frozen=True)
class Cut:
    """What somebody's rights are cut down to, as pairs of entity and verb; a token makes such an actor.

    It only ever takes away: what the person may not do, no cut opens.
    """

    pairs: frozenset[tuple[str, str]]

    def allows(self, entity: str, verb: str) -> bool:
        """Tell whether the right is left."""
        return any((one, right) in self.pairs for one in (entity, ANYTHING) for right in (verb, ANYTHING))


def read_scope(word: str) -> tuple[str, str]:
    """Read one word of a cut: `read` (everything, to read alone), `customers`, or `customers:change`."""
    entity, colon, verb = word.partition(":")
    if not colon:
        return (ANYTHING, READ) if entity == READ else (entity, ANYTHING)
    return entity, verb


@dataclass(frozen=True)
class ScopeFacts:
    """The records a right opens: all, or those of these owners, units, and single records.

    `viewer` is for whom closed records open where they are hers or name her; nothing is closed to the system,
    for which there is none.
    """

    everything: bool = False
    owners: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    shared: frozenset[int] = frozenset()
    viewer: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.owners or self.units or self.shared)

    def covers(self, *, record_id: int, owner_id: int | None, unit_id: int | None) -> bool:
        """Tell whether one record lies inside."""
        return self.why(Standing(record_id, owner_id, unit_id)) is not None

    def why(self, record: Standing, verb: str = READ) -> Why | None:
        """Say by what one record lies inside, the nearest reason first; nothing when it lies outside."""
        if record.is_company_wide:
            return None if self.is_empty else Why.ALL
        if record.is_closed and self.viewer is not None and not record.opens_to(self.viewer):
            return Why.SHARE if self.viewer != NOBODY and record.record_id in self.shared else None
        if record.owner_id in self.owners:
            return Why.OWNER
        if not self.owners.isdisjoint(record.holders.get(verb, ())):
            return Why.NAMED
        if record.unit_id in self.units:
            return Why.UNIT
        if self.everything:
            return Why.ALL
        return Why.SHARE if record.record_id in self.shared else None


#: The viewer who looks through the eyes of somebody else: no closed record is hers.
NOBODY = 0
EVERYTHING = ScopeFacts(everything=True)
NOTHING = ScopeFacts()


def units_within(reach: Reach, unit_id: int, tree: UnitTree) -> frozenset[int]:
    """Collect the units that `reach` opens from a position in `unit_id`.

    A team is the unit with its teams and departments; an area is the nearest area above with
    all that stands below it; a branch is the nearest branch (or the head office, without its
    branches). Where no such unit stands above, the own unit takes its place.
    """
    if reach is Reach.TEAM:
        return tree.below(unit_id, lambda kind: kind in _BELOW_A_TEAM)
    if reach is Reach.AREA:
        area = tree.climb(unit_id, {UnitKind.AREA})
        if area is not None:
            return tree.below(area, lambda kind: True)
        return tree.below(unit_id, lambda kind: kind not in (UnitKind.AREA, UnitKind.BRANCH))
    top = tree.climb(unit_id, {UnitKind.BRANCH, UnitKind.HEAD_OFFICE})
    return tree.below(unit_id if top is None else top, lambda kind: kind != UnitKind.BRANCH)


def opened_by(reach: Reach, unit_id: int, *, user_id: int, tree: UnitTree) -> ScopeFacts:
    """Give what one right of one position opens to the person who holds it."""
    if reach is Reach.ALL:
        return EVERYTHING
    owners = frozenset({user_id})
    return ScopeFacts(
        owners=owners, units=frozenset() if reach is Reach.OWN else units_within(reach, unit_id, tree)
    )


def scope_of(
    *, user_id: int, grants: Iterable[tuple[Reach, int]], tree: UnitTree, shared: frozenset[int] = frozenset()
) -> ScopeFacts:
    """Join what several positions open into one scope; `grants` are (reach, unit of the position)."""
    owners: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    for reach, unit_id in grants:
        opened = opened_by(reach, unit_id, user_id=user_id, tree=tree)
        if opened.everything:
            return EVERYTHING
        owners, units = owners | opened.owners, units | opened.units
    return ScopeFacts(owners=owners, units=units, shared=shared)


@dataclass(frozen=True)
class Opening:
    """One reason for which a record is open: by what, and by which right of which position.

    A share has no position behind it, nor has a deputyship.
    """

    why: Why
    grant: Grant | None = None
    deputyship: Deputyship | None = None


@dataclass(frozen=True)
class Explanation:
    """Why one right is open on one record, or what is missing.

    `short` are rights that the person holds and that end before this record; `bars` keep the
    record closed whatever the rights.
    """

    openings: tuple[Opening, ...]
    short: tuple[Grant, ...]
    bars: frozenset[Bar] = frozenset()

    @property
    def is_open(self) -> bool:
        return bool(self.openings) and not self.bars

    @property
    def is_without_right(self) -> bool:
        """Whether no position gives the right at all, on whatever records."""
        return not self.openings and not self.short


def explain(
    record: Standing,
    *,
    verb: str = READ,
    user_id: int,
    grants: Iterable[Grant],
    tree: UnitTree,
    shared: frozenset[int] = frozenset(),
    deputyships: Iterable[Deputyship] = (),
    bars: frozenset[Bar] = frozenset(),
) -> Explanation:
    """Explain one right on one record: each right of each position by itself, as `scope_of` joins them."""
    openings: list[Opening] = []
    short: list[Grant] = []
    is_shut = record.is_closed and not record.opens_to(user_id)
    if is_shut:
        # No position opens it, and nobody stands in for its owner: only she shares it.
        is_shared = record.record_id in shared
        shut = bars if is_shared else bars | {Bar.CLOSED}
        return Explanation((Opening(Why.SHARE),) if is_shared else (), (), shut)
    for grant in grants:
        opened = opened_by(grant.reach, grant.unit_id, user_id=user_id, tree=tree)
        why = opened.why(record, verb)
        if why is None:
            short.append(grant)
        else:
            openings.append(Opening(why, grant))
    if ScopeFacts(shared=shared).why(record) is not None:
        openings.append(Opening(Why.SHARE))
    openings += [
        Opening(Why.DEPUTY, deputyship=each)
        for each in deputyships
        if not record.is_closed
        and ScopeFacts(owners=frozenset({each.user_id})).why(record, verb) in (Why.OWNER, Why.NAMED)
    ]
    return Explanation(tuple(openings), tuple(short), bars)


def units_reaching(reach: Reach, unit_id: int | None, tree: UnitTree) -> frozenset[int]:
    """Collect the units from which `reach` opens the records that stand in `unit_id`."""
    if unit_id is None:
        return frozenset()
    return frozenset(each for each in tree.places if unit_id in units_within(reach, each, tree))


#: The entities whose rights decide about the rights of others.
ADMINISTRATION = frozenset({"units", "users", "roles"})
_NO_ADMINISTERING = frozenset({READ, EXPORT_EVERYTHING})


def exceeds(theirs: Iterable[tuple[str, str]], own: Iterable[tuple[str, str]]) -> bool:
    """Tell whether rights, as (entity, verb), administer what `own` do not; reading does not count."""
    held = set(own)
    return any(
        entity in ADMINISTRATION and verb not in _NO_ADMINISTERING and (entity, verb) not in held
        for entity, verb in theirs
    )


def strictest(levels: Iterable[FieldLevel]) -> FieldLevel:
    """Take the narrower of several limits of one role."""
    return FieldLevel.HIDDEN if FieldLevel.HIDDEN in set(levels) else FieldLevel.READ


def field_level(levels: Iterable[FieldLevel | None]) -> FieldLevel | None:
    """Take the most open of several roles' levels for one field; none means unrestricted."""
    found = list(levels)
    if not found or None in found:
        return None
    return FieldLevel.READ if FieldLevel.READ in found else FieldLevel.HIDDEN
