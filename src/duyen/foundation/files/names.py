"""The names of files as people give them: kept in Vietnamese, rid of what only machines read into them."""

from __future__ import annotations

from duyen.kernel.text import clean

#: A longer name is refused: nobody can tell such names apart in a list.
LONGEST = 200


def plain_name(given: str) -> str:
    """Return the last part of a path as a name in NFC: no control or direction signs, no dots at its ends.

    Signs that turn the direction of letters would let `exe.gnp` read as `png.exe`, so they go.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    return clean(last).strip(" .")


def ending_of(name: str) -> str:
    """Return the ending of a name in small letters and without its dot, or nothing."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""
