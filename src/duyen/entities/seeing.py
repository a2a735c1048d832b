"""Who may use one right on one record: resolved for all people at once, by role and unit.

No person is asked one by one: the units from which each reach opens the record are worked out in
memory, and the positions that lie there are read by one query, whatever the number of users.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet, Value
from django.db.models.lookups import Contains

from duyen.entities.explaining import RecordPlace
from duyen.foundation.access.models import RoleRight
from duyen.foundation.access.queries import access_epoch, away_on, unit_tree
from duyen.foundation.access.rules import UnitTree, opened_by, units_reaching
from duyen.foundation.access.words import CHANGE, DEPUTY_VERBS, READ, Reach, Why
from duyen.foundation.org.models import Position, User
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import today
from duyen.kernel.text import fold

#: So many people are shown; the rest is found by name.
MOST_SHOWN = 500


@dataclass(frozen=True)
class Access:
    """One reason for which a person sees the record: by what, from which position."""

    why: Why
    reach: Reach | None
    role_id: int | None = None
    unit_id: int | None = None


@dataclass
class Seer:
    """One person who sees the record, the nearest reason first."""

    user_id: int
    name: str
    may_change: bool = False
    accesses: list[Access] = field(default_factory=list)

    @property
    def key(self) -> tuple[Why, Reach | None]:
        """The group of her nearest reason; her reasons are in order."""
        return ORDER[_rank(self.accesses[0])]


@dataclass(frozen=True)
class Seers:
    """Those who see a record: how many, how many of them may change it, and the first of them by name."""

    count: int
    changers: int
    shown: Sequence[Seer]

    @property
    def is_cut(self) -> bool:
        return len(self.shown) < self.count


#: The nearest reason comes first; a person stands in the group of her nearest one.
ORDER: Sequence[tuple[Why, Reach | None]] = (
    (Why.OWNER, None),
    (Why.NAMED, None),
    (Why.SHARE, None),
    (Why.DEPUTY, None),
    (Why.UNIT, Reach.TEAM),
    (Why.UNIT, Reach.AREA),
    (Why.UNIT, Reach.BRANCH),
    (Why.ALL, Reach.ALL),
)


def who_sees(place: RecordPlace, *, words: str = "") -> Seers:
    """Tell who may see a record, and who of them may change it. `words` are part of a name."""
    everybody = _found(people_with(place, READ), words)
    changing = people_with(place, CHANGE)
    names = dict(everybody.order_by("name_key", "pk").values_list("pk", "full_name")[:MOST_SHOWN])
    seers = {pk: Seer(pk, name) for pk, name in names.items()}
    for pk in changing.filter(pk__in=names).values_list("pk", flat=True):
        seers[pk].may_change = True
    for pk, access in _accesses(place, list(names)):
        seers[pk].accesses.append(access)
    for each in seers.values():
        each.accesses.sort(key=_rank)
    both = everybody.filter(pk__in=changing.values("pk")).count()
    return Seers(everybody.count(), both, sorted(seers.values(), key=lambda each: _rank(each.accesses[0])))


def people_with(place: RecordPlace, verb: str) -> QuerySet[User]:
    """Give the people who may sign in and to whom `verb` is open on this record, were it not for its bars."""
    held = _positions().filter(_reaching(place, verb))
    return User.objects.filter(
        Q(pk__in=held.values("user_id")) | Q(pk__in=_shares(place, verb).values("user_id")), is_active=True
    )


def roles_opening(place: RecordPlace, verb: str) -> list[tuple[int, Reach]]:
    """List the roles that open `verb` to whoever holds them in the record's own unit, the narrowest first."""
    found = [
        (role_id, reach)
        for reach, roles in _roles_by_reach(place.entity.name, verb).items()
        for role_id in roles
        if reach is not Reach.OWN or place.standing.is_company_wide
    ]
    width = list(Reach)
    return sorted(found, key=lambda each: (width.index(each[1]), each[0]))


def _found(people: QuerySet[User], words: str) -> QuerySet[User]:
    for word in fold(words).split()[:6]:
        people = people.filter(Contains(F("search"), Value(word)))
    return people


def _positions() -> QuerySet[Position]:
    day = today()
    return Position.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


