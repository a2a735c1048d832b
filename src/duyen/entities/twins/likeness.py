"""One proposal: a record that may be the same as another one, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duyen.foundation.access.actor import Actor

#: From this strength on two records are likely one; below it a family or a branch may share what they share.
LIKELY = 60


@dataclass(frozen=True)
class Likeness:
    """A record, or an earlier row of the same set, that may be the same.

    `reasons` are codes of keys, the strongest first, and «name» where the names are alike; `shown` gives by
    code the value that both have. What the actor may not open has no id, code, label, reason or value: it
    tells that it exists, its `unit` and whom to `ask`, and its strength leaves its name out.
    An earlier row of the set has its place in `row` and no id.
    """

    id: int | None
    reasons: tuple[str, ...]
    strength: int
    label: str = ""
    unit: str = ""
    ask: str = ""
    entity: str = ""
    code: str = ""
    row: int | None = None
    shown: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_likely(self) -> bool:
        return self.strength >= LIKELY

    @property
    def is_open(self) -> bool:
        return self.id is not None or self.row is not None


@dataclass(frozen=True)
class Meant:
    """Whom a new record may mean among those that are known, although it has no duplicates of its own kind.

    `find` proposes them for the columns of a record that is about to be made; their reasons are keys of the
    entity `keys_of`.
    """

    find: Callable[[Actor, Mapping[str, Any]], Sequence[Likeness]]
    keys_of: str
