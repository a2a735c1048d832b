"""Leads on which nobody works any more: of somebody who wants to be forgotten, and those that nobody uses."""

from __future__ import annotations

from collections.abc import Sequence

from duyen.entities.bulk.rules import Fate
from duyen.entities.bulk.stepping import perform_many
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


def end_unused(lead_ids: Sequence[int], *, by: str, note: str) -> frozenset[int]:
    """Give leads up that nobody uses, before they are erased; those that ended or lie in the bin stay so.

    `by` names the part of the system that does it. Gives those that something holds back: they stay.
    """
    ids = queries.open_among(lead_ids)
    if not ids:
        return frozenset()
    told = {"disqualify_reason": Reason.KEPT_NO_LONGER, "note": note}
    actor = system_actor(by, door=Door.JOB)
    done = perform_many(entity_named(NAME), "disqualify", ids, actor=actor, arguments=told)
    return frozenset(each.id for each in done.outcomes if each.fate is Fate.REFUSED)
