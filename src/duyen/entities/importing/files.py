"""Where the files of an import lie: what was handed in, and the rows that were refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job


def digest_of(path: Path) -> str:
    """Give the digest by which the same file is known again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_path(job: Job) -> Path:
    """Give the place of the file that a job brings in; it is removed when the job is done."""
    return DataFolder.locate().imports / f"{job.pk}{job.arguments['suffix']}"


def rejected_path(job: Job) -> Path:
    """Give the place of the rows that a job refused."""
    return DataFolder.locate().imports / f"{job.pk}-rejected.csv"
