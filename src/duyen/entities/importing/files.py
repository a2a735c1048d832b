"""Where the files of an import lie: what was handed in, and the rows that were refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path

from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.kernel.clock import now

#: A file begins with the number of its job; a younger one may stand there before its job can be seen.
_OF_A_JOB = re.compile(r"([0-9]+)[-.]")
_YOUNG = dt.timedelta(days=1)


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


def forget_files_without_work() -> int:
    """Delete files whose job is not kept any more, and give how many went."""
    before = (now() - _YOUNG).timestamp()
    old = {
        each: int(match[1])
        for each in DataFolder.locate().imports.glob("*")
        if (match := _OF_A_JOB.match(each.name)) and each.is_file() and each.stat().st_mtime < before
    }
    kept = set(Job.objects.filter(pk__in=set(old.values())).values_list("pk", flat=True))
    gone = [each for each, job in old.items() if job not in kept]
    for each in gone:
        each.unlink(missing_ok=True)
    return len(gone)
