"""What stands against a step: every reason at once, asked of a set of rows where the database must answer.

A guard is a function that looks at one row, or an `Across` that looks at a set of rows by one call. Both
give as many reasons as there are, so that somebody settles all of them and not one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import GeneratorType
from typing import Any

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem

Row = Mapping[str, Any]
#: The code of a reason that names none of its own.
NOT_NOW = "not_now"
#: One reason in words, or with the field that it is about and a code of its own.
Said = Label | FieldProblem
#: Looks at a row (its columns) and gives the reasons why a step cannot be taken now, or nothing.
Alone = Callable[[Row], Said | Iterable[Said] | None]
#: By the ids of rows that some reason stands against, those reasons.
Against = Mapping[int, Iterable[Said]]


@dataclass(frozen=True)
class Across:
    """A guard that judges a set of rows by one call, for what stands in other tables.

    `find` gets the actor, the rows, and what the step asks for as clean values, which is none while a
    button is only drawn: what depends on it is then left out.
    """

    find: Callable[[Actor, Sequence[Row], Row | None], Against]


Guard = Alone | Across


def reasons_of(
    guards: Iterable[Guard], rows: Sequence[Row], *, actor: Actor, asked: Row | None = None
) -> dict[int, list[FieldProblem]]:
    """Give, by the ids of `rows`, every reason that some guard has; an empty list where there is none."""
    found: dict[int, list[FieldProblem]] = {row["id"]: [] for row in rows}
    for guard in guards:
        if isinstance(guard, Across):
            for row_id, said in guard.find(actor, rows, asked).items():
                found[row_id] += listed(said)
        else:
            for row in rows:
                found[row["id"]] += listed(guard(row))
    return found


def listed(said: Said | Iterable[Said] | None) -> list[FieldProblem]:
    """Give what a guard said as a list of reasons."""
    if said is None:
        return []
    if isinstance(said, FieldProblem):
        return [said]
    # A lazy translation is no text by its class, and can be walked through: a list is told by its own.
    several = said if isinstance(said, (list, tuple, GeneratorType)) else (said,)
    return [one if isinstance(one, FieldProblem) else FieldProblem("", NOT_NOW, one) for one in several]


def joined(reasons: Sequence[FieldProblem]) -> str:
    """Put reasons into one text; each is a clause that ends with a full stop."""
    first, *rest = (str(each.message) for each in reasons)
    return " ".join([first, *map(as_sentence, rest)])


def as_sentence(clause: str) -> str:
    """Begin a clause with a capital letter, where it stands alone."""
    return f"{clause[:1].upper()}{clause[1:]}"
