"""Old Vietnamese encodings: letters, capitals, and telling one from the other by the words."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel import encodings
from duyen.kernel.encodings import recognise_bytes, recognise_letters
from duyen.kernel.legacy_letters import from_tcvn3, from_vni
from duyen.kernel.syllables import is_syllable
from duyen.testing.old_encodings import encode

WORDS = """
nguyễn trần lê phạm hoàng huỳnh võ vũ đặng bùi đỗ hồ ngô dương lý văn thị đức hưng thuỷ thủy khuyên quỳnh
phượng mỹ ngọc thành phố hà nội đà nẵng hải phòng cần thơ đường phường quận huyện tỉnh xã ấp thôn nghĩa khoa
trường giữ giếng được nước những người thuở quyết xuân lượng ý ỷ ỵ
"""
SYLLABLES = WORDS.split()
ENCODINGS = ("windows-1258", "tcvn3", "vni")
#: Ten different words tell an encoding; of fewer, or of one again and again, none may be sure.
sentences = st.lists(
    st.sampled_from([each for each in SYLLABLES if not each.isascii()]), min_size=10, max_size=30, unique=True
)


def _words(text: bytes) -> set[bytes]:
    return {word for word in re.findall(rb"[A-Za-z\x80-\xff]+", text) if not word.isascii()}


@pytest.mark.parametrize(
    ("old", "letters"),
    [
        (b"Nguy\xd4n V\xa8n An", "Nguyễn Văn An"),
        (b"\xa7\xed\xae l\xb8nh", "Đớđ lánh"),
        (b"Th\xb5nh ph\xe8 H\xe5 Ch\xdd Minh", "Thành phố Hồ Chí Minh"),
        (b"\xa7\xad\xeang", "Đường"),
        (b"NGUY\xd4N TH\xde H\xb5", "NGUYỄN THỊ HÀ"),
        (b"Nguy\xd4n Th\xde \xb8nh", "Nguyễn Thị Ánh"),
        (b"S\xe8 5 \xcap B\xd7nh Minh", "Số 5 ấp Bình Minh"),
    ],
)
def test_reads_tcvn3_and_gives_capitals_back_where_the_other_letters_tell(old: bytes, letters: str) -> None:
    assert from_tcvn3(old.decode("cp1252")) == letters


@pytest.mark.parametrize(
    ("old", "letters"),
    [
        ("Nguyeãn Vaên Ñöùc", "Nguyễn Văn Đức"),
        ("NGUYEÃN THÒ AÙNH", "NGUYỄN THỊ ÁNH"),
        ("Thaønh phoá Hoà Chí Minh", "Thành phố Hồ Chí Minh"),
        ("Aùnh, Kyø, Mỹ", "Ánh, Kỳ, Mỹ"),
        ("ñöôøng Lyù Töï Troïng", "đường Lý Tự Trọng"),
    ],
)
def test_reads_vni(old: str, letters: str) -> None:
    assert from_vni(old) == letters


@pytest.mark.parametrize("word", SYLLABLES)
def test_knows_vietnamese_syllables_in_any_case_and_form(word: str) -> None:
    import unicodedata

    assert is_syllable(word)
    assert is_syllable(word.upper())
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize(
    "word", ["müller", "café", "nguyôn", "trắ", "tàc", "tủt", "ngắch", "ßo", "đ", "ngễu-"]
)
def test_knows_what_only_looks_like_a_syllable(word: str) -> None:
    assert not is_syllable(word)


@given(words=sentences, encoding=st.sampled_from(ENCODINGS))
def test_recognises_an_encoding_by_its_words_and_gives_the_same_text_back(
    words: list[str], encoding: str
) -> None:
    text = " ".join(words)
    old = encode(text, encoding)

    found = recognise_bytes(_words(old))

    assert found is not None
    read = encodings.letters_of(found.encoding)(old.decode(encodings.codec_of(found.encoding)))
    assert read == text


@given(
    words=sentences,
    font=st.sampled_from(["tcvn3", "vni"]),
    shape=st.sampled_from([str, str.title, str.upper]),
)
def test_recognises_letters_of_a_font_that_were_carried_into_unicode(
    words: list[str], font: str, shape: type[str]
) -> None:
    text = " ".join(map(shape, words))
    carried = encode(text, font).decode("cp1252")

    found = recognise_letters(set(carried.split()), within="utf-8")

    assert found.encoding == f"utf-8+{font}"
    assert encodings.letters_of(found.encoding)(carried).lower() == text.lower()


@given(words=sentences)
def test_leaves_true_letters_alone(words: list[str]) -> None:
    assert recognise_letters(set(words), within="utf-8").encoding == "utf-8"


def test_turns_only_the_cells_of_a_mixed_table_that_become_vietnamese() -> None:
    true = ["Nguyễn", "Văn", "Đức", "Quỳnh", "Hà"]
    carried = [
        encode(word, "tcvn3").decode("cp1252") for word in ("Trần", "Thị", "Phượng", "Lữ", "Mỹ", "Tấn")
    ]

    found = recognise_letters({*true, *carried}, within="unicode")
    turn = encodings.letters_of(found.encoding)

    assert found.encoding == "unicode+mixed+tcvn3"
    assert [turn(word) for word in (*true, *carried)] == [
        *true, "Trần", "Thị", "Phượng", "Lữ", "Mỹ", "Tấn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (["Müller", "Straße", "Größe", "Köln", "Jürgen"], "windows-1252"),
        (["éà", "Ôí"], None),
        (["\x8d\x8e"], None),
    ],
)
def test_takes_western_text_for_western_and_refuses_to_guess(
    words: Iterable[str], encoding: str | None
) -> None:
    found = recognise_bytes({word.encode("latin-1") for word in words})

    assert (found.encoding if found else None) == encoding


def test_is_less_sure_of_few_words_than_of_many() -> None:
    few = recognise_bytes(_words(encode("Nguyễn Đức", "tcvn3")))
    many = recognise_bytes(_words(encode(" ".join(SYLLABLES), "tcvn3")))

    assert few
    assert many
    assert few.confidence < many.confidence <= 1


@pytest.mark.parametrize("name", ["", "utf-7", "tcvn3+vni+x", "utf-8+", "cp949"])
def test_knows_no_other_encodings(name: str) -> None:
    with pytest.raises(LookupError):
        encodings.letters_of(name)
