"""Any arrangement of a form shows what records need, each field once, whatever was kept or sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.layouts.rules import (
    Arranged,
    Part,
    beside,
    fitted,
    flat,
    gathered,
    ordered_names,
    told_names,
    visible,
)

STANDARD = (
    Part("Who", lines=(("kind", "honorific"), ("name",))),
    Part("Reach", lines=(("phones",), ("emails",))),
)
NAMES = ["kind", "honorific", "name", "phones", "emails"]
_names = st.sampled_from([*NAMES, "gone", "gone_too"])
_parts = st.builds(
    Part,
    key=st.sampled_from(["Who", "Reach", "own-1", ""]),
    lines=st.lists(st.lists(_names, max_size=4).map(tuple), max_size=5).map(tuple),
)
_arranged = st.builds(
    Arranged, parts=st.lists(_parts, max_size=5).map(tuple), hidden=st.frozensets(_names, max_size=7)
)


@given(_arranged, st.frozensets(st.sampled_from(NAMES)))
def test_any_arrangement_shows_every_needed_field_and_each_field_once(
    arranged: Arranged, needed: frozenset[str]
) -> None:
    found = fitted(arranged, STANDARD, needed=needed)

    every = [name for part in found.parts for name in part.names]
    assert sorted(every) == sorted(NAMES)
    shown = [name for part in visible(found) for name in part.names]
    assert needed <= set(shown)
    assert set(shown) | found.hidden == set(NAMES)


@given(st.permutations(NAMES), st.frozensets(st.sampled_from(NAMES)), st.integers(0, 4))
def test_what_is_laid_out_flat_is_gathered_again(names: list[str], joined: frozenset[str], cut: int) -> None:
    items = ["section:a", *(f"field:{name}" for name in names)]
    items.insert(cut + 1, "section:b")
    arranged = Arranged(gathered(items, [Part("a", "Một"), Part("b")], joined))

    again = gathered(flat(arranged), arranged.parts, beside(arranged))

    assert again == arranged.parts
    assert all(len(line) <= 3 for part in again for line in part.lines)
    assert [name for part in again for name in part.names] == names


def test_a_field_that_came_since_stands_in_the_section_it_is_declared_in() -> None:
    kept = Arranged((Part("Who", lines=(("name",), ("kind",))), Part("own-1", lines=(("phones",),))))

    found = fitted(kept, STANDARD, needed=())

    assert [part.key for part in found.parts] == ["Who", "own-1", "Reach"]
    assert found.parts[0].lines == (("name",), ("kind",), ("honorific",))
    assert found.parts[2].lines == (("emails",),)


def test_orders_names_and_keeps_those_that_came_since_behind() -> None:
    assert ordered_names(["b", "-a", "gone"], ["a", "b", "c"]) == [("b", True), ("a", False), ("c", True)]
    assert told_names(["b", "a", "b"], {"b"}) == ("b", "-a")
