"""Read the numbers that a browser sends: anybody can write an address."""

from __future__ import annotations

#: No number of ours is longer, and Python refuses to read thousands of digits.
_MOST_DIGITS = 19
_LARGEST = 2**63 - 1


def number_in(text: str) -> int | None:
    """Give the whole number that `text` is, or nothing when it is none that the database holds."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        return None
    found = int(text)
    return found if found <= _LARGEST else None
