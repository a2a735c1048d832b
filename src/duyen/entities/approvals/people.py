"""Who may decide about a request: by role and limit, as far as the record is open to them; and deputies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from duyen.entities.approvals.gate import Need
from duyen.entities.approvals.keeping import decided, deciding
from duyen.entities.approvals.rules import Deciding, State, may_decide
from duyen.entities.entity import Entity
from duyen.entities.explaining import RecordPlace, places_of
from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.seeing import people_with
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import access_epoch, actor_for, away_on, positions_on
from duyen.foundation.access.words import READ, Door
from duyen.foundation.org.models import Position, User
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import now, today


@dataclass(frozen=True)
class Decider:
    """Somebody who may decide: `for_id` is the absent person as whose deputy she does."""

    user_id: int
    name: str
    role: str
    for_id: int | None = None


@dataclass(frozen=True)
class Hat:
    """One way in which an actor decides: with the roles of hers, or of somebody absent, who is `for_id`."""

    roles: frozenset[str]
    reader: Actor
    for_id: int | None = None


def deciders(entity: Entity, needs: Mapping[int, Need], *, asker_id: int | None) -> dict[int, list[Decider]]:
    """List who may decide about a step with each of these records, those with the least power first.

    A person counts when one of her roles covers the amount and the record is open to her; where she is away,
    her deputy, to whom it must be open too. Records that stand in one place are looked at together.
    """
    places = places_of(entity, needs)
    shared = set(
        Share.objects.filter(entity=entity.name, record_id__in=list(places)).values_list(
            "record_id", flat=True
        )
    )
    alike: dict[Any, list[Decider]] = {}
    found: dict[int, list[Decider]] = {each: [] for each in needs}
    for record_id, place in places.items():
        need = needs[record_id]
        where = replace(place.standing, record_id=record_id if record_id in shared else 0)
        held = (where.owner_id, where.unit_id, where.record_id, where.is_closed, _sorted(where.holders))
        key = (held, tuple(need.roles), need.excluded)
        if key not in alike:
            alike[key] = _deciders(place, need, asker_id)
        found[record_id] = alike[key]
    return found


def _sorted(holders: Mapping[str, frozenset[int]]) -> tuple[tuple[str, frozenset[int]], ...]:
    return tuple(sorted(holders.items(), key=lambda each: each[0]))


def _deciders(place: RecordPlace, need: Need, asker_id: int | None) -> list[Decider]:
    ranks = {role: rank for rank, role in enumerate(need.roles)}
    readers = people_with(place, READ)
    day = today()
    held = Position.objects.filter(
        Q(until=None) | Q(until__gte=day), since__lte=day, role__code__in=list(ranks), user__in=readers
    )
    found: dict[int, Decider] = {}
    for user_id, name, role in held.order_by("pk").values_list("user_id", "user__full_name", "role__code"):
        best = found.get(user_id)
        if best is None or ranks[role] < ranks[best.role]:
            found[user_id] = Decider(user_id, name, role)
    able = [
        each
        for each in found.values()
        if may_decide(each.user_id, asker_id=asker_id, excluded=need.excluded, is_covered=True)
    ]
    able += _deputies(able, readers, asker_id, need.excluded)
    return sorted(able, key=lambda each: (ranks[each.role], each.for_id is not None, each.name, each.user_id))


def _deputies(
    able: Iterable[Decider], readers: QuerySet[User], asker_id: int | None, excluded: Collection[int]
) -> list[Decider]:
    away = away_on(access_epoch(), today())
    absent = {each.user_id: each for each in able if each.user_id in away}
    if not absent:
        return []
    open_to = set(
        readers.filter(pk__in=[away[each].deputy_id for each in absent]).values_list("pk", flat=True)
    )
    return [
        Decider(away[user_id].deputy_id, away[user_id].deputy, each.role, user_id)
        for user_id, each in absent.items()
        if away[user_id].deputy_id in open_to
        and may_decide(away[user_id].deputy_id, asker_id=asker_id, excluded=excluded, is_covered=True)
    ]


def to_decide(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Give the waiting requests that the actor may decide about."""
    waiting = ApprovalRequest.objects.filter(state=State.WAITING, due_at__gt=now())
    if actor.user_id is None:
        return waiting.none()
    told = decided()
    found = Q(pk__in=[])
    for hat in _hats(actor):
        for entity in all_entities():
            for limit in entity.all_limits:
                found |= _under(hat, entity, limit.name, told[limit.name], actor)
    mine = Q(asked_by_id=actor.user_id) | Q(excluded__contains=[actor.user_id])
    return waiting.filter(found).exclude(mine)


def hat_for(actor: Actor, request: ApprovalRequest) -> Hat | None:
    """Give the way in which the actor decides about a waiting request, by roles of hers first, or none."""
    entity = entity_named(request.entity)
    limit = next((each for each in entity.all_limits if each.name == request.limit), None)
    if limit is None or not may_decide(
        actor.user_id, asker_id=request.asked_by_id, excluded=request.excluded, is_covered=True
    ):
        return None
    told, about = deciding(limit), ApprovalRequest.objects.filter(pk=request.pk)
    hats = (
        hat for hat in _hats(actor) if about.filter(_under(hat, entity, limit.name, told, actor)).exists()
    )
    return next(hats, None)


def _hats(actor: Actor) -> list[Hat]:
    facts = actor.facts
    if facts is None:
        return []
    hats = [Hat(facts.role_codes, actor)]
    absent = {each.user_id for each in facts.deputy_for} - {actor.user_id}
    if absent:
        held = positions_on(today(), absent)
        for user in User.objects.filter(pk__in=absent, is_active=True).order_by("pk"):
            roles = frozenset(place.role_code for place in held.get(user.pk, ()))
            hats.append(Hat(roles, actor_for(user, Door.JOB), user.pk))
    return hats


def _under(hat: Hat, entity: Entity, limit: str, told: Deciding, actor: Actor) -> Q:
    """Say which requests about an entity come under the limits of these roles and are open to the holder."""
    bounds = [told.roles[role] for role in hat.roles if role in told.roles]
    if not bounds:
        return Q(pk__in=[])
    about = Q(limit=limit, entity=entity.name)
    if None not in bounds:
        about &= Q(amount__lte=max(each for each in bounds if each is not None))
    seen = entity.rows(actor, READ, deleted=None).filter(pk=OuterRef("record_id"))
    about &= Q(Exists(seen))
    if hat.for_id is not None:
        # What the absent one may not see she does not decide, and nobody for her; nor about her own.
        theirs = entity.rows(hat.reader, READ, deleted=None).filter(pk=OuterRef("record_id"))
        about &= Q(Exists(theirs)) & ~Q(asked_by_id=hat.for_id) & ~Q(excluded__contains=[hat.for_id])
    return about


def may_decide_anything(actor: Actor) -> bool:
    """Tell whether some limit that is on names one of the actor's roles, or of those she stands in for."""
    named = {role for each in decided().values() if each.is_on for role in each.roles}
    return bool(named) and any(hat.roles & named for hat in _hats(actor))
