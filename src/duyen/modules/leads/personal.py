"""What leads hold of persons, and what an erasure makes of that: that somebody came stays, not who."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.personal.declared import By, Personal


def _without_company(held: object) -> object:
    """Keep that she spoke for an establishment: else its data would become hers."""
    return _("[company erased]") if held else ""


LEAD = Personal(
    ties=[By("party_id"), By("own_party_id")],
    erases={
        "raw": {},
        "name": _("[lead, personal data erased]"),
        "honorific": "",
        "job_title": "",
        "phones": [],
        "phone_notes": {},
        "emails": [],
        "email_notes": {},
        "company": _without_company,
        "tax_code": "",
        "personal_id": None,
        "personal_id_mac": None,
        "addresses": [],
        "ward_code": "",
        "province_code": "",
        "address_status": "",
        "source_detail": "",
        "tags": [],
        "need": "",
        "note": "",
    },
    plain="conversion",
)
