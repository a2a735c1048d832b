"""Words of the parties module."""

from __future__ import annotations

from enum import IntFlag, StrEnum


class PartyKind(StrEnum):
    """What a party is in law and life."""

    INDIVIDUAL = "INDIVIDUAL"
    HOUSEHOLD = "HOUSEHOLD"
    HOUSEHOLD_BUSINESS = "HOUSEHOLD_BUSINESS"
    ORGANISATION = "ORGANISATION"
    PUBLIC_BODY = "PUBLIC_BODY"


#: Kinds that are people rather than establishments: sorted by given name, addressed by honorific.
PERSONS = frozenset({PartyKind.INDIVIDUAL})


class PartyRole(IntFlag):
    """What a party is to us; one party may be several things at once.

    Who is only a LEAD is known by leads alone, and is not verified: it stands in no list and no search.
    """

    CUSTOMER = 1
    CONTACT = 2
    LEAD = 4


#: The roles in which a party stands in lists, with a number of its own.
KNOWN_ROLES = PartyRole.CUSTOMER | PartyRole.CONTACT


class RelationshipState(StrEnum):
    """Where the relationship with a customer stands (process §2.13)."""

    ATTRACTING = "ATTRACTING"
    ONBOARDING = "ONBOARDING"
    DEVELOPING = "DEVELOPING"
    RETAINING = "RETAINING"
    AT_RISK_NOTICE = "AT_RISK_NOTICE"
    LOST = "LOST"
    WIN_BACK = "WIN_BACK"
    TERMINATED = "TERMINATED"


class TieKind(StrEnum):
    """How two parties are tied; the tie leads from the first named to the second."""

    WORKS_AT = "WORKS_AT"
    LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE"
    SUBSIDIARY_OF = "SUBSIDIARY_OF"
    MEMBER_OF_HOUSEHOLD = "MEMBER_OF_HOUSEHOLD"


class ContactRole(StrEnum):
    """What a contact decides at an organisation."""

    DECISION_MAKER = "DECISION_MAKER"
    INFLUENCER = "INFLUENCER"
    END_USER = "END_USER"
    GATEKEEPER = "GATEKEEPER"
    OTHER = "OTHER"
