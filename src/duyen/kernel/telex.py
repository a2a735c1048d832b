"""Read letters typed by the Telex rules while no typing tool turned them into Vietnamese: «nguyeenx vawn»."""

from __future__ import annotations

import re

from duyen.kernel.text import fold

_DOUBLED = re.compile(r"([aeo])\1")
_SYLLABLE = re.compile(r"^([^aeiouy]*)([aeiouy].*)$")
_TONES_AND_HORNS = re.compile(r"[sfrxjzw]")


def fold_telex(text: str) -> str:
    """Return the search form of what was meant: «dduwcs» gives «duc».

    Doubled letters, and the letters s f r x j z w behind the first vowel, are marks: no Vietnamese syllable
    ends in them. Foreign words come out changed, so use it for a second try.
    """
    return " ".join(_read(word) for word in fold(text).split())


def _read(word: str) -> str:
    if not word.isalpha():
        return word
    plain = _DOUBLED.sub(r"\1", word).replace("dd", "d")
    if plain.startswith("w"):  # a single w is ư
        plain = "u" + plain[1:]
    syllable = _SYLLABLE.match(plain)
    return syllable[1] + _TONES_AND_HORNS.sub("", syllable[2]) if syllable else plain
