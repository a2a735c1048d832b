"""Leads whose owner let twice the time of the first contact pass go back to the pool by themselves."""

from __future__ import annotations

from django.utils.translation import gettext

from duyen.entities.errors import NotFound
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.kernel.clock import now
from duyen.modules.leads import queries
from duyen.modules.leads.actions.intake import NAME


def reclaim_late() -> int:
    """Take back what is late, and count it; one with which somebody was in touch stays with its owner."""
    actor, leads = system_actor("Leads", door=Door.JOB), entity_named(NAME)
    told = {"note": gettext("Nobody spoke to them in twice the time of a first contact.")}
    count = 0
    late = queries.to_reclaim(now())
    touched = queries.touched(late)
    for lead_id in late:
        if lead_id in touched:
            continue
        try:
            perform(leads, "reclaim", lead_id, actor=actor, arguments=told)
        except (NotNow, NotFound):
            continue
        count += 1
    return count
