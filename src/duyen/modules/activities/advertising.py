"""A call that advertised: noted with the call, and told where it was not allowed.

What was done is noted either way (docs/decisions/a-call-that-was-made-is-noted.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.fields import When
from duyen.foundation.access.actor import Actor
from duyen.modules.activities.words import ActivityKind, Direction
from duyen.modules.consents.actions import note_contact
from duyen.modules.consents.speaking import speaker_of
from duyen.modules.consents.words import Channel, Purpose

_AT = When("done_at", "")


def note(
    values: Mapping[str, object],
    typed: Mapping[str, str],
    *,
    actor: Actor,
    entity: Entity,
    row: Mapping[str, Any],
) -> str:
    """Note that an outgoing call advertised, where its writer says so; give the rule that forbade it.

    It counts for the person who was spoken to, where one is named, else for whom the record is about.
    """
    is_call = values.get("kind") == ActivityKind.CALL and values.get("direction") != Direction.IN
    if not (is_call and typed.get("advertises")):
        return ""
    kind, _colon, number = typed.get("whom", "").partition(":")
    named = {"id": int(number)} if number.isdecimal() and (kind, int(number)) in _about(values) else None
    party_id = speaker_of(kind, named) if named else speaker_of(entity.name, row)
    if party_id is None:
        return ""
    found = note_contact(party_id, Channel.CALL, Purpose.MARKETING, actor=actor, at=_moment(values))
    return "" if found.is_allowed else found.sentence


def _about(values: Mapping[str, object]) -> set[tuple[str, int]]:
    held = values.get("about")
    return set(held) if isinstance(held, list) else set()


def _moment(values: Mapping[str, object]) -> dt.datetime | None:
    given = values.get("done_at")
    moment = _AT.clean(given) if given else None
    return moment if isinstance(moment, dt.datetime) else None
