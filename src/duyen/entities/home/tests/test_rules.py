"""How tiles are arranged: nothing is lost, nothing stands twice, whatever was kept or dropped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.home.rules import (
    ACROSS,
    DOWN,
    HIDE,
    MOVES,
    SHOW,
    UP,
    Arrangement,
    Place,
    arranged,
    dropped,
    moved,
)

PLACES = [Place(name, is_wide=name in "abc", is_chosen=name != "f") for name in "abcdef"]
NAMES = st.lists(st.sampled_from("abcdefxyz"), max_size=8)


def everything(now: Arrangement) -> list[str]:
    return sorted((*now.wide, *now.narrow, *now.away))


def test_a_page_that_nobody_arranged_stands_as_it_was_contributed() -> None:
    now = arranged(PLACES, None)

    assert now == Arrangement(("a", "b", "c"), ("d", "e"), ("f",))


def test_a_tile_that_came_later_stands_behind_what_was_arranged() -> None:
    now = arranged(PLACES, Arrangement(("c", "a"), ("b",), ("e",)))

    assert now == Arrangement(("c", "a"), ("b", "d"), ("e", "f"))


def test_moves_from_the_menu() -> None:
    now = arranged(PLACES, None)

    assert moved(now, "b", UP).wide == ("b", "a", "c")
    assert moved(now, "b", DOWN).wide == ("a", "c", "b")
    assert moved(now, "a", UP) == now
    assert moved(now, "a", ACROSS) == Arrangement(("b", "c"), ("d", "e", "a"), ("f",))
    assert moved(now, "a", HIDE) == Arrangement(("b", "c"), ("d", "e"), ("f", "a"))
    assert moved(now, "f", SHOW, is_wide=False).narrow == ("d", "e", "f")
    assert moved(now, "x", UP) == now


def test_a_move_goes_past_tiles_that_are_not_on_the_page() -> None:
    now = Arrangement(("a", "b", "c"))

    assert moved(now, "c", UP, seen=["a", "c"]).wide == ("c", "a", "b")


@given(NAMES, NAMES, NAMES)
def test_whatever_was_kept_each_tile_stands_once(wide: list[str], narrow: list[str], away: list[str]) -> None:
    kept = Arrangement.from_json({"wide": wide, "narrow": narrow, "away": away})
    once = Arrangement(
        kept.wide,
        tuple(each for each in kept.narrow if each not in kept.wide),
        tuple(each for each in kept.away if each not in (*kept.wide, *kept.narrow)),
    )

    assert everything(arranged(PLACES, once)) == list("abcdef")


@given(st.lists(st.tuples(st.sampled_from("abcdefx"), st.sampled_from(MOVES)), max_size=12))
def test_no_row_of_moves_loses_a_tile(moves: list[tuple[str, str]]) -> None:
    now = arranged(PLACES, None)
    for name, move in moves:
        now = moved(now, name, move)

    assert everything(now) == list("abcdef")


@given(NAMES, NAMES)
def test_a_drop_loses_no_tile_and_brings_none_in(wide: list[str], narrow: list[str]) -> None:
    now = dropped(arranged(PLACES, None), wide, narrow)

    assert everything(now) == list("abcdef")
    assert now.away == ("f",)


@given(st.one_of(st.none(), st.integers(), st.text(), st.dictionaries(st.text(), st.integers())))
def test_reads_whatever_was_kept(kept: object) -> None:
    assert Arrangement.from_json({"wide": kept, "narrow": [1, None, "a", "a"]}).narrow == ("a",)
