"""Reads that the rules of a set share are made once for the set, and afresh for the next one."""

from __future__ import annotations

from duyen.entities.once import once, reading_once


def test_reads_once_for_a_set_and_each_time_outside() -> None:
    asked: list[int] = []

    @once
    def read(number: int) -> int:
        asked.append(number)
        return number * 2

    with reading_once():
        assert [read(1), read(2), read(1)] == [2, 4, 2]
    with reading_once():
        assert read(1) == 2
    assert [read(2), read(2)] == [4, 4]

    assert asked == [1, 2, 1, 2, 2]
