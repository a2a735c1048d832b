"""Found words are marked where they stand, whatever signs lie between; all other text stays text."""

from __future__ import annotations

import pytest

from duyen.surfaces.web.marking import marked, marked_digits


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("Nguyễn Văn An", ["an"], "Nguyễn Văn <mark>An</mark>"),
        ("Đặng Đức", ["dan", "duc"], "<mark>Đặn</mark>g <mark>Đức</mark>"),
        ("Thuận", ["uan"], "Th<mark>uận</mark>"),
        ("Hòa Hòa", ["hoa"], "<mark>Hòa</mark> <mark>Hòa</mark>"),
        ("<i>An</i>", ["an", "n"], "&lt;i&gt;<mark>An</mark>&lt;/i&gt;"),
        ("An", [], "An"),
        ("", ["an"], ""),
    ],
)
def test_marks_words(text: str, words: list[str], html: str) -> None:
    assert marked(text, words) == html


def test_marks_digits_across_gaps() -> None:
    assert marked_digits("0912 345 678", ["345678"]) == "0912 <mark>345 678</mark>"
    assert marked_digits("0314409058-002", ["9058002"]) == "031440<mark>9058-002</mark>"
    assert marked_digits("0912 345 678", ["abc"]) == "0912 345 678"
