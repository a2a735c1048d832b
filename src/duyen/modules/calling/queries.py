"""Reads of the calling module: whose turn it is, and what was done today."""

from __future__ import annotations

import datetime as dt
from itertools import takewhile
from typing import Any

from django.db.models import Count, F, Q

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel
from duyen.foundation.org.models import User
from duyen.kernel.clock import ZONE, now, today
from duyen.modules.activities.queries import last_done_about, open_about, outcomes_about
from duyen.modules.activities.words import ActivityKind, ActivityState
from duyen.modules.calling import rules
from duyen.modules.calling.rules import Queue, Waiting
from duyen.modules.leads.words import LeadState

#: So many leads of one person are looked at, the most urgent first.
MOST = 200
_TRIES = 10
_COLUMNS = (
    *("id", "name", "company", "state", "temperature", "created_at", "first_due_at", "next_action_on"),
    "score",
)


def queue(actor: Actor) -> Queue:
    """Give whom the actor calls next of her own leads, by five queries however many there are.

    The index `leads_of_an_owner` finds them.
    """
    rows = [
        *_own(actor)
        .filter(state=LeadState.ASSIGNED.value)
        .filter(_its_day_came())
        .order_by(F("first_due_at").asc(nulls_last=True), "pk")
        .values(*_COLUMNS)[:MOST]
    ]
    others = _own(actor).filter(
        Q(next_action_on__lte=today())
        | Q(next_action_on=None, state__in=[LeadState.CONTACTED.value, LeadState.QUALIFIED.value]),
        state__in=[each.value for each in rules.CALLED if each is not LeadState.ASSIGNED],
    )
    rows += others.order_by(F("next_action_on").asc(nulls_last=True), "pk").values(*_COLUMNS)[:MOST]
    ids = [row["id"] for row in rows]
    planned, called = planned_calls(actor, ids), last_done_about("leads", ids)
    sees_score = entity_named("leads").level(actor, "score") is not FieldLevel.HIDDEN
    return rules.queue_of(
        (
            Waiting(
                **{**row, "score": row["score"] if sees_score else None},
                promised_at=planned[row["id"]]["due_at"] if row["id"] in planned else None,
                called_at=called.get(row["id"]),
            )
            for row in rows
        ),
        now(),
    )


def _own(actor: Actor) -> Any:
    return entity_named("leads").rows(actor, CHANGE).filter(owner_id=actor.user_id)


def _its_day_came() -> Q:
    return Q(next_action_on=None) | Q(next_action_on__lte=today())


def planned_calls(actor: Actor, lead_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Give the first open call that the actor planned for each of some leads, where there is one."""
    found: dict[int, dict[str, Any]] = {}
    for lead_id, held in open_about("leads", lead_ids).items():
        own = (
            each
            for each in held
            if each["kind"] == ActivityKind.CALL and each["owner_id"] == actor.user_id and each["due_at"]
        )
        first = min(own, key=lambda each: each["due_at"], default=None)
        if first is not None:
            found[lead_id] = first
    return found


def done_today(actor: Actor) -> dict[str, int]:
    """Count the calls about leads that the actor made today, by outcome.

    The index `activities_of_an_owner` finds them.
    """
    start = dt.datetime.combine(today(), dt.time(), ZONE)
    calls = (
        entity_named("activities")
        .rows(actor)
        .filter(
            owner_id=actor.user_id,
            at__gte=start,
            at__lt=start + dt.timedelta(days=1),
            kind=ActivityKind.CALL.value,
            state=ActivityState.DONE.value,
            about__contains=[{"entity": "leads"}],
        )
    )
    return dict(calls.values_list("outcome").order_by("outcome").annotate(Count("pk")))


def tries(lead_id: int) -> int:
    """Count how often nobody answered in a row, up to now."""
    latest = outcomes_about("leads", lead_id, kind=ActivityKind.CALL, limit=_TRIES)
    return sum(1 for _each in takewhile(lambda outcome: outcome == "NO_ANSWER", latest))


def name_of(user_id: int | None) -> str:
    """Give the name of a user; nothing where there is none."""
    found = User.objects.filter(pk=user_id or 0).values_list("full_name", flat=True).order_by("pk").first()
    return found or ""
