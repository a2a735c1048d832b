"""Hand out the rights that declarations propose, once for each entity; later changes are the company's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import transaction

from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.models import FieldRight, RoleRight, SeededEntity
from duyen.foundation.access.words import Door, FieldLevel, Reach
from duyen.foundation.audit import trail
from duyen.foundation.org.calendar_seeds import seed_calendars
from duyen.foundation.org.models import Role
from duyen.foundation.org.words import ROLE_NAMES
from duyen.kernel.clock import now

#: Writes what a module brings to start from, once; gives how many rows.
Seeder = Callable[[Actor], int]
_seeders: dict[str, Seeder] = {}


def offer_seed(key: str, seeder: Seeder) -> None:
    """Let a module bring rows to start from: written once for each installation, then the company's."""
    _seeders[key] = seeder


def seed_after_migration() -> None:
    """Let a migration end with roles and rights for what it brought."""
    seed(system_actor("seeding", door=Door.CLI))


def seed(actor: Actor) -> int:
    """Create default roles and calendars and hand out default rights; returns how many rows were written."""
    with transaction.atomic():
        return seed_roles(actor) + seed_calendars(actor) + seed_rights(actor) + seed_offered(actor)


def seed_offered(actor: Actor) -> int:
    """Write what modules bring to start from, as far as it was not written before."""
    with transaction.atomic():
        seeded = set(SeededEntity.objects.filter(pk__in=list(_seeders)).values_list("entity", flat=True))
        fresh = {key: seeder for key, seeder in _seeders.items() if key not in seeded}
        moment = now()
        SeededEntity.objects.bulk_create(SeededEntity(entity=key, seeded_at=moment) for key in fresh)
        return sum(seeder(actor) for seeder in fresh.values())


def seed_roles(actor: Actor) -> int:
    """Create the default roles in an installation that has no role yet."""
    with transaction.atomic():
        if Role.objects.exists():
            return 0
        trail.begin(actor, "roles.seed")
        moment = now()
        roles = [
            Role(code=code.value, name=name, created_at=moment, updated_at=moment)
            for code, name in ROLE_NAMES.items()
        ]
        return len(Role.objects.bulk_create(roles))


def seed_rights(actor: Actor) -> int:
    """Hand out what entities propose as `grants` and `limits`, and what they propose anew, not seeded before.

    A role that the company removed gets nothing; one that it renamed keeps its code and its rights.
    """
    with transaction.atomic():
        seeded = set(SeededEntity.objects.values_list("entity", flat=True))
        entities = all_entities()
        fresh = {key for entity in entities for key in _keys(entity)} - seeded
        if not fresh:
            return 0
        trail.begin(actor, "roles.seed_rights")
        roles = dict(Role.objects.values_list("code", "pk"))
        rights = [
            right
            for entity in entities
            for right in _rights(entity, roles)
            if _key_of(entity, right.verb) in fresh
        ]
        RoleRight.objects.bulk_create(rights, ignore_conflicts=True)
        hidden = [
            FieldRight(role_id=roles[code], entity=entity.name, field=name, level=FieldLevel.HIDDEN.value)
            for entity in entities
            for name, codes in entity.limits.items()
            if _limit_of(entity, name) in fresh
            for code in codes.split()
            if code in roles
        ]
        FieldRight.objects.bulk_create(hidden, ignore_conflicts=True)
        moment = now()
        SeededEntity.objects.bulk_create(
            [SeededEntity(entity=key, seeded_at=moment) for key in sorted(fresh)], ignore_conflicts=True
        )
        return len(rights) + len(hidden)


def _keys(entity: Entity) -> list[str]:
    """Name what is seeded once each: the entity, and every right and limit of its own that may come later."""
    rights = (_key_of(entity, verb) for verb in entity.rights)
    return [entity.name, *rights, *(_limit_of(entity, name) for name in entity.limits)]


def _limit_of(entity: Entity, name: str) -> str:
    return f"{entity.name}#{name}"


def _key_of(entity: Entity, verb: str) -> str:
    return f"{entity.name}:{verb}" if verb in entity.rights else entity.name


def _rights(entity: Entity, roles: dict[str, int]) -> Iterator[RoleRight]:
    """Read "reach: verb verb", several of them divided by ";"."""
    for code, granted in entity.grants.items():
        if code not in roles:
            continue
        for part in granted.split(";"):
            reach, _colon, verbs = part.partition(":")
            for verb in verbs.split():
                yield RoleRight(
                    role_id=roles[code], entity=entity.name, verb=verb, reach=Reach(reach.strip()).value
                )
