"""Keep a consent that somebody gave, on a form, on paper or by word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done
from duyen.foundation.access.actor import Actor
from duyen.modules.consents.words import Channel, GivenBy
from duyen.modules.parties.queries import standings


@dataclass(frozen=True)
class NewConsent:
    """A consent as it was given: under which text, for which channels, in which form, proven by what."""

    party_id: int
    text_id: int
    channels: Collection[Channel]
    given_by: GivenBy
    evidence: str
    given_at: dt.datetime
    note: str = ""


def give_consent(given: NewConsent, *, actor: Actor) -> Done:
    """Keep a consent. Raises InvalidValues or NotAllowed."""
    values: dict[str, object] = {
        "party": given.party_id,
        "text": given.text_id,
        "channels": [each.value for each in given.channels],
        "given_by": given.given_by.value,
        "evidence": given.evidence,
        "given_at": given.given_at,
        "note": given.note,
    }
    party = standings([given.party_id]).get(given.party_id)
    if actor.is_system and party is not None:  # it works nowhere: what it makes has no unit by itself
        values["unit"] = party["unit_id"]
    return standard.create(entity_named("consents"), actor=actor, values=values)
