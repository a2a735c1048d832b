"""Tax codes: 10 digits for an enterprise, 13 for a dependent unit, 12 for a person or household business.

Circular 86/2024/TT-BTC: since 1/7/2025 the personal number is the tax code of individuals and
household businesses. The check digit of the first ten: c = 10 - (31a+29b+23c+19d+17e+13f+7g+5h+3i) mod 11,
where ten means that the number is not given out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from duyen.kernel.errors import DomainError
from duyen.kernel.personal_ids import is_plausible_personal_id
from duyen.kernel.words import mark

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_NOISE = re.compile(r"^(?:mst|ma so thue|mã số thuế)\s*[:.\-]?\s*|[\s.]", re.IGNORECASE)
_SHAPE = re.compile(r"(\d{9,10})-?(\d{3})?|(\d{12})")


class TaxCodeKind(StrEnum):
    """Whose tax code it is."""

    ENTERPRISE = "ENTERPRISE"
    DEPENDENT_UNIT = "DEPENDENT_UNIT"
    PERSONAL = "PERSONAL"


@dataclass(frozen=True)
class TaxCode:
    """A tax code in its one form: 10 digits, 10 digits with dash and 3, or 12 digits."""

    value: str
    kind: TaxCodeKind


class TaxCodeError(DomainError):
    """The text is no tax code."""

    code = "tax_code"
    sentence = mark("“%(entered)s” is not a tax code. It has 10, 12 or 13 digits.")


class BadCheckDigit(TaxCodeError):
    """The tenth digit does not follow from the nine before it."""

    code = "tax_code_check_digit"
    sentence = mark("“%(entered)s” has a wrong check digit. Compare it with the registration certificate.")


def check_digit(nine: str) -> int | None:
    """Return the tenth digit for the first nine, or none where no such number is given out."""
    digit = 10 - sum(weight * int(each) for weight, each in zip(_WEIGHTS, nine, strict=True)) % 11
    return None if digit == 10 else digit


def read_tax_code(text: str) -> TaxCode:
    """Read a tax code with or without dash, spaces and “MST:”.

    A leading zero that a spreadsheet took away is put back only where the check digit proves it.
    Raises TaxCodeError.
    """
    entered = text.strip()
    found = _SHAPE.fullmatch(_NOISE.sub("", entered))
    if not found:
        raise TaxCodeError(entered=entered[:40])
    if len(found[0]) == 12 and is_plausible_personal_id(found[0]):
        return TaxCode(found[0], TaxCodeKind.PERSONAL)
    if not found[1]:
        raise TaxCodeError(entered=entered[:40])
    base, unit = found[1].zfill(10), found[2]
    if check_digit(base[:9]) != int(base[9]):
        raise BadCheckDigit(entered=entered[:40])
    if unit:
        return TaxCode(f"{base}-{unit}", TaxCodeKind.DEPENDENT_UNIT)
    return TaxCode(base, TaxCodeKind.ENTERPRISE)
