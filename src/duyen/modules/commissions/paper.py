"""The words of a statement as they stand on paper, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """The words of a statement as they stand on paper; the last columns of ``rows` hold amounts."""

    company: str
    title: str
    lines: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    sums: Sequence[tuple[str, str]]
    signs: Sequence[str]
    page: str
