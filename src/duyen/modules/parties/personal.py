"""What parties, their roles and their ties hold of persons, and what an erasure makes of that."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import Choice, Day, Flag, Link, Option
from duyen.entities.personal.declared import NOBODY, By, Herself, Personal, Row
from duyen.entities.personal.holding import hold
from duyen.modules.parties import choices
from duyen.modules.parties.models import PartyInRole, PartyTally, Tie
from duyen.modules.parties.words import PartyKind, PartyRole

#: Whose data are those of people: of a household business they are its owner's.
_PEOPLE = (PartyKind.INDIVIDUAL, PartyKind.HOUSEHOLD, PartyKind.HOUSEHOLD_BUSINESS)


def _is_person(row: Row) -> bool:
    return row["kind"] in _PEOPLE


PARTY = Personal(
    ties=[Herself(_is_person, _("this is an organisation. Choose the person who works there."))],
    erases={
        "name": _("[personal data erased]"),
        "short_name": "",
        "honorific": "",
        "phones": [],
        "phone_notes": {},
        "emails": [],
        "email_notes": {},
        "tax_code": "",
        "personal_id": None,
        "personal_id_mac": None,
        "born_on": None,
        "addresses": [],
        "ward_code": "",
        "province_code": "",
        "address_status": "",
        "source_detail": "",
        "tags": [],
        "note": "",
        "completeness": None,
    },
    plain="kind industry legal_form size_band revenue_band source relationship_state",
)
_ROLES = (
    Option(PartyRole.CUSTOMER.name or "", _("Customer")),
    Option(PartyRole.CONTACT.name or "", _("Contact")),
    Option(PartyRole.LEAD.name or "", _("Lead")),
)
hold(
    PartyInRole,
    Personal(ties=[By("party_id")], erases={"details": {}}, plain="role"),
    _("Roles"),
    tells={
        "role": Choice("role", _("Role"), options=_ROLES),
        "since": Day("since", _("Since")),
        "until": Day("until", _("Last day")),
    },
)
hold(
    Tie,
    Personal(ties=[By("party_id")], erases={"job_title": "", "note": ""}, plain="kind role"),
    _("Ties"),
    tells={
        "kind": Choice("kind", _("Tie"), options=choices.TIE_KINDS),
        "to_party_id": Link("to_party", _("With whom"), to="customers"),
        "job_title": _("Job title"),
        "role": Choice("role", _("Role"), options=choices.CONTACT_ROLES),
        "is_main": Flag("is_main", _("Main contact")),
        "since": Day("since", _("Since")),
        "until": Day("until", _("Last day")),
        "note": _("Note"),
    },
)
hold(PartyTally, NOBODY)
