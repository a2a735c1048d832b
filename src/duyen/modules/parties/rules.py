"""What must hold for a party. Pure: plain values in, problems out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from duyen.kernel.errors import FieldProblem
from duyen.kernel.names.organisations import LegalForm, read_organisation
from duyen.kernel.personal_ids import fits_birth
from duyen.kernel.words import mark
from duyen.modules.parties.words import PERSONS, PartyKind

PERSONAL_CODE_LENGTH = 12
#: Kinds that have contacts and somebody who represents them in law.
ESTABLISHMENTS = frozenset({PartyKind.ORGANISATION, PartyKind.PUBLIC_BODY, PartyKind.HOUSEHOLD_BUSINESS})
#: Kinds that can belong to one another.
WITH_PARENTS = frozenset({PartyKind.ORGANISATION, PartyKind.PUBLIC_BODY})
#: Kinds that people live or work in as a family.
HOUSEHOLDS = frozenset({PartyKind.HOUSEHOLD, PartyKind.HOUSEHOLD_BUSINESS})
#: Kinds that are people, alone or as a family.
_PRIVATE = frozenset({PartyKind.INDIVIDUAL, PartyKind.HOUSEHOLD})
EARLIEST_BIRTH = dt.date(1880, 1, 1)


def problems_of_a_party(
    *, kind: str, born_on: dt.date | None, honorific: str, personal_code: str, today: dt.date
) -> Iterator[FieldProblem]:
    """Find what does not fit together in a party's identity.

    `personal_code` is a personal number given as the tax code, or what stands for one that is kept sealed.
    """
    if born_on and not EARLIEST_BIRTH <= born_on <= today:
        yield FieldProblem("born_on", "birth_date", mark("A birth date lies in the past. Correct it."))
    if kind in (PartyKind.ORGANISATION, PartyKind.PUBLIC_BODY) and personal_code:
        sentence = mark("A tax code of 12 digits belongs to a person. An organisation has 10 or 13 digits.")
        yield FieldProblem("tax_code", "tax_code_of_a_person", sentence)
    # A household business has the number of whoever runs it, and no birth date of its own.
    is_open = kind in PERSONS and personal_code.isdecimal()
    if is_open and born_on and not fits_birth(personal_code, born_on):
        sentence = mark(
            "The personal number holds another year of birth than the birth date."
            " Check both against the card."
        )
        yield FieldProblem("tax_code", "personal_id_birth", sentence)
    if honorific and kind not in PERSONS:
        sentence = mark("Only a person has a form of address. Leave it empty.")
        yield FieldProblem("honorific", "honorific", sentence)


def doubts_about_one(
    *, kinds: Collection[str], tax_codes: Collection[str]
) -> Iterator[tuple[str, str, bool]]:
    """Say what speaks against several records being one party: a code, the field, and whether it forbids it.

    A household business is run by a person under her own number, so it may stand as either; a person or a
    household is never an organisation. Two tax codes are two parties in law, unless one was mistyped.
    """
    found = set(kinds)
    if found & _PRIVATE and found & WITH_PARENTS:
        yield "kinds_apart", "kind", True
    elif len(found) > 1:
        yield "kinds", "kind", False
    if len(set(tax_codes)) > 1:
        yield "tax_codes", "tax_code", False


def kind_by_name(name: str, *, tax_code: str = "") -> PartyKind:
    """Take a party for what the legal form in its name says; without one, for a person.

    A tax code of 10 or 13 digits belongs to an enterprise or a unit of one (Circular 86/2024/TT-BTC).
    """
    form = read_organisation(name).form if name.strip() else None
    if form is LegalForm.STATE:
        return PartyKind.PUBLIC_BODY
    if form is LegalForm.HOUSEHOLD:
        return PartyKind.HOUSEHOLD_BUSINESS
    digits = sum(sign.isdecimal() for sign in tax_code)
    return PartyKind.ORGANISATION if form or digits in (10, 13) else PartyKind.INDIVIDUAL
