"""The file of customers that stores and shops hand in, and how its lines become customers."""

from __future__ import annotations

from collections.abc import Mapping

from duyen.entities.file_formats import FileFormat
from duyen.kernel.text import clean, fold
from duyen.modules.parties.words import PartyKind

_KINDS = {
    "person": PartyKind.INDIVIDUAL,
    "company": PartyKind.ORGANISATION,
    "household": PartyKind.HOUSEHOLD,
    "household_business": PartyKind.HOUSEHOLD_BUSINESS,
    "public_body": PartyKind.PUBLIC_BODY,
}

_SOURCES = {
    "pos": "POS",
    "store": "STORE",
    "web": "WEB",
    "facebook": "FACEBOOK",
    "zalo": "ZALO",
    "referral": "REFERRAL",
    "hotline": "HOTLINE",
    "telesales": "TELESALES",
    "event": "EVENT",
    "agent": "AGENT",
    "import": "IMPORT",
}
_OTHER_SOURCE = "OTHER"

_PLAIN = {
    "name": "name",
    "tax_code": "tax_code",
    "dob": "born_on",
    "created_at": "known_since",
}
_LISTS = {"phone": "phones", "email": "emails"}
_ADDRESS = {"street": "line", "ward": "ward", "district": "district", "province": "province"}


def read_line(cells: Mapping[str, str]) -> dict[str, object]:
    """Turn one line into a customer's values; what cannot be read is refused by the fields themselves.

    Addresses stay as entered, before and after 1/7/2025 alike. A source that is not among ours is
    kept in its own words.
    """
    values: dict[str, object] = {"kind": _kind(cells.get("kind", ""))}
    for head, name in _PLAIN.items():
        if cells.get(head, "").strip():
            values[name] = cells[head]
    for head, name in _LISTS.items():
        if cells.get(head, "").strip():
            values[name] = [part for part in cells[head].split(";") if part.strip()]
    address = {part: cells[head] for head, part in _ADDRESS.items() if cells.get(head, "").strip()}
    if address:
        values["addresses"] = [address]
    return {**values, **_source(cells.get("source", ""))}


def _kind(cell: str) -> str:
    """Give the kind behind the file's word; another word goes to the field, which says what it takes."""
    word = fold(cell)
    return _KINDS.get(word, cell.strip()) if word else PartyKind.INDIVIDUAL


def _source(cell: str) -> dict[str, object]:
    given = clean(cell)
    if not given:
        return {}
    known = _SOURCES.get(fold(given))
    return {"source": known} if known else {"source": _OTHER_SOURCE, "source_detail": given}


CUSTOMER_FILE = FileFormat(
    name="customers",
    needed=("name", "kind"),
    known=(*_PLAIN, *_LISTS, *_ADDRESS, "source"),
    # The number of the line in the file it came from, how its address is written, and what a
    # clean-up found out about doubles: nothing of a customer.
    ignored=("rec_id", "addr_system", "is_dup", "true_id"),
    read=read_line,
)
