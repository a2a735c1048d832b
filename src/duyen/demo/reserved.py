"""Numbers and addresses that the demo alone may use, so that no invented record reaches a real person.

Phones stand in 0359 000 000 to 0359 009 999, tax codes in 0299900000 to 0299900999 (every tenth digit being
the check digit), e-mails at example.com (RFC 2606). Personal numbers are not invented at all.
"""

from __future__ import annotations

from random import Random

from duyen.kernel.tax_codes import check_digit
from duyen.kernel.text import fold

PHONE_PREFIX, OLD_PHONE_PREFIX = "035900", "0165900"
TAX_PREFIX = "0299900"
MAIL_DOMAIN = "example.com"
#: Phone numbers in the block; the generator strides through it, so that neighbours do not look alike.
_PHONES, _STRIDE = 10_000, 7_919


def tax_codes() -> list[str]:
    """List every tax code of the block that can be issued, in order."""
    found = []
    for number in range(100):
        nine = f"{TAX_PREFIX}{number:02}"
        last = check_digit(nine)
        if last is not None:
            found.append(nine + last)
    return found


class ReservedNumbers:
    """Hands out phones, each once, from `start` on."""

    def __init__(self, start: int = 0) -> None:
        self._given = start

    def phone(self, random: Random, *, old_share: float = 0.06) -> str:
        """Give the next phone as people write it; a few in the old plan of eleven digits."""
        last = self._given * _STRIDE % _PHONES
        self._given += 1
        if random.random() < old_share:
            return f"{OLD_PHONE_PREFIX}{last:04}"
        number = f"{PHONE_PREFIX}{last:04}"
        return random.choice((number, number, f"{number[:4]} {number[4:7]} {number[7:]}", f"+84{number[1:]}"))


def email(name: str, number: int) -> str:
    """Make an address from a name; `number` keeps namesakes apart."""
    words = [word for word in fold(name).replace("-", " ").split() if word.isalnum()]
    return f"{words[-1]}.{''.join(word[0] for word in words[:-1])}{number}@{MAIL_DOMAIN}"
