"""Read what somebody typed to find a record: words, and whole numbers or addresses among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from duyen.kernel.emails import read_email
from duyen.kernel.errors import DomainError
from duyen.kernel.phones import read_phone
from duyen.kernel.tax_codes import read_tax_code
from duyen.kernel.text import fold

#: The trigram index serves any part of three letters and more; of shorter ones, beginnings alone.
TRIGRAM = 3
_MOST_WORDS = 6
_LONGEST_CODE = 60


@dataclass(frozen=True)
class Typed:
    """What was typed: folded words, and what it is as a whole.

    `whole` holds the forms in which phones, tax codes and e-mails are kept, folded: «0123 4567 890» of
    before 2018 is +84834567890. `code` is what a code would be, or nothing.
    """

    words: tuple[str, ...]
    whole: tuple[str, ...] = ()
    code: str = ""


def read_typed(text: str) -> Typed:
    """Read `text`; a number typed with gaps is one word."""
    words = search_words(text)
    if not words:
        return Typed(())
    readers: tuple[Callable[[str], str], ...] = (_phone, _tax_code, _email)
    whole = [found for read in readers if (found := _read(read, text))]
    code = text.strip().upper()
    return Typed(tuple(words), tuple(dict.fromkeys(whole)), code if len(code) <= _LONGEST_CODE else "")


def search_words(text: str) -> list[str]:
    """Split what was typed into folded words; a number typed with gaps becomes one word."""
    folded = fold(text)
    digits = folded.replace(" ", "").replace(".", "").replace("-", "")
    digits = digits.removeprefix("+").removeprefix("(+").replace(")", "").removeprefix("(")
    if digits.isdigit() and len(digits) >= TRIGRAM:
        return [_local(digits)]
    return folded.split()[:_MOST_WORDS]


def _local(digits: str) -> str:
    """Phones are kept as +84912…: a leading 0 or 84 is not part of what they all share."""
    if digits.startswith("84") and len(digits) >= 10:
        return digits[2:]
    return digits[1:] if digits.startswith("0") and len(digits) >= 4 else digits


def _read(read: Callable[[str], str], text: str) -> str:
    """Give the kept form, or nothing where `text` is not such a thing."""
    try:
        return fold(read(text))
    except DomainError:
        return ""


def _phone(text: str) -> str:
    return read_phone(text).e164


def _tax_code(text: str) -> str:
    return read_tax_code(text).value


def _email(text: str) -> str:
    return read_email(text)
