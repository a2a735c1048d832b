"""Stop advertising to whoever asked for it, also before she is erased: the refusal outlives her record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.modules.consents.actions import refuse
from duyen.modules.consents.words import Channel, RefusedBy
from duyen.modules.subject_requests.queries import person_of
from duyen.modules.subject_requests.words import ReceivedBy

#: By which way a request came, as a refusal tells it.
_REFUSED_BY = {
    ReceivedBy.COUNTER: RefusedBy.COUNTER,
    ReceivedBy.CALL: RefusedBy.VOICE,
    ReceivedBy.MAIL: RefusedBy.REPLY,
    ReceivedBy.LETTER: RefusedBy.LETTER,
    ReceivedBy.WEB: RefusedBy.LINK,
}


def refused_by(row: Mapping[str, Any]) -> str:
    """Give the way in which the person of a request refuses, as refusals tell it."""
    return _REFUSED_BY[ReceivedBy(row["received_by"])].value


def stop_advertising(row: Mapping[str, Any]) -> None:
    """Refuse advertising and surveys to the person of a request by every channel. The trail must be open."""
    found = person_of(row)
    if found is not None:
        refuse(found[1], list(Channel), refused_by=refused_by(row), words=str(row["code"]))
