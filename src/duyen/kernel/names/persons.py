"""Names of persons: family, middle and given name, in Vietnamese, ethnic and foreign order.

A Vietnamese name is họ, tên đệm, tên; people are addressed and sorted by tên: Phạm Ngọc Hưng is «anh Hưng».
Nothing here guesses a person's sex.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

from duyen.kernel.text import clean, fold


class Honorific(StrEnum):
    """How a person is addressed; the word itself is the code, for it is said in every language."""

    ANH = "anh"
    CHI = "chị"
    EM = "em"
    CO = "cô"
    CHU = "chú"
    BAC = "bác"
    ONG = "ông"
    BA = "bà"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as written, and its parts; `family` and `middle` may be empty, `given` only if all is."""

    full: str
    family: str
    middle: str
    given: str
    honorific: Honorific | None = None


_KINH_AND_HOA = """
an ánh âu bạch bàng bành bùi ca cái cam cao cát châu chế chu chung chử chương cù cung cự dã danh diêm diệp
doãn du dư dương đàm đan đào đặng đậu đầu đèo đinh đoàn đỗ đới đồng đổng đường giang giáp hà hạ hàn hàng hình
hoa hoàng hồ hồng hùng hứa huỳnh hướng kha khâu khổng khúc khuất khương kiều kim kỷ la lã lạc lại lâm lê lều
liễu liêu lò lỗ lộ luân lục lường lương lưu lữ lý mã mạc mạch mai mẫn mâu nghiêm ngô ngôn ngũ nguyễn nhan nhâm
nhữ ninh nông ông phạm phan phí phó phú phùng phương quách quan quản quang sầm sơn sử tạ tăng tấn thạch thái
thẩm thân thiều thịnh thới thục thủy tiên tiêu tiết tô tôn tống trà trần trang trầm triệu trịnh trình trương
từ tưởng ty uông ung ưng vạn văn vi viêm viên võ vòng vũ vương vưu xa yên
"""
_OTHER_PEOPLES = """
bế bàn bloong bríu chá chảo cứ cư đàng điểu giàng hờ hạng hlong katơr kơ ksor kpă kpuih lầu lèo lù ma mùa nay
nình phàn quàng rah ra rcom rmah rơ siu sùng thào tẩn tòng vàng vừ zơrâm alăng pơloong
"""
FAMILIES = frozenset((_KINH_AND_HOA + _OTHER_PEOPLES).split())
"""Family names of Vietnam that are one word; a name beginning with one is in Vietnamese order."""
_FOLDED_FAMILIES = frozenset(map(fold, FAMILIES))

COMPOUND_FAMILIES = (
    ("công", "tằng", "tôn", "nữ"), ("công", "huyền", "tôn", "nữ"), ("tôn", "nữ"), ("tôn", "thất"),
    ("âu", "dương"), ("tư", "mã"), ("thượng", "quan"), ("hoàng", "phủ"), ("rơ", "châm"), ("rơ", "chăm"),
    ("rơ", "lan"), ("rơ", "mah"), ("pi", "năng"), ("nguyễn", "phước"), ("nguyễn", "phúc"),
)  # fmt: skip
_COMPOUNDS = tuple(tuple(map(fold, words)) for words in COMPOUND_FAMILIES)
# «Nguyễn Phước Thắng» is far more often Nguyễn with the middle name Phước than one of the royal house.
_ROYAL = {("nguyen", "phuoc"), ("nguyen", "phuc")}

# «A Hải» and «C Hoa» stand in many a seller's list; before a family name they are anh and chị.
_HONORIFICS: dict[str, Honorific | None] = {
    **{fold(word): word for word in Honorific},
    **{"a": Honorific.ANH, "c": Honorific.CHI},
    **dict.fromkeys(("mr", "mrs", "ms", "miss")),
}
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)
# Horn, hook above, dot below, circumflex under a tone, and đ: other languages have hardly any of them.
_ONLY_VIETNAMESE = re.compile("[đĐ\u031b\u0309\u0323]|\u0302[\u0300\u0301\u0303]")
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})


def clean_name(text: str) -> str:
    """Return a name on one line in NFC, single-spaced, with a true Đ, without commas or dashes at its ends.

    Capitals stay as written.
    """
    return clean(text).translate(_LOOKALIKES).strip(" ,;:-–—_/")


def read_person(text: str) -> PersonName:
    """Take a person's name apart; whatever is written gives a name, for people have every kind of name.

    An honorific before a whole name is taken off. H'Hen Niê and Y Moan Êban carry the given name first, as
    foreign names do. A name is foreign when it begins with no family name of Vietnam, has no letter that only
    Vietnamese has, and most of its words are no Vietnamese syllables.
    """
    words = clean_name(text).split(" ")
    folded = fold(" ".join(words)).split(" ")
    honorific = None
    head = folded[0].rstrip(".")
    if len(words) > 2 and head in _HONORIFICS and folded[1] in _FOLDED_FAMILIES:
        honorific = _HONORIFICS[head]
        words, folded = words[1:], folded[1:]
    given_first, family, given = _shape(words, folded)
    parts = words[:family], words[family : len(words) - given], words[len(words) - given :]
    if given_first:
        parts = words[len(words) - family :], words[given : len(words) - family], words[:given]
    family_name, middle_name, own_name = (" ".join(part) for part in parts)
    return PersonName(" ".join(words), family_name, middle_name, own_name, honorific)


def _shape(words: list[str], folded: list[str]) -> tuple[bool, int, int]:
    """Tell whether the given name stands first, and how many words family and given name have."""
    if len(words) < 2:
        return False, 0, len(words)
    if len(folded) == len(words):
        compound = _compound(folded)
        if compound:
            return False, compound, 1
        if folded[0] in _FOLDED_FAMILIES or folded[0].endswith("."):  # «Ng. Văn An»
            return False, 1, 1
        if folded[0].startswith("h'"):
            return True, len(words) - 1, 1
        if words[0] == "Y":
            return (True, len(words) - 2, 2) if len(words) > 2 else (True, 0, 2)
    return _is_foreign(words, folded), 1, 1


def _is_foreign(words: list[str], folded: list[str]) -> bool:
    strange = sum(not _SYLLABLE.fullmatch(word) for word in folded)
    return strange * 2 >= len(folded) and not _ONLY_VIETNAMESE.search(normalize("NFD", " ".join(words)))


def _compound(folded: list[str]) -> int:
    for words in _COMPOUNDS:
        if tuple(folded[: len(words)]) == words and len(folded) > len(words) + (words in _ROYAL):
            return len(words)
    return 0


def given_name(text: str) -> str:
    """Return the name a person is called by: Hưng for Phạm Ngọc Hưng, H'Hen for H'Hen Niê."""
    return read_person(text).given


def address(text: str, honorific: Honorific | None = None) -> str:
    """Return how to speak to a person, «anh Hưng», or «Anh/Chị Hưng» while nobody knows better."""
    name = read_person(text)
    word = honorific or name.honorific
    return f"{word or 'Anh/Chị'} {name.given}" if name.given else "Quý khách"
