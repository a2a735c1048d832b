"""By what two parties may be one: tax code, phone, e-mail, and the name with ward, street or birth date.

A phone or an e-mail alone is a relative's or a branch's more often than a duplicate's, so that it counts in
full only where the names are alike too (docs/decisions/duplicates-by-kept-keys.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.twins.declared import Columns, Duplicates, Key
from duyen.kernel.names.keys import firm_key, is_like, person_key, street_key, ward_key
from duyen.kernel.phones import show_phone
from duyen.modules.parties.words import PartyKind

#: The kinds whose names are persons'; a household is called after its head.
_PERSONS = (PartyKind.INDIVIDUAL, PartyKind.HOUSEHOLD)


def _tax_codes(row: Columns) -> Iterable[str]:
    yield row.get("tax_code") or ""
    # A personal number is known by its keyed digest alone.
    yield bytes(row.get("personal_id_mac") or b"").hex()


def _phones(row: Columns) -> Iterable[str]:
    return row.get("phones") or ()


def _emails(row: Columns) -> Iterable[str]:
    # Before the @ mail servers may tell capitals apart; people never do.
    return [each.lower() for each in row.get("emails") or ()]


def _by_ward(row: Columns) -> Iterable[str]:
    address = _main_address(row)
    # By today's ward where it is certain, and by what was entered: the same old ward may wait to be settled.
    entered = address.get("legacy") or address
    yield from _named(row, address.get("ward_code", ""))
    yield from _named(row, ward_key(entered.get("ward", ""), entered.get("district", "")))


def _by_street(row: Columns) -> Iterable[str]:
    return _named(row, street_key(_main_address(row).get("line", "")))


def _by_birth_date(row: Columns) -> Iterable[str]:
    held = row.get("born_on")
    # The trail, from which an undo takes it, keeps days as text.
    born: dt.date | None = dt.date.fromisoformat(held) if isinstance(held, str) else held
    # 1 January stands for «some day of that year» in many a list.
    return _named(row, born.isoformat() if born and born.timetuple().tm_yday > 1 else "")


def _named(row: Columns, beside: str) -> Iterable[str]:
    name = str(row.get("name") or "")
    key = firm_key(name) if _is_firm(row) else person_key(name)
    return [f"{key}|{beside}"] if key and beside else []


def _main_address(row: Columns) -> Mapping[str, Any]:
    addresses = row.get("addresses") or ()
    return addresses[0] if addresses else {}


def _is_firm(row: Columns) -> bool:
    return (row.get("kind") or PartyKind.INDIVIDUAL) not in _PERSONS


def _is_like(row: Columns, name: str) -> bool:
    return is_like(str(row.get("name") or ""), name, is_firm=_is_firm(row))


def _itself(text: str) -> str:
    return text


def _number(text: str) -> str:
    """Show a tax code; a personal number is never shown, not even to who entered it."""
    return text if len(text) <= 14 else ""


PARTY_DUPLICATES = Duplicates(
    by=[
        Key("tax_code", _("Same tax code"), ["tax_code"], _tax_codes, 90, show=_number),
        Key("phone", _("Same phone"), ["phones"], _phones, 50, with_name=80, show=show_phone),
        Key("email", _("Same e-mail"), ["emails"], _emails, 40, with_name=75, show=_itself),
        Key("name_street", _("Same name and street"), ["name", "addresses"], _by_street, 70),
        Key("name_birth", _("Same name and birth date"), ["name", "born_on"], _by_birth_date, 65),
        Key("name_ward", _("Same name and ward"), ["name", "addresses", "ward"], _by_ward, 30, most=5),
    ],
    columns=["kind", "name", "phones", "emails", "tax_code", "personal_id_mac", "born_on", "addresses"],
    is_like=_is_like,
)
