"""What lies behind leads that come from elsewhere: since when each stood where it stands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.entities.writing import update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.modules.leads import queries
from duyen.modules.leads.actions.life import clock_from
from duyen.modules.leads.models import Lead


@dataclass(frozen=True)
class Past:
    """What is known of a lead: when it came, where it stands and since when, and what happened on the way."""

    made_at: dt.datetime
    state: str
    since: dt.datetime
    assigned_at: dt.datetime | None = None
    first_response_at: dt.datetime | None = None
    next_action_on: dt.date | None = None
    disqualify_reason: str = ""


def note_past(pasts: Mapping[int, Past], *, actor: Actor) -> None:
    """Say what lies behind leads, by their ids; only the system knows that. Raises NotAllowed."""
    if not actor.is_system:
        raise NotAllowed(why=_("only the system opens records with a past."))
    with transaction.atomic():
        trail.begin(actor, "leads.note_past")
        known = queries.clocked(pasts)
        alike = defaultdict[tuple[str, ...], dict[int, dict[str, Any]]](dict)
        for lead_id, past in pasts.items():
            temperature, unit_id = known[lead_id]
            columns: dict[str, Any] = {
                "state": past.state,
                "state_since": past.since,
                "created_at": past.made_at,
                "updated_at": past.since,
                "first_response_at": past.first_response_at,
                "next_action_on": past.next_action_on,
                "disqualify_reason": past.disqualify_reason,
            }
            if past.assigned_at is not None:
                columns |= clock_from(past.assigned_at, temperature=temperature, unit_id=unit_id)
            alike[tuple(columns)][lead_id] = columns
        for rows in alike.values():
            update_rows(Lead, rows, alike={})
