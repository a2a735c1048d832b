"""Codes, orders and words of lists, without a database."""

from __future__ import annotations

from duyen.entities.choices.rules import code_for, moved, ordered, same_word


def test_makes_a_code_of_a_word_and_numbers_one_that_is_taken() -> None:
    assert code_for("Thủy sản đông lạnh", (), longest=40) == "THUY_SAN_DONG_LANH"
    assert code_for("Thủy sản đông lạnh", (), longest=8) == "THUY_SAN"
    assert code_for("Khác", {"KHAC", "KHAC_2"}, longest=20) == "KHAC_3"
    assert code_for("…", {"ITEM"}, longest=5) == "ITE_2"


def test_moves_an_item_and_stops_at_the_ends() -> None:
    assert moved("abc", "b", -1) == ["b", "a", "c"]
    assert moved("abc", "c", 1) == ["a", "b", "c"]
    assert moved("abc", "z", 1) == ["a", "b", "c"]


def test_orders_what_is_named_and_leaves_the_rest_where_it_stood() -> None:
    assert ordered(["a", "b", "c", "d"], ["d", "a"]) == ["d", "b", "c", "a"]
    assert ordered(["a", "b"], ["b", "b", "z"]) == ["a", "b"]


def test_knows_a_word_however_it_is_written() -> None:
    assert same_word("THUY SAN", ["Thủy  sản"])
    assert not same_word("Thủy lợi", ["Thủy sản"])
