"""What an avatar shows where there is no picture: two letters and a hue, the same everywhere and for ever."""

from __future__ import annotations

import re
import unicodedata
from zlib import crc32

from duyen.kernel.names.organisations import read_organisation
from duyen.kernel.names.persons import read_person
from duyen.kernel.text import fold

# Words that say what a company does, not which one it is.
_TRADES = frozenset({
    "bat dong san", "bao ve", "bao bi", "buu chinh", "che bien", "chinh xac", "co khi", "cong nghe",
    "cong nghiep", "dau tu", "dia oc", "dich vu", "dien tu", "du lich", "duoc pham", "da khoa", "giai phap",
    "giao duc", "gia dung", "kinh doanh", "may mac", "my pham", "nang luong", "nha hang", "noi that",
    "nong nghiep", "nong san", "phan mem", "phat trien", "phan phoi", "quoc te", "quang cao", "san xuat",
    "sua chua", "tap doan", "thiet bi", "thiet bi dien", "thuc pham", "thuong mai", "thuy san", "tin hoc",
    "truyen thong", "tu van", "van tai", "vat lieu", "vien thong", "vat tu", "xay dung", "xuat nhap khau",
    "xi mang", "y te", "benh vien", "khach san", "sieu thi", "cua hang", "truong hoc", "va", "tm", "dv",
    "sx", "xnk", "tmdv", "sxtm", "xd", "dt", "pt", "cn",
})  # fmt: skip
_LONGEST_TRADE = 3
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HUES = 36


def initials(text: str) -> str:
    """Return the letters for a name that may be a person's or an organisation's."""
    name = read_organisation(text)
    words = _WORD.findall(name.full)
    is_organisation = name.form is not None or name.core != name.full or len(words) > 5
    return organisation_initials(text) if is_organisation else person_initials(text)


def person_initials(text: str) -> str:
    """Return the first letters of the last two words: TT for Phan Thu Trà, H for Hưng."""
    words = _WORD.findall(read_person(text).full)
    return _letters(words[-2:])


def organisation_initials(text: str) -> str:
    """Return two letters of the proper name: HT for Công ty CP Thực phẩm Hòa Thuận Đông Á.

    Legal form and trade are passed over, so far as two words remain.
    """
    words = _WORD.findall(read_organisation(text).core)
    return _letters(_proper(words)[:2])


def _proper(words: list[str]) -> list[str]:
    """Drop trades, and capitalised words with small ones after them («Bánh kẹo»), while two words remain."""
    folded = [fold(word) for word in words]
    place, proper = 0, []
    while place < len(words):
        size = _trade(words, folded, place)
        if not size:
            proper.append(words[place])
        place += size or 1
    return proper if len(proper) > 1 else words


def _trade(words: list[str], folded: list[str], place: int) -> int:
    """Tell how many words from `place` on name a trade; 0 when none do."""
    for size in range(_LONGEST_TRADE, 0, -1):
        if " ".join(folded[place : place + size]) in _TRADES:
            return size
    end = place + 1
    while end < len(words) and words[end][0].islower():
        end += 1
    return end - place if end - place > 1 and not words[place][0].islower() else 0


def _letters(words: list[str]) -> str:
    letters = (unicodedata.normalize("NFC", _bare(word[0])).upper() for word in words)
    return "".join(letter[:1] for letter in letters) or "?"


def _bare(letter: str) -> str:
    """Take tone and marks off a letter, but keep Đ: TA for Thị Ánh, ĐV for Đình Vũ."""
    return "".join(sign for sign in unicodedata.normalize("NFD", letter) if not unicodedata.combining(sign))


def hue(text: str) -> int:
    """Return the colour angle of a name, 0 to 350 in steps of ten; marks and capitals do not change it."""
    return crc32(fold(text).encode()) % _HUES * 10
