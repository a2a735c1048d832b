"""The ticket by which a browser comes to the live process: signed, for a minute, for one origin.

The pages write it for whoever is signed in, after they asked what she may read; the live process reads it
and knows nothing else of her. Both have the installation's key. Needs no tables, so that the live process
stays small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, TimestampSigner

from duyen.foundation.database.secrets import hmac_key

SECONDS = 60
_SALT = "duyen.live"


class BadTicket(Exception):
    """The ticket is old, forged, or no ticket."""


@dataclass(frozen=True)
class Ticket:
    """Who comes, by which session, from which origin, and the records she looks at, by family and id."""

    user_id: int
    session: str
    origin: str
    epoch: int
    records: tuple[tuple[str, int], ...]


def write_ticket(ticket: Ticket) -> str:
    """Sign a ticket; it is good for a minute."""
    kept = [
        ticket.user_id,
        ticket.session,
        ticket.origin,
        ticket.epoch,
        [list(each) for each in ticket.records],
    ]
    return _signer().sign_object(kept, compress=True)


def read_ticket(text: str) -> Ticket:
    """Read a ticket. Raises BadTicket."""
    try:
        user_id, session, origin, epoch, records = _signer().unsign_object(text, max_age=SECONDS)
    except (BadSignature, ValueError) as error:
        raise BadTicket from error
    return Ticket(user_id, session, origin, epoch, tuple((family, number) for family, number in records))


def _signer() -> TimestampSigner:
    return TimestampSigner(key=hmac_key(), salt=_SALT, fallback_keys=[])


def as_payload(told: Mapping[str, Any]) -> tuple[Sequence[int], tuple[tuple[str, int], ...]]:
    """Read what was said on the channel: whose notices, and which records."""
    records = tuple((str(told["f"]), int(number)) for number in told.get("r", ())) if "f" in told else ()
    return [int(each) for each in told.get("u", ())], records
