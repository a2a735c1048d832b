"""How the names of units are written: with or without «Phường», marks, dots; and what is the same name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from duyen.kernel.letters import LETTER_MARKS, TONE_MARKS
from duyen.kernel.text import fold

Kinds = tuple[tuple[str, str], ...]
"""Words that stand before a name, folded, with the kind that each means; longer ones first."""

WARD_KINDS: Kinds = (
    ("thi tran", "thi tran"), ("dac khu", "dac khu"), ("phuong", "phuong"), ("xa", "xa"),
    ("t.t", "thi tran"), ("tt", "thi tran"), ("dk", "dac khu"), ("p", "phuong"), ("x", "xa"),
)  # fmt: skip
DISTRICT_KINDS: Kinds = (
    ("thanh pho", "thanh pho"), ("thi xa", "thi xa"), ("huyen", "huyen"), ("quan", "quan"),
    ("t.p", "thanh pho"), ("tp", "thanh pho"), ("t.x", "thi xa"), ("tx", "thi xa"),
    ("h", "huyen"), ("q", "quan"),
)  # fmt: skip
PROVINCE_KINDS: Kinds = (
    ("thanh pho", "thanh pho"), ("thu do", "thanh pho"), ("tinh", "tinh"),
    ("t.p", "thanh pho"), ("tp", "thanh pho"), ("t", "tinh"),
)  # fmt: skip

_ABOLISHED = re.compile(r"[\s,]*\(?\s*(?:cũ|\bcu\b(?=\s*\)))\s*\)?\s*$", re.IGNORECASE)
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_TONES, _LETTER_MARKS = frozenset(TONE_MARKS), frozenset(LETTER_MARKS)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared.

    `kind` is the folded kind before it, or nothing; `key` the letters and digits of the rest, `whole` of all.
    `spelling` tells marks apart, wherever the tone stands: «hoà» and «hòa» are one. `was` tells that «(cũ)»
    was written behind it.
    """

    kind: str
    key: str
    whole: str
    spelling: str
    was: bool = False

    @property
    def has_marks(self) -> bool:
        """Tell whether it was written with marks, so that they count."""
        return not self.spelling.isascii()


def read_name(text: str, kinds: Kinds) -> Name:
    """Take a name apart; what was written without a kind has none."""
    text = unicodedata.normalize("NFC", text)
    without = _ABOLISHED.sub("", text)
    was = without != text
    folded = fold(without).strip(" .,-")
    kind, rest = _kind_of(folded, kinds)
    return Name(kind, key_of(rest), key_of(folded), _spelling(without), was)


def key_of(folded: str) -> str:
    """Give the letters and digits of folded text: y as i, numbers without leading zeros."""
    return _NOT_IN_KEY.sub("", _ZEROS.sub("", folded)).replace("y", "i")


def _kind_of(folded: str, kinds: Kinds) -> tuple[str, str]:
    for word, kind in kinds:
        if not folded.startswith(word):
            continue
        rest = folded[len(word) :]
        # «P5» and «Q.1» have a kind, «Phú Thọ» has none though it begins with p.
        if rest[:1] in (".", " ", "-", ":") or (rest[:1].isdigit() and rest):
            name = rest.lstrip(" .-:")
            if name:
                return kind, name
    return "", folded


def _spelling(text: str) -> str:
    """Give the letters with their marks, each syllable's tone behind it, so that its place says nothing."""
    words = []
    for word in unicodedata.normalize("NFD", text.lower()).split():
        tones = "".join(sign for sign in word if sign in _TONES)
        letters = (sign for sign in word if sign.isalnum() or sign in _LETTER_MARKS)
        words.append("".join(letters).replace("y", "i") + tones)
    return unicodedata.normalize("NFC", "".join(words))


def is_spelled(entered: Name, official: Name) -> bool:
    """Tell whether a name that was entered with its marks is the official one, marks and all."""
    bare = official.spelling
    return entered.spelling.endswith(_without_kind(bare, official.kind))


def _without_kind(spelling: str, kind: str) -> str:
    return spelling[_KIND_LENGTHS.get(kind, 0) :]


_KIND_LENGTHS = {
    fold(kind): len(_spelling(kind))
    for kind in ("Phường", "Xã", "Thị trấn", "Đặc khu", "Quận", "Huyện", "Thị xã", "Thành phố", "Tỉnh")
}
