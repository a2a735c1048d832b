"""Keys by which two spellings of one name, ward or street are found to be the same.

A key forgives what people leave out or turn round: tone marks and their place, i and y, the order of
words, an honorific, the legal form and the common trades of a company. It forgives no other letter.
«Chi nhánh» stays in it, so that a branch has another key than its company.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from duyen.kernel.names.persons import COMPOUND_FAMILIES, FAMILIES
from duyen.kernel.text import fold

#: What a company's name may carry or not and be the same name: forms, and the trades that many have.
_UNTOLD = """
cong ty|c ty|cty|ct|ctcp|cong ty co phan|tnhh|trach nhiem huu han|mtv|1tv|1 tv|mot thanh vien|1 thanh vien|
hai thanh vien tro len|hai thanh vien|2 thanh vien|2tv|co phan|cp|hop danh|doanh nghiep tu nhan|
doanh nghiep tn|dn tu nhan|dntn|lien hiep hop tac xa|hop tac xa|lien hiep htx|htx|ho kinh doanh ca the|
ho kinh doanh|ho kd|hkd|cua hang|tap doan|tong cong ty|tct|one member|company limited|limited company|
co ltd|coltd|company|limited|ltd|llc|joint stock|jsc|corporation|corp|inc|co|thuong mai|tm|dich vu|dv|
san xuat|sx|xuat nhap khau|xnk|dau tu|dt|phat trien|pt|va
"""
#: Long and short ways to write one word.
_SHORT = (("chi nhanh", "cn"), ("cong nghe", "cn"), ("viet nam", "vn"), ("xay dung", "xd"))
_HONORIFICS = "ong|ba|anh|chi|em|co|chu|bac|mr|mrs|ms|miss|a|c"
# «Văn» is a family name too, but after «Chu» it is a middle name far more often than Chu is an uncle.
_FAMILIES = sorted({fold(word) for word in (*FAMILIES, *(words[0] for words in COMPOUND_FAMILIES))} - {"van"})
_OF_A_WARD = "thi tran|dac khu|phuong|xa|p|x|tt|dk"
_OF_A_DISTRICT = "thanh pho|thi xa|quan|huyen|tp|tx|q|h"
_OF_A_STREET = "so nha|so|nha|duong|pho|d"


def _longest_first(words: str) -> str:
    return "|".join(sorted(words.replace("\n", "").split("|"), key=len, reverse=True))


_form, _addressed, _ward, _district, _street, _zeros, _sign = (
    re.compile(each)
    for each in (
        f" (?:{_longest_first(_UNTOLD)})(?= )",
        f"^ (?:{_HONORIFICS})(?= (?:{'|'.join(_FAMILIES)}) [^ ])",
        f"^ (?:{_OF_A_WARD})(?= [^ ])",
        f"^ (?:{_OF_A_DISTRICT})(?= [^ ])",
        f" (?:{_OF_A_STREET})(?= )",
        " 0+(?=[0-9])",
        "[ -/:-@\\[-`{-~]+",
    )
)
#: From here on two names that share a phone or an e-mail are taken for one, as measured on 20,000 customers.
_ALIKE = 0.8
#: So many keys are remembered: each name is asked for by several keys, and once more when its row is written.
_KEPT = 8_192


def _plain(text: str) -> str:
    """Return the folded words with one space around each of them."""
    return _sign.sub(" ", f" {fold(text)} ")


def _short(plain: str) -> str:
    for long, short in _SHORT:
        plain = plain.replace(f" {long} ", f" {short} ")
    return plain


def _sorted(words: str) -> str:
    return " ".join(sorted(words.replace("y", "i").split()))


@lru_cache(maxsize=_KEPT)
def person_key(name: str) -> str:
    """Return the key of a person's name: «Anh NGUYỄN  Thúy Hoà» and «Hòa Nguyễn Thuý» have the same."""
    return _sorted(_addressed.sub("", _plain(name)))


@lru_cache(maxsize=_KEPT)
def firm_key(name: str) -> str:
    """Return the key of an establishment's name, without its form and the trades that many have.

    «CTY TNHH MTV SX TM Phú Quý» and «Phú Quý Co., Ltd» have the same, «Phú Quý - CN Hải Phòng» has another.
    """
    whole = _short(_plain(name))
    return _sorted(_form.sub("", whole)) or _sorted(whole)


@lru_cache(maxsize=_KEPT)
def ward_key(ward: str, district: str = "") -> str:
    """Return the key of a ward: «P. 04» and «Phường 4» of one district have the same.

    The district counts where a number is all there is to the ward.
    """
    key = _zeros.sub(" ", _ward.sub("", _plain(ward))).strip()
    return f"{key} {_district.sub('', _plain(district)).strip()}" if key.isdigit() and key.isascii() else key


@lru_cache(maxsize=_KEPT)
def street_key(line: str) -> str:
    """Return the key of a house and its street: «Số 15 / 2 đường Võ Văn Kiệt» and «15/2 Vo Van Kiet»."""
    return " ".join(_street.sub("", _plain(line)).split())


def is_like(name: str, other: str, *, is_firm: bool = False) -> bool:
    """Tell whether two names that have a phone or an e-mail in common may be one, slips of the pen allowed.

    «PHAM VIET LLAM» and «Phạm Viết Lâm», «Ng. Mỹ Hằng» and «Nguyễn Mỹ Hằng», «Nguyễn Mai» and «Nguyễn Khánh
    Mai» may be one; «Nguyễn Như Thoa» and «Nguyễn Như Hằng» are relatives. A branch is never its company,
    nor another branch.
    """
    key_of = firm_key if is_firm else person_key
    if key_of(name) == key_of(other):
        return True
    one, two = (_words_of(each, is_firm=is_firm) for each in (name, other))
    if is_firm and ("cn" in one or "cn" in two):
        return False
    few, many = sorted((set(one), set(two)), key=len)
    if len(few) > 1 and few <= many:
        return True
    if len(one) == len(two) and all(map(_abbreviates, one, two)):
        return True
    return not (_has_other_given_name(one, two) and not is_firm) and _closeness(one, two) >= _ALIKE


def _words_of(name: str, *, is_firm: bool) -> list[str]:
    plain = _short(_plain(name)) if is_firm else _addressed.sub("", _plain(name))
    kept = _form.sub("", plain) if is_firm else plain
    return (kept.strip() or plain).replace("y", "i").split()


def _abbreviates(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return one == two or (len(short) < 3 and long.startswith(short))


def _has_other_given_name(one: list[str], two: list[str]) -> bool:
    """Relatives share family and middle names; the given name, the last word, tells them apart."""
    words = one[:-1] == two[:-1] and len(one) > 1
    return words and SequenceMatcher(None, one[-1], two[-1], autojunk=False).ratio() < _ALIKE - 0.1


def _closeness(one: list[str], two: list[str]) -> float:
    """Give how much of the letters is the same, from 0 to 1, in the order written or in any."""
    pairs = (("".join(one), "".join(two)), ("".join(sorted(one)), "".join(sorted(two))))
    return max(SequenceMatcher(None, left, right, autojunk=False).ratio() for left, right in pairs)
