"""Words of the module: what a person may ask for about her data, and how far the answer is."""

from __future__ import annotations

from enum import StrEnum


class RequestKind(StrEnum):
    """What a person asks for about her data: law 91/2025/QH15, article 4."""

    ACCESS = "ACCESS"
    CORRECT = "CORRECT"
    DELETE = "DELETE"
    WITHDRAW = "WITHDRAW"
    RESTRICT = "RESTRICT"
    OBJECT = "OBJECT"


class RequestState(StrEnum):
    """How far the answer is."""

    RECEIVED = "RECEIVED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    VERIFIED = "VERIFIED"
    DONE = "DONE"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


#: States in which something is still to be done.
OPEN = (RequestState.RECEIVED, RequestState.ACKNOWLEDGED, RequestState.VERIFIED)


#: What stops advertising to the person once it is done.
STOPPING = (RequestKind.WITHDRAW, RequestKind.RESTRICT, RequestKind.OBJECT)


class ReceivedBy(StrEnum):
    """By which way the request came."""

    COUNTER = "COUNTER"
    CALL = "CALL"
    MAIL = "MAIL"
    LETTER = "LETTER"
    WEB = "WEB"


class ProvenBy(StrEnum):
    """What proved that the person is the one whose data it is about."""

    ID_CARD = "ID_CARD"
    VNEID = "VNEID"
    CALL_BACK = "CALL_BACK"
    KNOWN_ADDRESS = "KNOWN_ADDRESS"
    POWER_OF_ATTORNEY = "POWER_OF_ATTORNEY"
