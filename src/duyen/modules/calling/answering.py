"""Reads of the speed to answer: who waits for a first contact now, and how fast they came lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.calendars import working_times_of_units
from duyen.foundation.org.models import Unit, User
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.working_time import working_time_between
from duyen.modules.calling.speed import First
from duyen.modules.leads.words import LeadState

DAYS = 30
SOON = dt.timedelta(hours=1)
#: So many first contacts are looked at, the latest due first; the page says so.
MOST = 5_000


@dataclass(frozen=True)
class Waiting:
    """How many leads of one person in one unit wait for a first contact: overdue, due soon, later."""

    owner_id: int | None
    unit_id: int
    late: int
    soon: int
    later: int


@dataclass(frozen=True)
class Lately:
    """One first contact that fell due: whose lead, from which source, and how it went."""

    owner_id: int | None
    source: str
    first: First


def since() -> dt.datetime:
    """Give from when on first contacts are looked at: midnight so many days ago."""
    return dt.datetime.combine(today() - dt.timedelta(days=DAYS), dt.time(), ZONE)


def waiting_now(actor: Actor) -> list[Waiting]:
    """Count the leads that wait for a first contact, as far as the actor sees them, by one statement.

    The index `leads_to_be_taken_back` holds just these.
    """
    moment = now()
    rows = entity_named("leads").rows(actor).filter(state=LeadState.ASSIGNED.value, reclaim_at__isnull=False)
    counted = (
        rows.order_by()
        .values("owner_id", "unit_id")
        .annotate(
            late=Count("pk", filter=Q(first_due_at__lt=moment)),
            soon=Count("pk", filter=Q(first_due_at__gte=moment, first_due_at__lt=moment + SOON)),
            later=Count("pk", filter=Q(first_due_at__gte=moment + SOON)),
        )
    )
    found = [Waiting(**row) for row in counted]
    return sorted(
        found, key=lambda each: (-each.late, -each.soon, -each.later, each.owner_id or 0, each.unit_id)
    )


def lately(actor: Actor) -> list[Lately]:
    """Give the first contacts that fell due in the last 30 days, as far as the actor sees their leads.

    The index `leads_by_first_contact` finds them.
    """
    moment = now()
    rows = entity_named("leads").rows(actor).filter(first_due_at__gte=since(), first_due_at__lt=moment)
    columns = ("owner_id", "unit_id", "source", "assigned_at", "first_due_at", "first_response_at")
    found = list(rows.order_by("-first_due_at", "-pk").values_list(*columns)[:MOST])
    hours = working_times_of_units(sorted({unit for _owner, unit, *_rest in found}))
    return [
        Lately(owner, source, _first(assigned, due, came, hours[unit]))
        for owner, unit, source, assigned, due, came in found
    ]


def _first(assigned: dt.datetime | None, due: dt.datetime, came: dt.datetime | None, hours: Any) -> First:
    if came is None or assigned is None:
        return First(None, in_time=False)
    # Who was spoken to before the lead was assigned was not waited for.
    took = working_time_between(assigned, came, hours) if came > assigned else dt.timedelta()
    return First(took, in_time=came <= due)


def names_of(
    owners: Sequence[int | None], units: Sequence[int]
) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Name people and units by their ids."""
    people = User.objects.filter(pk__in=[each for each in owners if each]).order_by("pk")
    places = Unit.objects.filter(pk__in=list(units)).order_by("pk")
    return dict(people.values_list("pk", "full_name")), dict(places.values_list("pk", "name"))
