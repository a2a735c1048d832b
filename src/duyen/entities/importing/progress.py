"""How far an import is, and what became of its rows: kept with the job, committed with each chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from duyen.foundation.jobs.models import Job

#: So many rows are told one by one on the page of the job; all refused ones stand in their file.
_MOST_TOLD = 20
#: So many kinds of reasons are counted apart.
_MOST_REASONS = 30


class Fate(StrEnum):
    """What became of one row."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Settled:
    """What became of one row, and why where it did not come in: by kind of reason and in words."""

    fate: Fate
    kind: str = ""
    reason: str = ""
    name: str = ""


@dataclass
class Progress:
    """Counts over the finished chunks; `told` are the first rows that were refused or skipped."""

    rows: int = 0
    rejected_bytes: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, Fate), 0))
    reasons: dict[str, int] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, job: Job) -> Progress:
        """Read what was kept with a job."""
        return cls(**job.progress)

    def first_row(self, head_row: int) -> int:
        """Give the number that a spreadsheet shows beside the first row of the next chunk."""
        return head_row + self.rows + 1

    def add(self, settled: Sequence[Settled], *, notes: dict[str, int], head_row: int) -> None:
        """Count one more chunk; `notes` are what was converted in it."""
        for place, each in enumerate(settled, start=self.first_row(head_row)):
            self.counts[each.fate] += 1
            is_refused = each.fate is Fate.REJECTED
            if is_refused and each.kind and (each.kind in self.reasons or len(self.reasons) < _MOST_REASONS):
                self.reasons[each.kind] = self.reasons.get(each.kind, 0) + 1
            if each.reason and len(self.told) < _MOST_TOLD:
                self.told.append(
                    {"row": place, "fate": each.fate.value, "name": each.name, "reason": each.reason}
                )
        for name, count in notes.items():
            self.notes[name] = self.notes.get(name, 0) + count
        self.rows += len(settled)

    def columns(self) -> dict[str, Any]:
        """Give the job's columns that tell of it."""
        result = {**self.counts, "reasons": self.reasons, "told": self.told, "notes": self.notes}
        return {
            "progress": asdict(self),
            "done": self.rows,
            "rejected": self.counts[Fate.REJECTED],
            "result": result,
        }
