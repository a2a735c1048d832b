"""What was said of a record when it was made, word for word, beside what was read from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from duyen.entities.fields.base import EMPTY, Field

#: As long as a long text may be. What is longer is cut: it is proof of what was said, no store for files.
_MOST = 10_000


@dataclass(frozen=True)
class AsGiven(Field):
    """The values of a new record as they were sent, by the names of its fields; nothing changes them.

    It tells of every field that a person filled in, so that its entity says in `tells` of which.
    """

    editable: bool = False
    filters: bool = False

    widget: ClassVar[str] = "given"
    operators: ClassVar[tuple[str, ...]] = ()
    json_out: ClassVar[Any] = dict[str, Any]

    def kept(self, raw: Mapping[str, object]) -> dict[str, Any]:
        """Give what is kept of what was sent: all that is not empty, in plain values."""
        return {name: _plain(value) for name, value in raw.items() if value not in EMPTY}

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: value or {}}

    def load(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return dict(row[self.columns[0]] or {})

    def show(self, value: Any) -> str:
        return " · ".join(as_text(each) for each in value.values()) or "—"

    def entered(self, value: Any) -> str:
        return self.show(value)


def as_text(value: Any) -> str:
    """Write a kept value for people: a list with commas, a group of words without their names."""
    if isinstance(value, Mapping):
        return " ".join(as_text(each) for each in value.values() if each not in EMPTY)
    if isinstance(value, list):
        return ", ".join(as_text(each) for each in value)
    return str(value)


def _plain(value: object) -> Any:
    if isinstance(value, str):
        return value[:_MOST]
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return json.dumps(value, default=str, ensure_ascii=False).strip('"')
