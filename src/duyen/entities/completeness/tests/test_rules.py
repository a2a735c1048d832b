"""The arithmetic of completeness."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.completeness.rules import Group, band, moves, score, score_of_mask, standing

ROWS = st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=12)


def test_shares_by_weight_and_rounds_half_up() -> None:
    assert score((30, 20, 50), (True, False, True)) == 80
    assert score((1, 7), (True, False)) == 13  # 12.5
    assert score((1, 2), (True, False)) == 33
    assert score((0, 0), (True, True)) is None
    assert score((), ()) is None


@given(ROWS)
def test_lies_between_nothing_and_all(rows: list[tuple[int, bool]]) -> None:
    weights, filled = [weight for weight, _ in rows], [has for _, has in rows]
    value = score(weights, filled)

    if sum(weights) == 0:
        assert value is None
        return
    assert value is not None
    assert 0 <= value <= 100
    assert score(weights, [True] * len(rows)) == 100
    assert score(weights, [False] * len(rows)) == 0


@given(ROWS, st.integers(0, 11))
def test_filling_one_more_never_lowers_it(rows: list[tuple[int, bool]], place: int) -> None:
    weights, filled = [weight for weight, _ in rows], [has for _, has in rows]
    more = [has or at == place for at, has in enumerate(filled)]

    assert (score(weights, more) or 0) >= (score(weights, filled) or 0)


def test_tells_bands_by_their_lowest_score() -> None:
    assert [band(value) for value in (0, 49, 50, 79, 80, 100)] == [0, 0, 1, 1, 2, 2]


def test_sums_up_how_rows_stand_and_move() -> None:
    groups = [Group("A", 0b01, 3), Group("A", 0b11, 1), Group("B", 0b10, 5), Group("C", 0b11, 9)]
    before, after = {"A": (50, 50), "B": (0, 0)}, {"A": (20, 80), "B": (0, 10)}

    now, then = standing(groups, before), standing(groups, after)

    assert (now.bands, now.mean) == ((0, 3, 1), 62.5)
    assert (then.bands, then.mean) == ((3, 0, 6), (3 * 20 + 6 * 100) / 9)
    assert moves(groups, before, after) == {(1, 0): 3}
    assert score_of_mask((50, 50), 0b10) == 50
