"""What is learned, and how well that is measured, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.scoring.learning import Group, Learned, Scored, auc, learn, lift, tenths

_SCORED = st.lists(
    st.builds(Scored, st.integers(0, 6).map(float), st.integers(0, 5), st.integers(0, 5)), max_size=12
)


def _groups(*told: tuple[str, int, int]) -> list[Group]:
    return [Group(frozenset(facts.split()), won, lost) for facts, won, lost in told]


def test_a_fact_without_any_leaves_the_share_of_all() -> None:
    found = learn(_groups(("", 300, 700)))
    assert found.chance(frozenset()) == pytest.approx(0.3, abs=1e-6)


def test_the_shares_of_two_kinds_of_lead_are_found_again() -> None:
    found = learn(_groups(("", 1_000, 9_000), ("referred", 4_000, 6_000)))
    assert found.chance(frozenset()) == pytest.approx(0.1, abs=1e-3)
    assert found.chance(frozenset({"referred"})) == pytest.approx(0.4, abs=1e-3)
    odds = math.log((0.4 / 0.6) / (0.1 / 0.9))
    assert found.weights["referred"] == pytest.approx(odds, abs=5e-3)
    assert found.shares == {"referred": 0.5}


def test_a_fact_that_separates_all_keeps_a_finite_weight() -> None:
    found = learn(_groups(("", 0, 50), ("sure", 50, 0)))
    assert 0.5 < found.chance(frozenset({"sure"})) < 1
    assert math.isfinite(found.weights["sure"])


def test_reasons_name_what_differs_most_first() -> None:
    found = Learned(-1.0, {"referred": 2.0, "web": -0.5}, {"referred": 0.2, "web": 0.5})
    reasons = found.reasons(frozenset({"referred"}))
    assert [fact for fact, _change in reasons] == ["referred", "web"]
    whole, without = 1 / (1 + math.exp(-1.0)), 1 / (1 + math.exp(-(1.0 - 2.0 * 0.8)))
    assert reasons[0][1] == pytest.approx(whole - without)
    assert reasons[1][1] > 0  # not from the web, which is worse


@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from("abcd"), max_size=4), st.integers(0, 40), st.integers(0, 40)),
        min_size=2,
        max_size=10,
    )
)
def test_what_is_foretold_of_all_adds_up_to_what_came(told: list[tuple[set[str], int, int]]) -> None:
    groups = [Group(frozenset(facts), won, lost) for facts, won, lost in told]
    won = sum(each.won for each in groups)
    if not won or won == sum(each.count for each in groups):
        return
    found = learn(groups)
    assert sum(each.count * found.chance(each.facts) for each in groups) == pytest.approx(won, abs=0.05)


# --- how well ------------------------------------------------------------------------------------------


def test_auc_of_four_leads_by_hand() -> None:
    # Of 2 x 2 pairs: 3>1 and 3>2 right, 2>1 right, 2=2 half: 3.5 of 4.
    scored = [Scored(3, 1, 0), Scored(2, 1, 1), Scored(1, 0, 1)]
    assert auc(scored) == pytest.approx(3.5 / 4)


def test_auc_of_a_perfect_a_reversed_and_an_empty_order() -> None:
    assert auc([Scored(1, 0, 5), Scored(2, 3, 0)]) == 1
    assert auc([Scored(1, 3, 0), Scored(2, 0, 5)]) == 0
    assert auc([Scored(1, 4, 6)]) == 0.5
    assert auc([Scored(1, 4, 0)]) is None
    assert auc([]) is None


def _by_pairs(scored: list[Scored]) -> float | None:
    won = [each.score for each in scored for _one in range(each.won)]
    lost = [each.score for each in scored for _one in range(each.lost)]
    if not won or not lost:
        return None
    return sum((one > other) + (one == other) / 2 for one in won for other in lost) / (len(won) * len(lost))


@given(_SCORED)
def test_auc_is_what_all_pairs_say(scored: list[Scored]) -> None:
    expected = _by_pairs(scored)
    assert auc(scored) == (None if expected is None else pytest.approx(expected))


def test_lift_of_the_top_tenth_by_hand() -> None:
    # 20 of 100 won. The best ten: 8 of which 6 won, and 2 of 20 alike of which 4 won: 6.4 of 10 against 0.2.
    scored = [Scored(0.9, 6, 2), Scored(0.5, 4, 16), Scored(0.1, 10, 62)]
    assert lift(scored) == pytest.approx(0.64 / 0.2)
    assert lift([Scored(0.5, 0, 10)]) is None


def test_tenths_tell_what_was_foretold_and_what_came() -> None:
    scored = [Scored(place / 10, place, 10 - place) for place in range(10)]
    told = tenths(scored)
    assert [each.count for each in told] == [10] * 10
    assert [each.foretold for each in told] == [each.came for each in told] == [n / 10 for n in range(10)]


def test_equal_scores_stay_in_one_tenth() -> None:
    told = tenths([Scored(0.2, 10, 40), Scored(0.6, 30, 20)])
    assert [(each.count, each.foretold, each.came) for each in told] == [(50, 0.2, 0.2), (50, 0.6, 0.6)]


@given(_SCORED)
def test_tenths_hold_every_lead_once(scored: list[Scored]) -> None:
    assert sum(each.count for each in tenths(scored)) == sum(each.count for each in scored)
