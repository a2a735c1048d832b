"""Cards of people and firms as vCard 4.0 (RFC 6350), for phones and mail programs.

Vietnamese names go in whole and in their parts: family, given and middle name each in its own place, so
that a phone sorts by the given name and still shows the name in its order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from duyen.kernel.phones import is_mobile

#: A line holds so many octets at most; the next begins with one space.
_LONGEST_LINE = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class Place:
    """One address: street and house, ward, province."""

    line: str
    ward: str = ""
    province: str = ""


@dataclass(frozen=True)
class Contact:
    """What stands on one card; whatever is not known, or not open to the reader, is left empty.

    `phones` are E.164. `family`, `middle` and `given` are empty on the card of a firm. `uid` names the
    record for good, so that a card that is read in again replaces the one before.
    """

    uid: str
    name: str
    family: str = ""
    middle: str = ""
    given: str = ""
    honorific: str = ""
    is_firm: bool = False
    organisation: str = ""
    title: str = ""
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    places: Sequence[Place] = ()
    born_on: dt.date | None = None
    revised: dt.datetime | None = None


def vcard(contact: Contact) -> str:
    """Write one card, its lines folded and ended as the format asks."""
    return "".join(_folded(line) for line in _lines(contact))


def vcards(contacts: Iterable[Contact]) -> str:
    """Write several cards, one behind the other, as one file."""
    return "".join(vcard(each) for each in contacts)


def _lines(contact: Contact) -> Iterable[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield f"KIND:{'org' if contact.is_firm else 'individual'}"
    yield f"UID:{_text(contact.uid)}"
    yield f"FN:{_text(contact.name)}"
    if not contact.is_firm:
        yield "N:" + _parts(contact.family, contact.given, contact.middle, contact.honorific, "")
    organisation = contact.organisation or (contact.name if contact.is_firm else "")
    if organisation:
        yield f"ORG:{_text(organisation)}"
    if contact.title:
        yield f"TITLE:{_text(contact.title)}"
    for phone in contact.phones:
        yield f"TEL;TYPE={'cell' if is_mobile(phone) else 'voice'}:{phone}"
    for email in contact.emails:
        yield f"EMAIL:{_text(email)}"
    for place in contact.places:
        # Box and extended address stay empty, as the format advises; Vietnam has no codes of post in use.
        yield "ADR:" + _parts("", "", place.line, place.ward, place.province, "", "Việt Nam")
    if contact.born_on:
        yield f"BDAY:{contact.born_on:%Y%m%d}"
    if contact.revised:
        yield f"REV:{contact.revised.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _text(value: str) -> str:
    """Write a text as a value: in NFC, with what the format uses for itself marked."""
    return normalize("NFC", value).translate(_ESCAPED)


def _parts(*values: str) -> str:
    return ";".join(_text(value) for value in values)


def _folded(line: str) -> str:
    """Break a line where it is too long, never inside a letter, whose marks may be several octets."""
    parts: list[str] = []
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _LONGEST_LINE:
            parts.append(part)
            part, size = " ", 1
        part += sign
        size += octets
    return "\r\n".join([*parts, part]) + "\r\n"
