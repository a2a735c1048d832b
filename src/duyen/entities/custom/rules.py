"""What a definition may say: keys and codes made of words, limits, options; decided without the database."""

from __future__ import annotations

import re
from collections.abc import Collection

from duyen.kernel.text import fold

#: So many fields in use an entity may have, and so many options a choice.
MOST_FIELDS = 200
MOST_OPTIONS = 300
LONGEST_KEY, LONGEST_OPTION = 40, 120
_WORDS = re.compile(r"[a-z0-9]+")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def key_from(words: str, taken: Collection[str], *, start: str = "f") -> str:
    """Make a key of words: folded, joined by underscores, another one than those taken."""
    plain = "_".join(_WORDS.findall(fold(words)))[:LONGEST_KEY].strip("_")
    if not plain or not plain[0].isalpha():
        plain = f"{start}_{plain}".strip("_")[:LONGEST_KEY]
    made, count = plain, 1
    while made in taken:
        count += 1
        end = f"_{count}"
        made = plain[: LONGEST_KEY - len(end)] + end
    return made


def codes_from(labels: Collection[str], taken: Collection[str]) -> list[str]:
    """Make a code of each label, all of them different."""
    found: list[str] = []
    for each in labels:
        found.append(key_from(each, {*taken, *found}, start="o"))
    return found