def _roles_by_reach(entity: str, verb: str) -> Mapping[Reach, list[int]]:
    roles: dict[Reach, list[int]] = defaultdict(list)
    for role_id, reach in RoleRight.objects.filter(entity=entity, verb=verb).values_list("role_id", "reach"):
        roles[Reach(reach)].append(role_id)
    return roles


def _reaching(place: RecordPlace, verb: str) -> Q:
    """Say which positions open the record: its owner's, and those in units from where a reach gets there."""
    roles = _roles_by_reach(place.entity.name, verb)
    everyone = [role_id for held in roles.values() for role_id in held]
    if place.standing.is_company_wide:
        return Q(role_id__in=everyone)
    if place.standing.is_closed:
        insiders = {place.standing.owner_id, *place.standing.holders.get(READ, ())} - {None}
        return Q(role_id__in=everyone, user_id__in=sorted(insiders)) & _open_reach(place, verb, roles)
    return _open_reach(place, verb, roles)


def _open_reach(place: RecordPlace, verb: str, roles: Mapping[Reach, list[int]]) -> Q:
    everyone = [role_id for held in roles.values() for role_id in held]
    found = Q(role_id__in=roles.get(Reach.ALL, []))
    holders = {place.standing.owner_id, *place.standing.holders.get(verb, ())} - {None}
    epoch = access_epoch()
    deputies = {_deputy(each, verb, everyone, epoch) for each in holders} - {None}
    if holders:
        found |= Q(role_id__in=everyone, user_id__in=sorted(holders | deputies))
    tree = unit_tree(epoch)
    for reach in (Reach.TEAM, Reach.AREA, Reach.BRANCH):
        if roles.get(reach):
            units = units_reaching(reach, place.standing.unit_id, tree)
            found |= Q(role_id__in=roles[reach], unit_id__in=sorted(units))
    return found


def _deputy(holder: int | None, verb: str, roles: Sequence[int], epoch: int) -> int | None:
    """Give who stands in today for whom the record belongs to, where that one holds the right herself."""
    away = away_on(epoch, today()).get(holder or 0)
    if away is None or verb not in DEPUTY_VERBS:
        return None
    holds = _positions().filter(role_id__in=roles, user_id=away.user_id).exists()
    return away.deputy_id if holds else None


def _shares(place: RecordPlace, verb: str) -> QuerySet[Share]:
    found = Share.objects.filter(
        Q(until=None) | Q(until__gte=today()),
        entity=place.entity.name,
        record_id=place.standing.record_id,
    )
    if verb == READ:
        return found
    return found.filter(may_change=True) if verb == CHANGE else found.none()


def _accesses(place: RecordPlace, user_ids: Sequence[int]) -> list[tuple[int, Access]]:
    """Say for these people by what each of their positions opens the record."""
    tree = unit_tree(access_epoch())
    reaches = {
        role_id: reach
        for reach, roles in _roles_by_reach(place.entity.name, READ).items()
        for role_id in roles
    }
    held = _positions().filter(_reaching(place, READ), user_id__in=user_ids)
    rows = held.order_by("user_id", "-is_main", "pk").values_list("user_id", "role_id", "unit_id")
    found = [
        (pk, _access(place, pk, role_id, unit_id, reaches[role_id], tree)) for pk, role_id, unit_id in rows
    ]
    shared = _shares(place, READ).filter(user_id__in=user_ids).values_list("user_id", flat=True)
    return [*found, *((pk, Access(Why.SHARE, None)) for pk in shared)]


def _access(
    place: RecordPlace, user_id: int, role_id: int, unit_id: int, reach: Reach, tree: UnitTree
) -> Access:
    why = opened_by(reach, unit_id, user_id=user_id, tree=tree).why(place.standing)
    # Among those whose positions reach the record, who does not reach it by herself stands in for its owner.
    return Access(why, reach, role_id, unit_id) if why else Access(Why.DEPUTY, None, role_id, unit_id)


def _rank(access: Access) -> int:
    reach = access.reach if access.why is Why.UNIT else Reach.ALL if access.why is Why.ALL else None
    return ORDER.index((access.why, reach))
