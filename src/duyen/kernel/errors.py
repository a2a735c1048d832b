"""Expected failures: each says in the reader's language what happened and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class DomainError(Exception):
    """A refusal that a user can understand and act on.

    `code` is stable and travels in the API; `sentence` may be a lazy translation with named
    placeholders, filled from `params` when it is shown.
    """

    code: str = "refused"
    sentence: object = "The request was refused."

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        text = str(self.sentence)
        return text % self.params if self.params else text


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field: where, a stable code, and a sentence."""

    field: str
    code: str
    message: object

    def as_dict(self) -> dict[str, str]:
        return {"field": self.field, "code": self.code, "message": str(self.message)}


@dataclass
class Problems:
    """The problems found while reading one set of values; empty means good."""

    found: list[FieldProblem] = field(default_factory=list)

    def add(self, name: str, code: str, message: object) -> None:
        self.found.append(FieldProblem(name, code, message))

    def __bool__(self) -> bool:
        return bool(self.found)

    def by_field(self) -> Mapping[str, list[FieldProblem]]:
        grouped: dict[str, list[FieldProblem]] = {}
        for problem in self.found:
            grouped.setdefault(problem.field, []).append(problem)
        return grouped
