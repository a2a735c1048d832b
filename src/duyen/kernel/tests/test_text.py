"""Cleaning, folding and ordering of Vietnamese text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel import letters
from duyen.kernel.tests.name_samples import ALL_NAMES
from duyen.kernel.text import (
    SQL_FUNCTIONS,
    clean,
    clean_lines,
    fold,
    fold_sql,
    given_sort_key,
    given_sort_key_sql,
    sort_key,
    sort_key_sql,
    spelled_any_way,
)

VOWELS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
words = st.text(alphabet=VOWELS + VOWELS.upper() + "đĐbcdghklmnpqrstvx '-.0159\u00a0\u200b\t")


class TestClean:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            (" Nguyễn  Duy Vũ ", "Nguyễn Duy Vũ"),
            ("Lê\u00a0Hà", "Lê Hà"),
            ("Lê\nHà", "Lê Hà"),
            ("\ufeffLê \u200bHà\u00ad", "Lê Hà"),
            ("Lê\x07Hà", "LêHà"),
            (unicodedata.normalize("NFD", "Nguyễn Ấn"), "Nguyễn Ấn"),
            ("\u200b \u00a0", ""),
        ],
    )
    def test_keeps_what_a_reader_sees(self, typed: str, kept: str) -> None:
        assert clean(typed) == kept

    @given(st.text())
    def test_changes_nothing_the_second_time(self, typed: str) -> None:
        assert clean(clean(typed)) == clean(typed)

    def test_keeps_the_lines_of_a_note(self) -> None:
        assert clean_lines("\r\n Một  dòng \r\n\r\nHai\u2028Ba \n\n") == "Một dòng\n\nHai\nBa"


class TestFold:
    @pytest.mark.parametrize(
        ("name", "folded"),
        [
            ("Nguyễn  Văn ĐỨC", "nguyen van duc"),
            ("ĐẶNG ẤN", "dang an"),
            ("Ðặng Văn ðức Ɖào", "dang van duc dao"),
            ("Ｃông　ｔｙ", "cong ty"),
            ("Lý Thuý Lí Thúy", "ly thuy li thuy"),
            ("H’Hen Niê", "h'hen nie"),
            ("Müller Łódź Åsa İIı", "muller lodz asa iii"),
            ("“A” – B", '"a" - b'),
            ("Công ty 株式会社", "cong ty 株式会社"),
        ],
    )
    def test_gives_plain_small_letters(self, name: str, folded: str) -> None:
        assert fold(name) == folded

    def test_leaves_ascii_of_every_vietnamese_letter(self) -> None:
        plain = fold(VOWELS + VOWELS.upper() + "đĐ")

        assert plain == "a" * 18 + "e" * 12 + "i" * 6 + "o" * 18 + "u" * 12 + "y" * 6 + fold(VOWELS) + "dd"

    @given(words)
    def test_is_the_same_for_composed_decomposed_upper_and_lower(self, text: str) -> None:
        spellings = (
            unicodedata.normalize("NFC", text),
            unicodedata.normalize("NFD", text),
            text.upper(),
            text.lower(),
        )

        assert {fold(spelling) for spelling in spellings} == {fold(text)}

    @given(st.text())
    def test_changes_nothing_the_second_time(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)

    @given(words)
    def test_is_blind_to_cleaning(self, text: str) -> None:
        assert fold(clean(text)) == fold(text)


class TestSortKey:
    def test_orders_letters_as_the_dictionary(self) -> None:
        alphabet = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")

        assert sorted(sorted(alphabet), key=sort_key) == alphabet

    @pytest.mark.parametrize(
        "row", ["aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "oòỏõóọ", "ơờởỡớợ", "yỳỷỹýỵ"]
    )
    def test_orders_tones_as_the_dictionary(self, row: str) -> None:
        assert sorted(sorted(row), key=sort_key) == list(row)
        assert sorted(sorted(row.upper()), key=sort_key) == list(row.upper())

    def test_asks_for_tones_only_after_all_letters(self) -> None:
        names = [
            "An",
            "Ẩn",
            "Ăn",
            "Án",
            "An Dũng",
            "Anh",
            "Ân",
            "An Đào",
            "Ạn Bình",
            "Bảo",
            "Đặng",
            "Dũng",
            "Zung",
        ]

        assert sorted(names, key=sort_key) == [
            "An", "Án", "Ạn Bình", "An Dũng", "An Đào", "Anh", "Ăn", "Ân", "Ẩn",
            "Bảo", "Dũng", "Đặng", "Zung",
        ]  # fmt: skip

    def test_puts_spaces_signs_and_digits_before_letters(self) -> None:
        names = ["Ba", "1001 Đêm", "[Cũ]", "B Minh", "_A", "An", "24h", "Âu", "~"]

        assert sorted(names, key=sort_key) == [
            "[Cũ]",
            "~",
            "_A",
            "1001 Đêm",
            "24h",
            "An",
            "Âu",
            "B Minh",
            "Ba",
        ]

    @given(words, words)
    def test_puts_equal_letters_in_the_order_of_their_folded_form(self, one: str, other: str) -> None:
        plain = str.maketrans("", "", letters.INVISIBLE + "'-. \u00a0\t")
        one, other = fold(one).translate(plain), fold(other).translate(plain)

        assert (sort_key(one) < sort_key(other)) == (one < other)

    @given(words)
    def test_is_the_same_for_composed_decomposed_upper_and_lower(self, text: str) -> None:
        spellings = (
            unicodedata.normalize("NFC", text),
            unicodedata.normalize("NFD", text),
            text.upper(),
            text.lower(),
        )

        assert {sort_key(spelling) for spelling in spellings} == {sort_key(text)}


class TestGivenSortKey:
    def test_orders_by_the_last_word_then_by_the_words_before(self) -> None:
        names = ["Trần Bình", "Lê Bính", "Phạm Ngọc Hưng", "Lê Bình", "An", "Phạm Ngọc Hùng", "Lê Văn Bình"]

        assert sorted(names, key=given_sort_key) == [
            "An", "Lê Bình", "Lê Văn Bình", "Trần Bình", "Lê Bính", "Phạm Ngọc Hùng", "Phạm Ngọc Hưng",
        ]  # fmt: skip

    def test_is_blind_to_spaces_at_the_ends(self) -> None:
        assert given_sort_key(" Lê Bình ") == given_sort_key("Lê Bình")


class TestSpelledAnyWay:
    @pytest.mark.parametrize(
        ("word", "text"),
        [
            ("duc", "Văn ĐỨC"),
            ("nguyen", "Nguyễn"),
            ("an", "ẤN"),
            ("0912-345", "0912-345"),
            ("a.b", "A.b"),
            ("uong", "ƯỜNG"),
        ],
    )
    def test_finds_a_folded_word_as_people_write_it(self, word: str, text: str) -> None:
        assert re.search(spelled_any_way(word), text)

    @pytest.mark.parametrize(("word", "text"), [("duc", "Dũng"), ("a.b", "axb"), ("tran", "Trấ n")])
    def test_finds_no_other_word(self, word: str, text: str) -> None:
        assert not re.search(spelled_any_way(word), text)

    def test_finds_whatever_folding_finds(self) -> None:
        for name in ALL_NAMES:
            text = clean(unicodedata.normalize("NFKC", name))
            for word in fold(text).split():
                if word.isascii() and word.isalnum():
                    assert re.search(spelled_any_way(word), text), (word, text)


class TestSql:
    def test_names_four_functions_one_statement_each(self) -> None:
        names = [
            statement.split("(")[0].removeprefix("CREATE OR REPLACE FUNCTION ") for statement in SQL_FUNCTIONS
        ]

        assert names == ["duyen_fold", "duyen_sort_key", "duyen_given_key", "duyen_join"]
        assert not any(";" in statement for statement in SQL_FUNCTIONS)

    @pytest.mark.parametrize("write", [fold_sql, sort_key_sql, given_sort_key_sql])
    def test_is_plain_ascii_and_names_the_argument(self, write: Callable[[str], str]) -> None:
        expression = write("party.name")

        assert expression.isascii()
        assert "party.name" in expression
        assert expression.isprintable()

    def test_has_a_place_in_the_table_for_every_letter_of_the_samples(self) -> None:
        known = {old for old, _ in letters.FOLD}
        marks_and_letters = {
            sign
            for name in ALL_NAMES
            for sign in unicodedata.normalize("NFKD", name)
            if unicodedata.category(sign) in ("Mn", "Ll", "Lu") and ord(sign) < 0x370
        }

        assert marks_and_letters <= known
