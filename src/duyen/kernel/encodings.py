"""Tell in which encoding Vietnamese text was kept, by the words that it gives in each.

An encoding here has two parts: the bytes (UTF-8, UTF-16, Windows-1258, Windows-1252) and the letters, which
may be those of a font before Unicode (TCVN3, VNI). «tcvn3» alone means that each letter is a byte;
«utf-8+tcvn3» is such text carried on into UTF-8, and «unicode+mixed+vni» is a workbook in which some cells
have true letters and others those of a font.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from duyen.kernel.legacy_letters import from_tcvn3, from_vni
from duyen.kernel.syllables import is_syllable

UTF_8, UTF_16_LE, UTF_16_BE = "utf-8", "utf-16-le", "utf-16-be"
WINDOWS_1258, WINDOWS_1252 = "windows-1258", "windows-1252"
TCVN3, VNI = "tcvn3", "vni"
UNICODE = "unicode"
"""The letters of a workbook, which has no bytes to choose for."""

KNOWN = (UTF_8, UTF_16_LE, UTF_16_BE, WINDOWS_1258, TCVN3, VNI, WINDOWS_1252)
"""What a reader may choose between, the likely ones first."""

FONTS: Mapping[str, Callable[[str], str]] = {TCVN3: from_tcvn3, VNI: from_vni}

_CODECS = {
    UTF_8: "utf-8-sig",
    UTF_16_LE: "utf-16-le",
    UTF_16_BE: "utf-16-be",
    WINDOWS_1258: "cp1258",
    WINDOWS_1252: "cp1252",
    TCVN3: "cp1252",
    VNI: "cp1252",
}
_BYTES = (WINDOWS_1258, TCVN3, VNI)
#: So much of the words with marks must be Vietnamese syllables: foreign names and slips are the rest.
_ENOUGH = 0.6
#: Below this no Vietnamese encoding fits, so the text may be in a Western language.
_NONE = 0.2
_WESTERN_ENOUGH = 0.9
_MIXED = "+mixed"
#: A letter that no font before Unicode has at its place: a text with it is in true letters.
_NO_FONT = re.compile("[\u0100-\u02af\u0300-\u036f\u1e00-\u1eff]")
#: So few words of true letters in the text of a font were typed in by somebody later.
_SLIPS = 0.02


@dataclass(frozen=True)
class Recognised:
    """An encoding, and how sure that is: from 0 to 1, by how many words speak for it and against it."""

    encoding: str
    confidence: float


def codec_of(encoding: str) -> str:
    """Give Python's name of the codec for the bytes of an encoding. Raises LookupError."""
    return _CODECS[encoding.partition("+")[0]]


def font_of(encoding: str) -> str:
    """Give the font whose letters an encoding has; empty for Unicode. Raises LookupError."""
    found = encoding.rpartition("+")[2]
    if found in FONTS:
        return found
    if "+" in encoding or found not in (*_CODECS, UNICODE):
        raise LookupError(encoding)
    return ""


def letters_of(encoding: str) -> Callable[[str], str]:
    """Give the function that turns a decoded cell of an encoding into Unicode in NFC.

    A cell with letters that no font has is in true letters and stays. In a mixed text each other cell is
    turned only where that gives more Vietnamese words.
    """
    font = font_of(encoding)
    if not font:
        return partial(unicodedata.normalize, "NFC")
    if encoding == font:
        return FONTS[font]
    return partial(_turned_where_better if _MIXED in encoding else _turned, FONTS[font])


def _turned(turn: Callable[[str], str], cell: str) -> str:
    return unicodedata.normalize("NFC", cell if _NO_FONT.search(cell) else turn(cell))


def _turned_where_better(turn: Callable[[str], str], cell: str) -> str:
    turned = _turned(turn, cell)
    better = sum(map(_is_vietnamese, turned.split())) > sum(map(_is_vietnamese, cell.split()))
    return turned if better else unicodedata.normalize("NFC", cell)


@lru_cache(maxsize=50_000)
def _is_vietnamese(word: str) -> bool:
    bare = word.strip(".,;:()\"'")
    # Capitals at random, as in «TÊn», are small letters of a font.
    is_natural = bare in (bare.lower(), bare.upper(), bare.title())
    return is_natural and not word.isascii() and is_syllable(bare)


def recognise_bytes(words: Collection[bytes]) -> Recognised | None:
    """Tell the encoding of bytes that are not UTF-8 by their different words with marks; None when unsure.

    A word is a run of letters with at least one byte above 127.
    """
    shares = {encoding: _share(words, encoding) for encoding in _BYTES}
    best = max(shares, key=lambda encoding: shares[encoding])
    others = max(share for encoding, share in shares.items() if encoding != best)
    if shares[best] >= _ENOUGH and shares[best] > others:
        return Recognised(best, _sureness(shares[best] - others / 2, len(words)))
    western = sum(map(_is_western, words)) / len(words) if words else 1.0
    if max(shares.values()) < _NONE and western >= _WESTERN_ENOUGH:
        return Recognised(WINDOWS_1252, _sureness(western, len(words)) / 2)
    return None


def recognise_letters(words: Collection[str], *, within: str) -> Recognised:
    """Tell whether words that are Unicode are in the letters of an old font; `within` names their bytes."""
    marked = [word for word in words if not word.isascii()]
    if not marked:
        return Recognised(within, 1.0)
    plain = sum(map(is_syllable, marked)) / len(marked)
    turned = {
        font: sum(is_syllable(turn(word)) for word in marked) / len(marked) for font, turn in FONTS.items()
    }
    best = max(turned, key=lambda font: turned[font])
    true = sum(1 for word in marked if _NO_FONT.search(word)) / len(marked)
    if true <= _SLIPS and turned[best] >= _ENOUGH and turned[best] > plain:
        return Recognised(f"{within}+{best}", _sureness(turned[best], len(marked)))
    if true > _SLIPS and _better_in(marked, best) >= _ENOUGH and turned[best] > _NONE:
        return Recognised(f"{within}{_MIXED}+{best}", _sureness(0.5, len(marked)))
    return Recognised(within, 1.0)


def _better_in(marked: Collection[str], font: str) -> float:
    """Give how many of the words that are no Vietnamese in Unicode become so in a font."""
    strange = [word for word in marked if not is_syllable(word) and not _NO_FONT.search(word)]
    return sum(is_syllable(FONTS[font](word)) for word in strange) / len(strange) if strange else 0.0


def confidence_in(encoding: str, words: Collection[bytes]) -> float:
    """Give how far the words speak for an encoding that somebody chose."""
    return _sureness(_share(words, encoding), len(words)) if words else 1.0


def _share(words: Collection[bytes], encoding: str) -> float:
    """Give how many of the words are Vietnamese syllables in an encoding."""
    letters, codec = letters_of(encoding), codec_of(encoding)
    found = 0
    for word in words:
        try:
            found += is_syllable(letters(word.decode(codec)))
        except UnicodeDecodeError:
            continue
    return found / len(words) if words else 0.0


def _is_western(word: bytes) -> bool:
    try:
        text = word.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return all(sign.isalpha() or sign in "'\u2019" for sign in text)


def _sureness(share: float, words: int) -> float:
    """Give a share less weight where few words speak: one word alone proves half of what many do."""
    return round(max(share, 0.0) * words / (words + 1), 3)
