"""How far rights reach, held against the plain reading of each rule, over random trees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.foundation.access.rules import (
    EVERYTHING,
    ScopeFacts,
    UnitPlace,
    UnitTree,
    field_level,
    scope_of,
    units_within,
)
from duyen.foundation.access.words import FieldLevel, Reach
from duyen.foundation.org.rules import may_contain
from duyen.foundation.org.words import UnitKind


@st.composite
def trees(draw: st.DrawFn) -> UnitTree:
    """A head office with up to 14 units that nest as the organisation allows."""
    places = [UnitPlace(1, None, UnitKind.HEAD_OFFICE.value)]
    for number in range(2, draw(st.integers(2, 16))):
        parent = draw(st.sampled_from(places))
        kinds = [kind for kind in UnitKind if may_contain(parent.kind, kind)]
        places.append(UnitPlace(number, parent.id, draw(st.sampled_from(kinds)).value))
    return UnitTree.of(draw(st.permutations(places)))


def _up_to(tree: UnitTree, unit_id: int, top: int) -> list[str] | None:
    """The kinds from a unit up to, without, `top`; none where `top` does not stand above it."""
    kinds: list[str] = []
    for step in tree.path(unit_id):
        if step == top:
            return kinds
        kinds.append(tree.places[step].kind)
    return None


def _read_plainly(reach: Reach, held_in: int, tree: UnitTree) -> set[int]:
    """Collect what the sentence of each reach says, unit by unit, from below."""
    path = tree.path(held_in)

    def nearest(*kinds: UnitKind) -> int | None:
        return next((step for step in path if tree.places[step].kind in kinds), None)

    def under(top: int, fits: Callable[[str], bool]) -> set[int]:
        found = {unit: _up_to(tree, unit, top) for unit in tree.places}
        return {unit for unit, kinds in found.items() if kinds is not None and all(map(fits, kinds))}

    if reach is Reach.TEAM:
        return under(held_in, lambda kind: kind in (UnitKind.TEAM, UnitKind.DEPARTMENT))
    if reach is Reach.AREA:
        area = nearest(UnitKind.AREA)
        if area is not None:
            return under(area, lambda _kind: True)
        return under(held_in, lambda kind: kind not in (UnitKind.AREA, UnitKind.BRANCH))
    top = nearest(UnitKind.BRANCH, UnitKind.HEAD_OFFICE)
    return under(held_in if top is None else top, lambda kind: kind != UnitKind.BRANCH)


@given(trees(), st.sampled_from([Reach.TEAM, Reach.AREA, Reach.BRANCH]), st.data())
def test_reaches_the_units_that_the_words_say(tree: UnitTree, reach: Reach, data: st.DataObject) -> None:
    held_in = data.draw(st.sampled_from(sorted(tree.places)))

    assert units_within(reach, held_in, tree) == _read_plainly(reach, held_in, tree)


@given(trees(), st.data())
def test_a_wider_reach_never_sees_less(tree: UnitTree, data: st.DataObject) -> None:
    held_in = data.draw(st.sampled_from(sorted(tree.places)))
    below_an_area = tree.climb(held_in, {UnitKind.AREA}) is not None

    team, area, branch = (
        units_within(reach, held_in, tree) for reach in (Reach.TEAM, Reach.AREA, Reach.BRANCH)
    )

    assert held_in in team
    assert team <= area
    assert team <= branch
    if below_an_area:
        assert area <= branch


@given(trees(), st.data())
def test_covers_a_record_when_one_of_the_grants_does(tree: UnitTree, data: st.DataObject) -> None:
    ids = st.sampled_from(sorted(tree.places))
    grants = data.draw(st.lists(st.tuples(st.sampled_from(Reach), ids), max_size=4))
    owner = data.draw(st.sampled_from([7, 8, None]))
    unit, record = data.draw(ids), data.draw(st.integers(1, 3))
    shared = frozenset(data.draw(st.sets(st.integers(1, 3))))

    facts = scope_of(user_id=7, grants=grants, tree=tree, shared=shared)

    by_grant = any(
        reach is Reach.ALL
        or owner == 7
        or (reach is not Reach.OWN and unit in _read_plainly(reach, held_in, tree))
        for reach, held_in in grants
    )
    expected = by_grant or record in shared
    assert facts.covers(record_id=record, owner_id=owner, unit_id=unit) == expected


def test_comes_to_an_end_in_a_ring() -> None:
    tree = UnitTree.of([UnitPlace(1, 2, "AREA"), UnitPlace(2, 1, "STORE")])

    assert tree.climb(1, {UnitKind.BRANCH}) is None
    assert units_within(Reach.BRANCH, 1, tree) == {1, 2}


def test_no_grant_opens_nothing() -> None:
    tree = UnitTree.of([UnitPlace(1, None, "HEAD_OFFICE")])

    assert scope_of(user_id=7, grants=[], tree=tree).is_empty
    assert scope_of(user_id=7, grants=[(Reach.ALL, 1)], tree=tree) == EVERYTHING
    assert scope_of(user_id=7, grants=[(Reach.OWN, 1)], tree=tree) == ScopeFacts(owners=frozenset({7}))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], None),
        ([None], None),
        ([FieldLevel.HIDDEN], FieldLevel.HIDDEN),
        ([FieldLevel.HIDDEN, FieldLevel.READ], FieldLevel.READ),
        ([FieldLevel.HIDDEN, None], None),
    ],
)
def test_takes_the_most_open_of_several_roles(
    levels: list[FieldLevel | None], expected: FieldLevel | None
) -> None:
    assert field_level(levels) is expected
