"""Vietnamese letters as they stood in fonts before Unicode: TCVN3 (ABC) and VNI, read as Unicode.

Both put Vietnamese letters on the places of Western ones, so that a text in them is a text in Windows-1252
that only looks right in its own fonts (.VnTime, VNI-Times). The functions here take that text, whether it
came from bytes or was carried on into Unicode (UTF-8, a workbook).

Source: TCVN 5712:1993, set VN3, for TCVN3; the table published with the VNI fonts for VNI.
"""

from __future__ import annotations

import re
import unicodedata

# Set VN3: the letters from 0xA1 on, «_» where the set has none. It has no capital with a tone.
_VN3 = "ĂÂÊÔƠƯĐăâêôơưđ______àảãáạ_ằẳẵắ_______ặầẩẫấậè_ẻẽéẹềểễếệìỉ___ĩíịò_ỏõóọồổỗốộờởỡớợù_ủũúụừửữứựỳỷỹýỵ"
_TCVN3 = {0xA1 + place: letter for place, letter in enumerate(_VN3) if letter != "_"}

# A vowel of VNI is a letter and, behind it, a sign for its mark and tone.
_ON_ANY = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_ON_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_ON_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_BASES = {"a": "a", "e": "e", "o": "o", "u": "u", "y": "y", "ô": "ơ", "ö": "ư"}
_VNI_ALONE = {"ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ô": "ơ", "ö": "ư"}


def _vni_pairs() -> dict[str, str]:
    found = {
        base + sign: letter + tone for base, letter in _VNI_BASES.items() for sign, tone in _ON_ANY.items()
    }
    found |= {base + sign: base + "\u0302" + tone for base in "aeo" for sign, tone in _ON_CIRCUMFLEX.items()}
    found |= {"a" + sign: "a\u0306" + tone for sign, tone in _ON_BREVE.items()}
    lower = {pair: unicodedata.normalize("NFC", letter) for pair, letter in (found | _VNI_ALONE).items()}
    # The first letter says the case; typists leave the sign behind a capital in either.
    upper = {
        pair[0].upper() + rest: letter.upper() for pair, letter in lower.items() for rest in _cases(pair[1:])
    }
    return lower | upper


def _cases(signs: str) -> set[str]:
    return {signs, signs.upper()}


_VNI = _vni_pairs()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")
_LACKING = "".join(letter for letter in _TCVN3.values() if letter not in "ĂÂÊÔƠƯĐăâêôơưđ")
#: Most texts have neither a word that begins with a letter without a capital nor one with a later capital.
_MAY_LACK_CAPITALS = re.compile(rf"(?<!\w)[{_LACKING}]|\w[A-ZĂÂÊÔƠƯĐ]")


def from_vni(text: str) -> str:
    """Return a text in VNI as Unicode, in NFC; what is no letter of VNI stays as it is."""
    return _VNI_PATTERN.sub(lambda found: _VNI[found[0]], text)


def from_tcvn3(text: str) -> str:
    """Return a text in TCVN3 as Unicode, in NFC; what is no letter of TCVN3 stays as it is.

    TCVN3 has no capitals with a tone: fonts for capitals (.VnTimeH) show the small letters as large. Which
    font stood where is lost in a file of text, so capitals are given back where the other letters tell:
    «NGUYÔN» is NGUYỄN, and «Lª ThÞ ¸nh», a name of words with capitals only, is Lê Thị Ánh.
    """
    return _with_capitals(text.translate(_TCVN3))


def _with_capitals(text: str) -> str:
    if _MAY_LACK_CAPITALS.search(text) is None:
        return text
    words = _WORD.findall(text)
    if any(map(_is_shouted, words)) and not any(map(_has_small, words)):
        return text.upper()
    raised = _WORD.sub(lambda found: found[0].upper() if _is_shouted(found[0]) else found[0], text)
    if _is_name(text, words):
        return _WORD.sub(lambda found: found[0][0].upper() + found[0][1:], raised)
    return raised


def _has_small(word: str) -> bool:
    """Tell whether a letter is surely a small one: the others may be capitals of a font for capitals."""
    return any(letter.isascii() and letter.islower() for letter in word)


def _is_shouted(word: str) -> bool:
    """Tell whether a word is surely all capitals: one stands behind the first letter, and no small one."""
    return any(letter.isupper() for letter in word[1:]) and not _has_small(word)


def _is_name(text: str, words: list[str]) -> bool:
    """Tell whether every word begins with a capital, but for those whose first letter has none in TCVN3."""
    small = [word for word in words if not word[0].isupper()]
    is_name = 0 < len(small) < len(words) and not any(sign.isdigit() or sign in ",;:/" for sign in text)
    return is_name and all(word[0] in _LACKING for word in small)
