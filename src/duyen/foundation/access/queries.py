"""Resolve a user's rights from the tables, and keep them for as long as nothing changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from django.db.models import Q

from duyen.foundation.access.actor import AccessFacts, Actor, SharedRecords
from duyen.foundation.access.models import AccessEpoch, FieldRight, RoleRight
from duyen.foundation.access.resolving import Held, RoleBook, resolve
from duyen.foundation.access.rules import Away, Cut, Deputyship, UnitPlace, UnitTree
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import Absence, Position, Unit, User
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import today


def access_epoch() -> int:
    """Read the number under which resolved rights are kept."""
    return AccessEpoch.objects.values_list("value", flat=True).get(pk=1)


@lru_cache(maxsize=4)
def unit_tree(epoch: int) -> UnitTree:
    """Read the whole tree of units, once per access epoch."""
    return UnitTree.of(UnitPlace(*row) for row in Unit.objects.values_list("id", "parent_id", "kind"))


@lru_cache(maxsize=4096)
def access_facts(user_id: int, epoch: int, day: dt.date) -> AccessFacts:
    """Resolve every right of one user as it stands on `day`."""
    held = positions_on(day, [user_id]).get(user_id, [])
    book = role_book({place.role_id for place in held})
    facts = resolve(user_id, held, book=book, tree=unit_tree(epoch), day=day, epoch=epoch)
    away = away_on(epoch, day)
    return replace(facts, away=away, deputy_for=_deputyships(user_id, away, day))


@lru_cache(maxsize=8)
def away_on(epoch: int, day: dt.date) -> Mapping[int, Away]:
    """Read who is away on `day` and who stands in, by user: once for everybody, per access epoch and day."""
    rows = Absence.objects.filter(
        since__lte=day, until__gte=day, user__is_active=True, deputy__is_active=True
    )
    found = rows.order_by("pk").values_list(
        "user_id", "user__full_name", "until", "deputy_id", "deputy__full_name"
    )
    return {row[0]: Away(*row) for row in found}


def _deputyships(user_id: int, away: Mapping[int, Away], day: dt.date) -> tuple[Deputyship, ...]:
    """Resolve for whom a user stands in: with the rights of their own positions, and of nobody else's."""
    absent = [each for each in away.values() if each.deputy_id == user_id]
    if not absent:
        return ()
    held = positions_on(day, [each.user_id for each in absent])
    book = role_book({place.role_id for places in held.values() for place in places})
    return tuple(
        Deputyship(
            each.user_id,
            each.name,
            each.until,
            frozenset(
                right for place in held.get(each.user_id, ()) for right in book.rights.get(place.role_id, ())
            ),
        )
        for each in absent
    )


def positions_on(day: dt.date, user_ids: Collection[int]) -> dict[int, list[Held]]:
    """Read the positions that hold on `day`, by person, the main one first."""
    rows = (
        Position.objects.filter(Q(until=None) | Q(until__gte=day), user_id__in=user_ids, since__lte=day)
        .order_by("-is_main", "id")
        .values_list("user_id", "role_id", "unit_id", "role__code", "role__needs_second_factor")
    )
    held: dict[int, list[Held]] = defaultdict(list)
    for user_id, role_id, unit_id, code, needs_factor in rows:
        held[user_id].append(Held(role_id, unit_id, code, needs_factor))
    return dict(held)


def role_book(role_ids: Collection[int]) -> RoleBook:
    """Read what these roles may do."""
    rights = RoleRight.objects.filter(role_id__in=role_ids)
    limits = FieldRight.objects.filter(role_id__in=role_ids)
    return RoleBook.of(
        rights.values_list("role_id", "entity", "verb", "reach"),
        limits.values_list("role_id", "entity", "field", "level"),
    )


def shared_with(user_id: int, day: dt.date) -> SharedRecords:
    """Read which single records others opened for this user."""
    to_read: dict[str, set[int]] = defaultdict(set)
    to_change: dict[str, set[int]] = defaultdict(set)
    rows = Share.objects.filter(Q(until=None) | Q(until__gte=day), user_id=user_id)
    for entity, record_id, may_change in rows.values_list("entity", "record_id", "may_change"):
        to_read[entity].add(record_id)
        if may_change:
            to_change[entity].add(record_id)
    return SharedRecords(
        {entity: frozenset(ids) for entity, ids in to_read.items()},
        {entity: frozenset(ids) for entity, ids in to_change.items()},
    )


def owes_second_factor(user: User, actor: Actor) -> bool:
    """Tell whether a role of this user demands a second factor that she has not set up.

    The user comes from a session or a token, which brought along whether there is one.
    """
    is_demanded = actor.facts is not None and actor.facts.needs_second_factor
    return is_demanded and not getattr(user, "has_second_factor", False)


def actor_for(user: User, door: Door, *, epoch: int | None = None, cut: Cut | None = None) -> Actor:
    """Make the actor for a user who came through `door`; `cut` is all that a token leaves of her rights."""
    day = today()
    return Actor(
        name=user.full_name,
        door=door,
        user_id=user.pk,
        email=user.email,
        language=user.language,
        facts=access_facts(user.pk, access_epoch() if epoch is None else epoch, day),
        shares=shared_with(user.pk, day),
        cut=cut,
    )
