"""A fault is described by types and places alone, and its number can be read out."""

from __future__ import annotations

import pytest

from duyen.foundation.troubles.rules import describe, new_number, read_number

SECRET = "Nguyễn Thị Bí Mật 0912345678"


def _fall(given: str) -> None:
    try:
        int(given)
    except ValueError as error:
        raise KeyError(given) from error


def _fault(given: str = SECRET) -> BaseException:
    try:
        _fall(given)
    except KeyError as error:
        return error
    raise AssertionError


def test_tells_types_and_places_and_no_value() -> None:
    found = describe(_fault())

    assert found.kind == "KeyError"
    assert found.chain == ("ValueError",)
    assert found.place.endswith("test_rules.py:_fall")
    assert "Bí Mật" not in repr(found)
    assert "0912345678" not in repr(found)


def test_equal_faults_have_one_fingerprint_whatever_was_typed() -> None:
    assert describe(_fault("a")).fingerprint == describe(_fault("b")).fingerprint
    assert describe(_fault()).fingerprint != describe(ZeroDivisionError()).fingerprint


@pytest.mark.parametrize("typed", ["L-7F3K2", "l-7f3k2", " 7f3k2 ", "L 7F3 K2", "l7f3k2"])
def test_reads_a_number_as_people_give_it(typed: str) -> None:
    assert read_number(typed) == "L-7F3K2"


@pytest.mark.parametrize("typed", ["", "L-", "L-7F3K", "L-7F3K22", "L-0OI1L", "' OR 1=1", "ă" * 5])
def test_what_is_no_number_finds_nothing(typed: str) -> None:
    assert read_number(typed) == ""


def test_a_number_reads_back() -> None:
    for _time in range(200):
        number = new_number()
        assert read_number(number) == number


def test_a_ring_of_causes_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    assert describe(first).chain == ("KeyError",)
