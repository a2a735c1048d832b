"""Words of the consents module."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """By which way somebody is reached."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    CALL = "CALL"
    ZALO = "ZALO"
    POST = "POST"


#: Channels that reach a phone number.
BY_PHONE = frozenset({Channel.SMS, Channel.CALL, Channel.ZALO})


class Purpose(StrEnum):
    """What somebody is contacted for, or what data are processed for."""

    SERVICE = "SERVICE"
    LEGAL = "LEGAL"
    MARKETING = "MARKETING"
    SURVEY = "SURVEY"
    SHARING = "SHARING"


class LegalBasis(StrEnum):
    """On what in law a purpose rests."""

    CONTRACT = "CONTRACT"
    LAW = "LAW"
    CONSENT = "CONSENT"


class DataKind(StrEnum):
    """Kinds of personal data that a consent names."""

    CONTACT = "CONTACT"
    PROFILE = "PROFILE"
    PURCHASES = "PURCHASES"
    USAGE = "USAGE"
    LOCATION = "LOCATION"


class ConsentState(StrEnum):
    """Whether a consent stands, or was withdrawn. That one expired follows from its last day."""

    GIVEN = "GIVEN"
    WITHDRAWN = "WITHDRAWN"


class GivenBy(StrEnum):
    """In which form a consent was given; silence is none of them."""

    PAPER = "PAPER"
    FORM = "FORM"
    RECORDING = "RECORDING"
    MESSAGE = "MESSAGE"
    MAIL = "MAIL"


class RefusedBy(StrEnum):
    """How somebody withdrew a consent or refused to be contacted."""

    LINK = "LINK"
    REPLY = "REPLY"
    VOICE = "VOICE"
    COUNTER = "COUNTER"
    LETTER = "LETTER"


class Per(StrEnum):
    """The time over which the contacts that somebody agreed to are counted."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


class RuleKind(StrEnum):
    """What about advertising the law sets by a number that may change."""

    SMS_HOURS = "SMS_HOURS"
    CALL_HOURS = "CALL_HOURS"
    SMS_CAP = "SMS_CAP"
    EMAIL_CAP = "EMAIL_CAP"
    CALL_CAP = "CALL_CAP"
    LIST_AGE = "LIST_AGE"


class Why(StrEnum):
    """The rule by which a contact is allowed or denied."""

    CONTRACT = "contract"
    LAW = "law"
    CONSENT = "consent"
    NO_ADDRESS = "no_address"
    REFUSED = "refused"
    ON_THE_LIST = "on_the_list"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NO_CONSENT = "no_consent"
    LIST_UNCHECKED = "list_unchecked"
    OWN_CAP = "own_cap"
    CAP = "cap"
    HOURS = "hours"


#: Rules that allow a contact; all others deny it.
ALLOWING = frozenset({Why.CONTRACT, Why.LAW, Why.CONSENT})
#: Rules that deny for a while, to whoever agreed.
PASSING = frozenset({Why.LIST_UNCHECKED, Why.OWN_CAP, Why.CAP, Why.HOURS})
