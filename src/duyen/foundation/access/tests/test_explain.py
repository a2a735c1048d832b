"""An explanation says what decides: held against the scope that lists and locks are rendered from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duyen.foundation.access.rules import (
    Grant,
    Standing,
    UnitTree,
    explain,
    opened_by,
    scope_of,
    units_reaching,
)
from duyen.foundation.access.tests.test_rules import trees
from duyen.foundation.access.words import Bar, Reach, Why

_ME = 7
_PEOPLE = st.sampled_from([None, _ME, 8])


@st.composite
def asked(draw: st.DrawFn) -> tuple[UnitTree, list[Grant], Standing, frozenset[int]]:
    """Some rights in some tree, a record anywhere in it, and perhaps a share."""
    tree = draw(trees())
    units = st.sampled_from(sorted(tree.places))
    grants = draw(st.lists(st.builds(Grant, st.integers(1, 3), units, st.sampled_from(Reach)), max_size=4))
    place = Standing(1, draw(_PEOPLE), draw(st.none() | units), draw(st.booleans()))
    shared = draw(st.sampled_from([frozenset(), frozenset({1}), frozenset({2})]))
    return tree, grants, place, frozenset() if place.is_company_wide else shared


@given(asked())
def test_is_open_exactly_where_the_scope_covers_the_record(
    case: tuple[UnitTree, list[Grant], Standing, frozenset[int]],
) -> None:
    tree, grants, place, shared = case
    pairs = [(each.reach, each.unit_id) for each in grants]
    scope = scope_of(user_id=_ME, grants=pairs, tree=tree, shared=shared)

    found = explain(place, user_id=_ME, grants=grants, tree=tree, shared=shared)

    assert found.is_open == (scope.why(place) is not None)
    assert len(found.openings) + len(found.short) == len(grants) + (1 in shared)


@given(asked())
def test_names_for_each_right_the_reason_that_is_its_own(
    case: tuple[UnitTree, list[Grant], Standing, frozenset[int]],
) -> None:
    tree, grants, place, shared = case

    found = explain(place, user_id=_ME, grants=grants, tree=tree, shared=shared)

    for opening in found.openings:
        if opening.why is Why.OWNER:
            assert place.owner_id == _ME
        if opening.why is Why.UNIT:
            assert opening.grant is not None
            assert opening.grant.unit_id in units_reaching(opening.grant.reach, place.unit_id, tree)
        assert (opening.grant is None) == (opening.why is Why.SHARE)


@given(trees(), st.sampled_from([Reach.TEAM, Reach.AREA, Reach.BRANCH]))
def test_the_units_that_reach_a_record_are_those_whose_positions_open_it(
    tree: UnitTree, reach: Reach
) -> None:
    for unit in tree.places:
        reaching = units_reaching(reach, unit, tree)

        opening = {
            each for each in tree.places if unit in opened_by(reach, each, user_id=_ME, tree=tree).units
        }
        assert reaching == opening


def test_a_bar_keeps_closed_what_a_right_would_open() -> None:
    tree = UnitTree.of([])
    grant = Grant(1, 1, Reach.ALL)

    found = explain(Standing(1), user_id=_ME, grants=[grant], tree=tree, bars=frozenset({Bar.BIN}))

    assert not found.is_open
    assert [each.why for each in found.openings] == [Why.ALL]
    assert not found.is_without_right


def test_tells_no_right_at_all_from_one_that_ends_before_the_record() -> None:
    tree = UnitTree.of([])
    own = Grant(1, 1, Reach.OWN)

    nothing = explain(Standing(1, owner_id=8), user_id=_ME, grants=[], tree=tree)
    short = explain(Standing(1, owner_id=8), user_id=_ME, grants=[own], tree=tree)

    assert (nothing.is_open, nothing.is_without_right) == (False, True)
    assert (short.is_open, short.is_without_right, short.short) == (False, False, (own,))
