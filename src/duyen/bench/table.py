"""Write the measurements as a Markdown table, with what somebody needs to compare them."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duyen.bench.measuring import Line
from duyen.foundation.database.paths import CHECKOUT
from duyen.kernel.clock import today

_HEAD = ("Work", "Budget", "p50", "p95", "Web CPU", "Queries", "Raw p50", "Raw p95")


@dataclass(frozen=True)
class Run:
    """What stands above a table."""

    rows: int
    contacts: int
    repeat: int
    postgres: str
    fill_seconds: float


def markdown(run: Run, lines: Sequence[Line]) -> str:
    """Write heading, circumstances and table; times in milliseconds."""
    told = [f"## {run.rows:,} customers, {today().isoformat()}", "", *_circumstances(run), ""]
    return "\n".join([*told, *table(lines), ""])


def table(lines: Sequence[Line]) -> list[str]:
    """Write one row for each work, its times in milliseconds."""
    told = ["| " + " | ".join(_HEAD) + " |", "|---|" + "--:|" * (len(_HEAD) - 1)]
    for line in lines:
        taken = line.taken
        p95 = f"{taken.p95:.1f}" if line.is_within else f"**{taken.p95:.1f}**"
        cells = (line.work.label, f"{line.work.budget_ms}", f"{taken.p50:.1f}", p95, f"{taken.web_cpu:.1f}",
                 f"{taken.queries}", f"{taken.raw_p50:.1f}", f"{taken.raw_p95:.1f}")  # fmt: skip
        told.append("| " + " | ".join(cells) + " |")
    return told


def _circumstances(run: Run) -> list[str]:
    filled = f", filled in {run.fill_seconds:.0f} s" if run.fill_seconds else ""
    return [
        f"{run.contacts:,} contacts beside them{filled}. {run.repeat} measurements each, in milliseconds. "
        f"{circumstances(run.postgres)} A p95 in bold is over its budget.",
    ]


def circumstances(postgres: str) -> str:
    """Say on what was measured: commit, machine, versions."""
    return f"Commit {_commit()}. {_machine()}, Python {platform.python_version()}, PostgreSQL {postgres}."


def _machine() -> str:
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - whichever git the developer uses
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return told.stdout.strip() or "unknown"
