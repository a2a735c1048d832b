"""Where files that jobs write wait for whoever asked for them, and how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duyen.foundation.database.paths import PRIVATE_FILE, PRIVATE_FOLDER, DataFolder
from duyen.foundation.jobs.models import Job
from duyen.kernel.clock import now

#: A file is personal data of many people outside the database: it waits no longer than this.
KEPT = dt.timedelta(days=7)


def file_of(job: Job) -> Path:
    """Give the place of the file that a job writes."""
    return _folder() / f"{job.pk}.{job.arguments.get('format', 'csv')}"


def _folder() -> Path:
    return DataFolder.locate().root / "exports"


@contextmanager
def whole_file(place: Path) -> Iterator[Path]:
    """Give a place to write to, of mode 600; only what was written to its end gets to `place`."""
    place.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.half")
    half.touch(mode=PRIVATE_FILE)
    try:
        yield half
        half.replace(place)
    finally:
        half.unlink(missing_ok=True)


def forget_old_files() -> int:
    """Delete the files that have waited for long enough, and give how many."""
    oldest = (now() - KEPT).timestamp()
    old = [each for each in _folder().glob("*.*") if each.is_file() and each.stat().st_mtime < oldest]
    for each in old:
        each.unlink(missing_ok=True)
    return len(old)
