"""Decisions about a merge. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: So many records become one at a time: more of them cannot be compared side by side.
FEWEST, MOST = 2, 10


@dataclass(frozen=True)
class Candidate:
    """What speaks for keeping one record: how much hangs on it, how much is filled in, its age as an id.

    `may_stay` says that the actor may change it, `may_go` that she may delete it.
    """

    id: int
    hanging: int
    filled: int
    may_stay: bool = True
    may_go: bool = True


def proposed_survivor(candidates: Sequence[Candidate]) -> int:
    """Choose who stays: what the rights allow, then the one with most to lose, the fullest, the oldest.

    What hangs on a record (people, contracts, shares) tells of the work that was done with it, and counts
    before filled fields, which come over anyway.
    """

    def rank(each: Candidate) -> tuple[bool, int, int, int]:
        others_may_go = all(other.may_go for other in candidates if other.id != each.id)
        return each.may_stay and others_may_go, each.hanging, each.filled, -each.id

    return max(candidates, key=rank).id
