"""Commands are found by the beginnings of their words, without tone marks."""

from __future__ import annotations

from duyen.surfaces.web.commands import Command, fitting

CREATE = Command("Tạo khách hàng", "plus", "/customers/new", also="thêm mới")
GO = Command("Mở Khách hàng", "building-2", "/customers")
THEME = Command("Giao diện: Tối", "moon")


def test_finds_by_the_beginnings_of_words_in_any_order() -> None:
    known = [GO, CREATE, THEME]

    assert fitting(known, "tao kh") == [CREATE]
    assert fitting(known, "hang mo")[0] == GO
    assert fitting(known, "toi giao") == [THEME]
    assert fitting(known, "ang") == []


def test_puts_first_what_begins_as_typed_and_takes_other_words_too() -> None:
    assert fitting([GO, CREATE], "kh") == [GO, CREATE]
    assert fitting([GO, CREATE], "tao") == [CREATE]
    assert fitting([GO, CREATE], "them kh") == [CREATE]
    assert fitting([GO, CREATE], "") == [GO, CREATE]
