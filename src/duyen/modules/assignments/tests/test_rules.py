"""The first rule that fits assigns a lead; its people come in turn or by load, nobody away or full does."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.assignments.rules import Lead, Outcome, Rule, Standing, assign, fits
from duyen.modules.assignments.words import Left, Way


def _rule(number: int = 1, people: list[int] | None = None, **values: Any) -> Rule:
    given: dict[str, Any] = {
        "sources": frozenset(),
        "temperatures": frozenset(),
        "provinces": frozenset(),
        "wards": frozenset(),
        "products": frozenset(),
        "campaign": None,
        "way": Way.IN_TURN,
        "most_open": None,
        "only_in_hours": False,
        **values,
    }
    return Rule(id=number, people=people or [1, 2, 3], **given)


def _lead(number: int = 1, **values: Any) -> Lead:
    given: dict[str, Any] = {
        "source": "WEB",
        "temperature": "WARM",
        "province": "31",
        "ward": "11359",
        "products": frozenset({7, 8}),
        "campaign": None,
        "had": frozenset(),
        **values,
    }
    return Lead(id=number, **given)


def _people(rules: list[Rule], count: int, standing: Standing | None = None) -> list[int | None]:
    found = assign(rules, [_lead(number) for number in range(count)], standing or Standing())
    return [each.person for each in found]


@pytest.mark.parametrize(
    ("values", "is_fit"),
    [
        ({}, True),
        ({"sources": frozenset({"WEB", "ZALO"})}, True),
        ({"sources": frozenset({"ZALO"})}, False),
        ({"provinces": frozenset({"01"})}, False),
        ({"wards": frozenset({"11359", "11407"})}, True),
        ({"wards": frozenset({"11407"})}, False),
        ({"products": frozenset({8, 9})}, True),
        ({"products": frozenset({9})}, False),
        ({"campaign": 4}, False),
        ({"temperatures": frozenset({"HOT"})}, False),
        ({"sources": frozenset({"WEB"}), "temperatures": frozenset({"HOT"})}, False),
    ],
)
def test_a_rule_fits_what_has_all_that_it_names(values: dict[str, Any], is_fit: bool) -> None:
    assert fits(_rule(**values), _lead()) is is_fit


def test_the_first_rule_that_fits_counts() -> None:
    rules = [_rule(1, [1], sources=frozenset({"ZALO"})), _rule(2, [2]), _rule(3, [3])]
    assert list(assign(rules, [_lead()], Standing())) == [Outcome(1, 2, 2)]


def test_nobody_gets_what_no_rule_fits() -> None:
    rule = _rule(sources=frozenset({"ZALO"}))
    assert list(assign([rule], [_lead()], Standing())) == [Outcome(1, left=Left.NO_RULE)]


def test_people_come_one_after_the_other_from_whoever_was_last() -> None:
    assert _people([_rule()], 4, Standing(last={1: 2})) == [3, 1, 2, 3]


def test_whoever_left_the_rule_does_not_stop_the_turn() -> None:
    assert _people([_rule()], 2, Standing(last={1: 99})) == [1, 2]


def test_nobody_away_gets_anything_and_the_turn_goes_on() -> None:
    assert _people([_rule()], 3, Standing(away={2})) == [1, 3, 1]


def test_the_fewest_open_leads_come_first() -> None:
    assert _people([_rule(way=Way.LEAST_LOAD)], 4, Standing(load={1: 3, 2: 1, 3: 2})) == [2, 3, 2, 3]


def test_a_lead_waits_for_its_people_rather_than_going_to_others() -> None:
    rules = [_rule(1, [1, 2], most_open=1), _rule(2, [3])]
    found = list(assign(rules, [_lead(number) for number in (1, 2, 3)], Standing()))
    assert [each.person for each in found] == [1, 2, None]
    assert (found[2].rule, found[2].left) == (1, Left.NOBODY)


def test_nobody_gets_a_lead_a_second_time() -> None:
    assert [each.person for each in assign([_rule()], [_lead(had=frozenset({1, 2}))], Standing())] == [3]
    (left,) = assign([_rule()], [_lead(had=frozenset({1, 2, 3}))], Standing())
    assert (left.person, left.left) == (None, Left.NOBODY)


def test_a_rule_for_working_hours_waits_for_them() -> None:
    rules = [_rule(1, only_in_hours=True), _rule(2)]
    assert list(assign(rules, [_lead()], Standing(shut={1}))) == [Outcome(1, 1, left=Left.SHUT)]
    assert _people([_rule(1)], 1, Standing(shut={1})) == [1]


@given(
    people=st.lists(st.integers(1, 6), min_size=1, unique=True),
    away=st.sets(st.integers(1, 6)),
    count=st.integers(0, 30),
    way=st.sampled_from(Way),
)
def test_shares_are_as_even_as_can_be(people: list[int], away: set[int], count: int, way: Way) -> None:
    found = _people([_rule(1, people, way=way)], count, Standing(away=away))
    there = [each for each in people if each not in away]
    if not there:
        assert found == [None] * count
        return
    shares = Counter(found)
    assert set(shares) <= set(there)
    counted = [shares[each] for each in there]
    assert max(counted) - min(counted) <= 1


@given(
    load=st.dictionaries(st.integers(1, 4), st.integers(0, 9)),
    most=st.integers(1, 6),
    count=st.integers(0, 30),
    way=st.sampled_from(Way),
)
def test_nobody_gets_more_than_the_rule_allows(load: dict[int, int], most: int, count: int, way: Way) -> None:
    standing = Standing(load=dict(load))
    found = _people([_rule(1, [1, 2, 3, 4], way=way, most_open=most)], count, standing)
    for person in (1, 2, 3, 4):
        assert found.count(person) <= max(0, most - load.get(person, 0))
    room = sum(max(0, most - load.get(each, 0)) for each in (1, 2, 3, 4))
    assert found.count(None) == max(0, count - room)
