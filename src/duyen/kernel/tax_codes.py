"""Tax codes: ten digits of an enterprise, thirteen of its dependent unit, twelve of a person.

Source: Circular 86/2024/TT-BTC, in force 6/2/2025 (structure; since 1/7/2025 the personal number is the tax
code of individuals and household businesses). The tenth digit checks the nine before it, as the tax office
issues them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from duyen.kernel.errors import DomainError
from duyen.kernel.personal_ids import is_plausible
from duyen.kernel.words import mark

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


class TaxCodeKind(StrEnum):
    ENTERPRISE = "ENTERPRISE"
    DEPENDENT = "DEPENDENT"
    PERSONAL = "PERSONAL"


@dataclass(frozen=True, slots=True)
class TaxCode:
    """One tax code in its stored form: 0100233488, 0314409058-002 or twelve digits.

    `is_restored` tells that a spreadsheet had eaten the leading 0.
    """

    value: str
    kind: TaxCodeKind
    is_restored: bool = False


class TaxCodeError(DomainError):
    """What was written is no tax code."""

    code = "tax_code_invalid"
    sentence: object = mark("This is not a tax code. Enter 10 digits, 13 digits, or a personal number of 12.")


class TaxCodeEmpty(TaxCodeError):
    code = "tax_code_empty"
    sentence = mark("There is no tax code. Enter 10 digits, 13 digits, or a personal number of 12.")


class TaxCodeLength(TaxCodeError):
    code = "tax_code_length"
    sentence = mark(
        "A tax code has 10, 12 or 13 digits, this one has %(digits)s. Check it against an invoice."
    )


class TaxCodeCheckDigit(TaxCodeError):
    code = "tax_code_check_digit"
    sentence = mark("The digits of this tax code do not fit together. One of them is wrong: check each.")


class TaxCodePersonal(TaxCodeError):
    code = "tax_code_personal"
    sentence = mark("These 12 digits are no personal number. Check the first six against the identity card.")


_WRITTEN_BEFORE = re.compile(
    r"^(?:mst|m\.s\.t|mã số thuế|ma so thue|mã số dn|msdn|tax code|tax id|tax no|vat)[\s.:]*", re.IGNORECASE
)
_FROM_SPREADSHEET = re.compile(r"^\d+\.0$")
_SPACES = str.maketrans("", "", " .\t'\u00a0\u200b\ufeff")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212/", "-"))


def check_digit(nine: str) -> str | None:
    """Give the tenth digit for nine, or None for the one sequence in eleven that is never issued."""
    digit = 10 - sum(weight * int(sign) for weight, sign in zip(WEIGHTS, nine, strict=True)) % 11
    return None if digit == 10 else str(digit)


def _is_issued(ten: str) -> bool:
    return check_digit(ten[:9]) == ten[9]


def read_tax_code(text: str) -> TaxCode:
    """Read a tax code with or without «MST:», spaces, dots and dash.

    A code of 9 or 12 digits gets its leading 0 back only where the check digit proves it; 12 digits that can
    be a personal number are one. Raises TaxCodeEmpty, TaxCodeLength, TaxCodeCheckDigit, TaxCodePersonal or
    TaxCodeError; no refusal repeats the number, which may be a personal one.
    """
    head, dash, branch = _parts(text)
    digits = head + branch
    if not digits:
        raise TaxCodeEmpty
    if not (digits.isascii() and digits.isdigit()):
        raise TaxCodeError
    if len(digits) == 12 and not (dash and len(branch) == 3) and is_plausible(digits):
        return TaxCode(digits, TaxCodeKind.PERSONAL)
    if len(digits) in (9, 12) and (not dash or len(branch) == 3) and _is_issued("0" + digits[:9]):
        return _enterprise("0" + digits, is_restored=True)
    if len(digits) == 12 and not dash:
        raise TaxCodePersonal
    if len(digits) not in (10, 13):
        raise TaxCodeLength(digits=len(digits))
    if not _is_issued(digits):
        raise TaxCodeCheckDigit
    return _enterprise(digits)


def _parts(text: str) -> tuple[str, str, str]:
    """Return what stands before the last dash, the dash, and what stands after it."""
    if text.isascii() and text.isdigit():
        return text, "", ""
    written = text.strip().translate(_DASHES)
    if not written[:1].isdigit():
        written = _WRITTEN_BEFORE.sub("", written)
    if _FROM_SPREADSHEET.match(written):
        written = written[:-2]
    written = written.translate(_SPACES)
    head, dash, branch = written.rpartition("-")
    return head.replace("-", ""), dash, branch


def _enterprise(digits: str, *, is_restored: bool = False) -> TaxCode:
    if len(digits) == 10:
        return TaxCode(digits, TaxCodeKind.ENTERPRISE, is_restored)
    return TaxCode(f"{digits[:10]}-{digits[10:]}", TaxCodeKind.DEPENDENT, is_restored)
