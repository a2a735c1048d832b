"""The arithmetic of a completeness score. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: By kind, a weight for each item in the order of declaration.
Weights = Mapping[str, tuple[int, ...]]
#: Where the middle and the upper band begin; 80 is what a record needs to be called complete enough.
BANDS = (0, 50, 80)


def score(weights: Sequence[int], filled: Iterable[bool]) -> int | None:
    """Give Σ weights of what is filled / Σ weights that apply, from 0 to 100, rounded half up.

    None where nothing applies.
    """
    applies = sum(weights)
    got = sum(weight for weight, has in zip(weights, filled, strict=True) if has)
    return rounded(got, applies)


def rounded(got: int, applies: int) -> int | None:
    """Give got / applies as whole percent, rounded half up; none where nothing applies."""
    return (200 * got + applies) // (2 * applies) if applies else None


def band(value: int) -> int:
    """Tell in which band a score lies: 0, 1 or 2."""
    return sum(1 for least in BANDS if value >= least) - 1


@dataclass(frozen=True)
class Group:
    """So many rows of one kind that have the same items filled; bit n of `mask` is item n."""

    kind: str
    mask: int
    count: int


@dataclass(frozen=True)
class Standing:
    """How rows stand with one set of weights: how many lie in each band, and their mean."""

    bands: tuple[int, int, int]
    mean: float | None


def standing(groups: Iterable[Group], weights: Weights) -> Standing:
    """Sum up rows; those to which nothing applies lie in no band."""
    counts, total, rows = [0, 0, 0], 0, 0
    for each in groups:
        value = score_of_mask(weights.get(each.kind, ()), each.mask)
        if value is not None:
            counts[band(value)] += each.count
            total += value * each.count
            rows += each.count
    return Standing((counts[0], counts[1], counts[2]), total / rows if rows else None)


def moves(groups: Iterable[Group], before: Weights, after: Weights) -> dict[tuple[int, int], int]:
    """Count the rows that change their band, by the band they leave and the one they come to."""
    found: dict[tuple[int, int], int] = {}
    for each in groups:
        was = score_of_mask(before.get(each.kind, ()), each.mask)
        will = score_of_mask(after.get(each.kind, ()), each.mask)
        if was is not None and will is not None and band(was) != band(will):
            key = (band(was), band(will))
            found[key] = found.get(key, 0) + each.count
    return found


def score_of_mask(weights: Sequence[int], mask: int) -> int | None:
    """Give the score of a row by the bits of what it has."""
    return score(weights, [bool(mask >> place & 1) for place in range(len(weights))])
