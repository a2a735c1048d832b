"""Measure the export of a whole base, in a process of its own so that its memory is told apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from duyen.bench.peak import peak_mb
from duyen.entities.exporting.asking import Asked, judge
from duyen.entities.exporting.reading import count_rows
from duyen.entities.exporting.writing import Written, write_file
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import User

BUDGET = 30_000
PURPOSE = "benchmark"


@dataclass(frozen=True)
class Taken:
    """One export that was measured: its rows, how long it took, the most memory its process used."""

    format: str
    rows: int
    seconds: float
    peak_mb: float
    file_mb: float

    @property
    def speed(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds if self.seconds else 0.0


def measure_export(format: str, path: Path, *, user_id: int) -> Taken:
    """Export all customers, as a user of the base, by a process of its own."""
    command = [sys.executable, "-c", _CHILD.format(format=format, path=str(path), user_id=user_id)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "duyen.config.settings"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    return Taken(**json.loads(done.stdout.splitlines()[-1]))


_CHILD = (
    "import django; django.setup(); from duyen.bench.exporting import say_export; "
    "say_export({format!r}, {path!r}, {user_id})"
)


def say_export(format: str, path: str, user_id: int) -> None:
    """Export in this process, and print what it took as JSON."""
    print(json.dumps(asdict(take_export(format, Path(path), user_id=user_id))))  # noqa: T201


def take_export(format: str, path: Path, *, user_id: int) -> Taken:
    """Export all customers through the product's own way, as a user who may."""
    actor = actor_for(User.objects.get(pk=user_id), Door.JOB)
    began = time.perf_counter()
    export = judge(Asked(entity="customers", format=format, purpose=PURPOSE), actor=actor)
    written = Written()
    write_file(export, path, written, total=count_rows(export))
    seconds = time.perf_counter() - began
    size = path.stat().st_size / 1024 / 1024
    path.unlink()
    return Taken(format, written.rows, seconds, peak_mb(), size)


def export_table(taken: Sequence[Taken]) -> list[str]:
    """Write the lines of a table about exports."""
    lines = [
        "| Export | Rows | Rows a second | Budget | Peak memory, MB | File, MB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for each in taken:
        speed = f"{each.speed:,.0f}" if each.speed >= BUDGET else f"**{each.speed:,.0f}**"
        sizes = f"{each.peak_mb:,.0f} | {each.file_mb:,.0f}"
        lines.append(f"| {each.format} | {each.rows:,} | {speed} | {BUDGET:,} | {sizes} |")
    return lines
