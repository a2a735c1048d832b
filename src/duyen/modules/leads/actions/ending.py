"""Leads on which nobody works any more: of somebody who wants to be forgotten, and those that nobody uses."""

from __future__ import annotations

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.modules.leads import queries
from duyen.modules.leads.actions.intake import NAME
from duyen.modules.leads.words import Reason


def end_leads_of(party_id: int, *, by: str, refused_by: str, note: str) -> None:
    """Give up every open lead in which a party speaks, as one who wants no contact. The trail must be open.

    `by` names the part of the system that does it, `refused_by` how she said so.
    """
    told = {"disqualify_reason": Reason.NO_CONTACT_WANTED, "refused_by": refused_by, "note": note}
    for lead_id in queries.open_of_speaker(party_id):
        with trail.within():
            perform(entity_named(NAME), "disqualify", lead_id, actor=system_actor(by), arguments=told)


def end_unused(lead_id: int, *, by: str, note: str) -> None:
    """Give a lead up that nobody uses, before it is erased; one that ended or lies in the bin stays so.

    `by` names the part of the system that does it. Raises Restricted.
    """
    if queries.is_open(lead_id):
        told = {"disqualify_reason": Reason.KEPT_NO_LONGER, "note": note}
        perform(
            entity_named(NAME), "disqualify", lead_id, actor=system_actor(by, door=Door.JOB), arguments=told
        )
