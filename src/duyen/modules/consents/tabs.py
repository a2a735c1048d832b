"""What the page of a customer or contact shows of consents. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from duyen.entities.fields import Option
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, READ, FieldLevel
from duyen.kernel.clock import today
from duyen.modules.consents import choices, queries
from duyen.modules.consents.queries import Permission
from duyen.modules.consents.speaking import speaker_of
from duyen.modules.consents.telling import FORBIDDEN
from duyen.modules.consents.words import Channel, ConsentState, Purpose, Why

Row = Mapping[str, Any]
#: For what one asks on the page of a person, in this order.
_PURPOSES = (Purpose.MARKETING, Purpose.SURVEY, Purpose.SERVICE)
#: What a reader has to see of consents before anything is told of them.
_TOLD = ("party", "purpose", "channels", "state", "given_at", "expires_on", "evidence", "refused_channels")


@dataclass(frozen=True)
class Answer:
    """What may be done by one channel for one purpose, and why."""

    channel: Option
    found: Permission


@dataclass(frozen=True)
class Shown:
    """One consent as a line of the page; `may_withdraw` says whether the reader can end it."""

    row: Row
    purpose: Option
    channels: Sequence[str]
    state: str
    tone: str
    may_withdraw: bool


def is_open(actor: Actor) -> bool:
    """Tell whether the reader may be told of consents at all."""
    consents = entity_named("consents")
    levels = (consents.level(actor, each) for each in _TOLD)
    return actor.may("consents", READ) and FieldLevel.HIDDEN not in levels


def consents_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Show what may be done today by which channel and for what, and the consents behind it."""
    if not is_open(actor):
        return {"is_open": False}
    asks = [(channel, purpose) for purpose in _PURPOSES for channel in Channel]
    found = queries.permissions_of([row["id"]], asks)
    channels = {each.code: each for each in choices.CHANNELS}
    answers = [
        (
            _purpose(purpose),
            [Answer(channels[channel], found[row["id"], channel, purpose]) for channel in Channel],
        )
        for purpose in _PURPOSES
    ]
    return {
        "is_open": True,
        "row": row,
        "answers": answers,
        "consents": _shown(actor, row),
        "contacts": [
            {
                **each,
                "channel": str(channels[each["channel"]].label),
                "purpose": _purpose(each["purpose"]).label,
                "forbidden": FORBIDDEN[Why(each["denied_by"])] if each["denied_by"] else "",
            }
            for each in queries.contacts_with(row["id"])
        ],
        "new_url": _new_url(actor, row),
        "is_binned": row.get("deleted_at") is not None,
    }


def words_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Show the words under which somebody agreed."""
    texts = entity_named("consent_texts")
    is_told = actor.may("consent_texts", READ) and texts.level(actor, "words") is not FieldLevel.HIDDEN
    return {"text": queries.words_of(row["id"]) if is_told else None}


def consents_in_short(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Show in short what somebody agreed to."""
    if not is_open(actor):
        return {}
    shown = _shown(actor, row)
    # Without a consent nobody is reached, so that nothing more is asked.
    asks = [(channel, Purpose.MARKETING) for channel in Channel] if shown else []
    found = queries.permissions_of([row["id"]], asks).values() if asks else ()
    words = {each.code: str(each.label) for each in choices.CHANNELS}
    return {
        "row": row,
        "consents": shown,
        "new_url": _new_url(actor, row),
        "reached_by": [words[each.channel] for each in found if each.is_agreed],
    }


def _new_url(actor: Actor, row: Row) -> str:
    scope = actor.scope("consents", CREATE)
    is_free = row.get("deleted_at") is None and actor.may("consents", CREATE)
    may = is_free and scope.covers(record_id=0, owner_id=row["owner_id"], unit_id=row["unit_id"])
    return f"/consents/new?{urlencode({'party': row['id']})}" if may else ""


def _shown(actor: Actor, row: Row) -> list[Shown]:
    readable = actor.scope("consents", READ)
    changeable = actor.scope("consents", CHANGE)
    words = {each.code: str(each.label) for each in choices.CHANNELS}
    found = []
    for each in queries.consents_of(row["id"]):
        whose = {"record_id": each["id"], "owner_id": each["owner_id"], "unit_id": each["unit_id"]}
        if not readable.covers(**whose):
            continue
        is_given = each["state"] == ConsentState.GIVEN
        state, tone = _standing(each)
        left = [
            code for code in each["channels"] if is_given is False or code not in each["refused_channels"]
        ]
        found.append(
            Shown(
                row=each,
                purpose=_purpose(each["purpose"]),
                channels=[words[code] for code in left],
                state=state,
                tone=tone,
                may_withdraw=is_given and changeable.covers(**whose),
            )
        )
    return found


def _standing(row: Row) -> tuple[str, str]:
    """Give how a consent stands today, and the tone of its badge."""
    known = choices.STATES.held().by_code[row["state"]]
    if row["state"] == ConsentState.GIVEN and row["expires_on"] < today():
        return str(choices.EXPIRED), "amber"
    return str(known.label), known.tone


def _purpose(code: str) -> Option:
    return choices.PURPOSES.held().by_code[code]


def calls_now(actor: Actor, entity: str, row: Row) -> Permission | None:
    """Tell whether a call to a record may advertise now; nothing where nobody is behind it."""
    party_id = speaker_of(entity, row) if is_open(actor) else None
    return queries.contact_permission(party_id, Channel.CALL, Purpose.MARKETING) if party_id else None
