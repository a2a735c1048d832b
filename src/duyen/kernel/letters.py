"""The one letter table behind folding, sorting and their SQL twins.

Every text is decomposed first (NFKD): «ậ» becomes a, dot below, circumflex. What is left to a table is
small, and the same table is written into Python's `str.translate` and PostgreSQL's `translate`, so that
both give the same answer whatever the locale of the server. No function here asks for upper or lower case
of a letter from anybody else.

Order of letters and tones: CLDR collation for Vietnamese (a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t
u ư v x y; huyền, hỏi, ngã, sắc, nặng), with f j w z at their Latin places.
"""

from __future__ import annotations

# Measured on names of persons and companies with a phone and an e-mail address. PostgreSQL's translate()
# walks its list for each letter, so the frequent ones stand first; the order changes speed, never a result.
FREQUENT = (
    " naho\u0302guiTe8N4Hym\u0300c\u0323tC\u0301269\u031b30715+\u0303.MPLrlV@AD"
    "\u0309GBKpd\u0110QOSs\u0306UYIXv-Ekb,qFRfJ&x\u0111j"
)

BASE_LETTERS = "abcdđefghijklmnopqrstuvwxyz"
"""The letters that order words, in their order; ă â ê ô ơ ư are a base letter and a mark."""

BREVE, CIRCUMFLEX, HORN = "\u0306", "\u0302", "\u031b"
LETTER_MARKS = BREVE + CIRCUMFLEX + HORN
"""The marks that make another letter, in their order after the plain letter: a ă â, o ô ơ."""

TONE_MARKS = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng."""

OTHER_MARKS = "".join(
    mark for mark in map(chr, range(0x0300, 0x0370)) if mark not in LETTER_MARKS and mark not in TONE_MARKS
)

# Letters that decomposition leaves whole. Eth and the African D are typed for Đ by mistake: they look alike.
SPECIAL_LETTERS = {
    "đ": "đ", "Đ": "đ", "ð": "đ", "Ð": "đ", "ɖ": "đ", "Ɖ": "đ",
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "ħ": "h", "Ħ": "h", "ŧ": "t", "Ŧ": "t", "ı": "i",
    "ß": "s", "ẞ": "s", "æ": "a", "Æ": "a", "œ": "o", "Œ": "o", "þ": "t", "Þ": "t", "ŋ": "n", "Ŋ": "n",
    "ƀ": "b", "Ƀ": "b", "ɓ": "b", "Ɓ": "b", "ɗ": "d", "Ɗ": "d", "ɨ": "i", "Ɨ": "i", "ƶ": "z", "Ƶ": "z",
}  # fmt: skip

# One sign for the many that keyboards and word processors put in its place.
SIGNS = {
    "\u2018": "'", "\u2019": "'", "\u201b": "'", "\u02bc": "'", "\u02b9": "'", "\u2032": "'", "`": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"', "\u2033": '"',
    "\u2010": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
}  # fmt: skip

SPACES = "\t\n\x0b\x0c\r\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What stands for a space. Decomposition already turns most of them into one."""

_CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
INVISIBLE = "".join(sign for sign in _CONTROLS if sign not in SPACES) + "".join(
    map(chr, (0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))
)
"""Control signs, zero-width signs, direction marks, soft hyphen: nobody sees them, so nothing keeps them."""

Pairs = tuple[tuple[str, str], ...]
"""From one character to one character, or to nothing; the frequent ones stand first."""


_RANK = {letter: place for place, letter in enumerate(FREQUENT)}


def _in_order(pairs: dict[str, str]) -> Pairs:
    return tuple(sorted(pairs.items(), key=lambda pair: _RANK.get(pair[0], len(_RANK))))


def _letters() -> dict[str, str]:
    """Give each spelling of a letter its base letter in lower case."""
    plain = {letter: letter for letter in BASE_LETTERS}
    capital = {letter.upper(): letter for letter in BASE_LETTERS if letter.isascii()}
    return plain | capital | SPECIAL_LETTERS


def _signs() -> dict[str, str]:
    """Give digits, spaces and signs what stands for them; what nobody sees goes."""
    kept = {sign: sign for sign in " 0123456789.-&'(),/@+:"}
    return kept | SIGNS | dict.fromkeys(SPACES, " ") | dict.fromkeys(INVISIBLE, "")


def _fold_pairs() -> Pairs:
    folded = {letter: base.replace("đ", "d") for letter, base in _letters().items()}
    marks = dict.fromkeys(TONE_MARKS + LETTER_MARKS + OTHER_MARKS, "")
    return _in_order(folded | marks | _signs())


# The codes must stay below the marks' codes and above the digits. Signs of ASCII that lie among or above
# them stand with the other signs, before the digits.
_LETTER_CODES = {letter: chr(ord("A") + place) for place, letter in enumerate(BASE_LETTERS)}
_MARK_CODES = dict(zip(LETTER_MARKS, "|}~", strict=True))
_LOW_SIGNS = {"[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "|": "/", "^": "-", "_": "-", "~": "-"}
_OTHER_MARK = str(len(TONE_MARKS) + 1)


def _order_pairs() -> Pairs:
    codes = {letter: _LETTER_CODES[base] for letter, base in _letters().items()}
    dropped = dict.fromkeys(TONE_MARKS + OTHER_MARKS, "")
    return _in_order(codes | _MARK_CODES | dropped | _signs() | _LOW_SIGNS)


def _tone_pairs() -> Pairs:
    """Give each letter 0 and the tone after it 1 to 5; the marks that make a letter were ordered before."""
    letters = dict.fromkeys(_letters(), "0")
    tones = {mark: str(place) for place, mark in enumerate(TONE_MARKS, start=1)}
    others = dict.fromkeys(OTHER_MARKS, _OTHER_MARK)
    return _in_order(letters | tones | others | dict.fromkeys(LETTER_MARKS, "") | _signs() | _LOW_SIGNS)


FOLD: Pairs = _fold_pairs()
"""Plain lower-case letters: for search."""
ORDER: Pairs = _order_pairs()
"""Codes of letters, tones dropped: the first level of a sort key."""
TONES: Pairs = _tone_pairs()
"""Codes of tones: the second level of a sort key."""
