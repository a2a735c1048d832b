"""Reads of handovers: what waits for somebody, and what became of what she handed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.org.models import Position, Unit, User
from duyen.kernel.clock import today
from duyen.modules.handovers.models import Handover
from duyen.modules.handovers.words import HandoverState

Row = Mapping[str, Any]
MOST = 100
#: What whoever decides about a handover reads of its lead, whoever owns that.
TOLD = ("name", "company", "need", "source", "temperature", "state", "first_response_at", "created_at")


def waiting_leads(lead_ids: Collection[int]) -> dict[int, tuple[int | None, int]]:
    """Give for those of some leads that wait for an answer to whom they were handed: person and unit."""
    held = Handover.objects.filter(lead_id__in=list(lead_ids), state=HandoverState.WAITING.value)
    return {lead: (person, unit) for lead, person, unit in held.values_list("lead_id", "to_id", "unit_id")}


def ties_of_waiting() -> QuerySet[Handover, Any]:
    """Tie handovers that wait to their leads, for statements of others; its column is lead_id."""
    return Handover.objects.filter(state=HandoverState.WAITING.value).order_by().values("lead_id")


def for_me(actor: Actor) -> Q:
    """Say which handovers are the actor's to answer: to her, or to a unit of which she works on leads."""
    if actor.is_system or not actor.may("leads", CHANGE):
        return Q(pk__in=[])
    facts = actor.scope("leads", CHANGE)
    if facts.everything:
        return Q()
    units = set(facts.units)
    if actor.facts is not None and actor.facts.home_unit_id is not None:
        units.add(actor.facts.home_unit_id)
    return Q(to_id__in=sorted({*facts.owners, actor.user_id or 0})) | Q(to_id=None, unit_id__in=sorted(units))


def to_answer(actor: Actor, *, after: int | None = None) -> QuerySet[Handover]:
    """Give the handovers that wait for the actor's answer, but those that she handed over herself.

    The first due first; those behind the one named `after`, where one is.
    """
    held = Handover.objects.filter(for_me(actor), state=HandoverState.WAITING.value)
    held = held.exclude(by_id=actor.user_id or 0).order_by("due_at", "pk")
    last = Handover.objects.filter(pk=after).values_list("due_at", flat=True).first() if after else None
    if after and last is None:
        return held.none()
    return held.filter(Q(due_at__gt=last) | Q(due_at=last, pk__gt=after)) if last else held


def handed_by(actor: Actor, *, before: int | None = None) -> QuerySet[Handover]:
    """Give what the actor handed over, the newest first; what is older than the one named, where one is."""
    held = Handover.objects.filter(by_id=actor.user_id or 0).order_by("-handed_at", "-pk")
    return held.filter(pk__lt=before) if before else held


def accepted_by(actor: Actor, handover_id: int) -> Handover | None:
    """Give one handover where the actor accepted it."""
    held = Handover.objects.filter(pk=handover_id, answered_by_id=actor.user_id or 0)
    return held.filter(state=HandoverState.ACCEPTED.value).order_by("pk").first()


def open_to(actor: Actor) -> QuerySet[Handover]:
    """Give the handovers of which the actor is told: hers to answer, answered or not, and those she made."""
    return Handover.objects.filter(for_me(actor) | Q(by_id=actor.user_id or 0))


def waiting_of(lead_ids: Collection[int]) -> dict[int, int]:
    """Give the handovers that wait for an answer, by their leads."""
    held = Handover.objects.filter(lead_id__in=list(lead_ids), state=HandoverState.WAITING.value)
    return dict(held.values_list("lead_id", "pk"))


def last_of(lead_id: int) -> Handover | None:
    """Give the last handover of a lead."""
    return Handover.objects.filter(lead_id=lead_id).order_by("-pk").first()


def facts_of(lead_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give what is told of some leads to those between whom they were handed over."""
    rows = entity_named("leads").model._default_manager.filter(pk__in=list(lead_ids), deleted_at=None)
    return {row.pop("pk"): row for row in rows.order_by("pk").values("pk", *TOLD)}


def open_leads(actor: Actor, lead_ids: Collection[int]) -> set[int]:
    """Give those of some leads that are open to the actor."""
    rows = entity_named("leads").rows(actor).filter(pk__in=list(lead_ids)).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def names_of(
    user_ids: Collection[int | None], unit_ids: Collection[int]
) -> tuple[dict[int, str], dict[int, str]]:
    """Name people and units by their ids."""
    people = User.objects.filter(pk__in=[each for each in user_ids if each]).order_by("pk")
    units = Unit.objects.filter(pk__in=list(unit_ids)).order_by("pk")
    return dict(people.values_list("pk", "full_name")), dict(units.values_list("pk", "name"))


def people_of(unit_id: int) -> list[User]:
    """List those who have a position in a unit today and may sign in."""
    day = today()
    held = Position.objects.filter(unit_id=unit_id, since__lte=day).filter(Q(until=None) | Q(until__gte=day))
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("pk"))


def overdue(moment: dt.datetime) -> Sequence[Handover]:
    """List the handovers that nobody answered in time, and of which nobody was told, the first due first."""
    held = Handover.objects.filter(state=HandoverState.WAITING.value, late_at=None, due_at__lte=moment)
    return list(held.order_by("due_at", "pk")[:500])
