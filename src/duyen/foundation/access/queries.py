"""Resolve a user's rights from the tables, and keep them for as long as nothing changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import lru_cache

from django.db.models import Q

from duyen.foundation.access.actor import AccessFacts, Actor, Grant, SharedRecords
from duyen.foundation.access.models import AccessEpoch, FieldRight, RoleRight
from duyen.foundation.access.rules import UnitPlace, UnitTree
from duyen.foundation.access.words import Door, FieldLevel, Reach
from duyen.foundation.org.models import Position, Unit, User
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
    held = list(
        Position.objects.filter(Q(until=None) | Q(until__gte=day), user_id=user_id, since__lte=day)
        .order_by("-is_main", "id")
        .values_list("role_id", "unit_id", "role__code")
    )
    role_ids = {role_id for role_id, _, _ in held}
    grants: dict[tuple[str, str], list[Grant]] = defaultdict(list)
    rights = RoleRight.objects.filter(role_id__in=role_ids).values_list("role_id", "entity", "verb", "reach")
    for role_id, entity, verb, reach in rights:
        for held_role, unit_id, _ in held:
            if held_role == role_id:
                grants[entity, verb].append(Grant(role_id, unit_id, Reach(reach)))
    levels: dict[tuple[str, str], dict[int, FieldLevel]] = defaultdict(dict)
    limits = FieldRight.objects.filter(role_id__in=role_ids).values_list(
        "role_id", "entity", "field", "level"
    )
    for role_id, entity, name, level in limits:
        levels[entity, name][role_id] = FieldLevel(level)
    return AccessFacts(
        user_id=user_id,
        epoch=epoch,
        day=day,
        tree=unit_tree(epoch),
        grants={key: tuple(value) for key, value in grants.items()},
        field_levels=dict(levels),
        home_unit_id=held[0][1] if held else None,
        role_codes=frozenset(code for _, _, code in held),
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


def actor_for(user: User, door: Door, *, epoch: int | None = None) -> Actor:
    """Make the actor for a user who came through `door`."""
    day = today()
    return Actor(
        name=user.full_name,
        door=door,
        user_id=user.pk,
        email=user.email,
        language=user.language,
        facts=access_facts(user.pk, access_epoch() if epoch is None else epoch, day),
        shares=shared_with(user.pk, day),
    )
