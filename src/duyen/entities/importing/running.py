"""The job that brings a file in, chunk by chunk, or tries it out without writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from itertools import islice

from duyen.entities.csv_files import RejectedRows
from duyen.entities.importing.chunks import Chunk, Work
from duyen.entities.importing.collecting import seldom_collecting
from duyen.entities.importing.files import rejected_path, source_path
from duyen.entities.importing.progress import Fate, Progress, Settled
from duyen.entities.tables import open_table
from duyen.foundation.jobs.running import Run, job_kind

KIND, UNDO_KIND = "import", "undo_import"
#: So many rows are read, judged and written together, and are lost together when the process dies.
CHUNK = 2_000


@job_kind(KIND)
def bring_in(run: Run) -> None:
    """Bring the rows of a job's file in, from behind the last chunk that was finished.

    A thread reads one chunk ahead while the database writes the one before. A dry run has written
    nothing, so that one that broke off begins anew.
    """
    job = run.job
    is_dry = bool(job.arguments.get("dry_run"))
    progress = Progress() if is_dry else Progress.of(job)
    table = open_table(source_path(job), shown=job.arguments["shown"], **job.arguments["reading"])
    work = Work(job, table.heads, run.actor())
    rejected = RejectedRows(rejected_path(job), heads=table.heads, length=progress.rejected_bytes)
    with closing(rejected), seldom_collecting(), ThreadPoolExecutor(max_workers=1) as ahead:
        lines = table.rows(skip=progress.rows)
        coming = ahead.submit(copy_context().run, _next_chunk, work, lines)
        while (chunk := coming.result()) is not None:
            coming = ahead.submit(copy_context().run, _next_chunk, work, lines)
            _take(run, work, chunk, rejected, progress, head_row=table.how.head_row)
        run.save(**progress.columns())
    source_path(job).unlink(missing_ok=True)


def _next_chunk(work: Work, lines: Iterator[list[str]]) -> Chunk | None:
    taken = list(islice(lines, CHUNK))
    return work.read(taken) if taken else None


def _take(
    run: Run, work: Work, chunk: Chunk, rejected: RejectedRows, progress: Progress, *, head_row: int
) -> None:
    """Write one chunk, its refused rows, and how far the work is: all of it or nothing."""

    def keep(settled: Sequence[Settled]) -> None:
        refused = [
            (line, each.reason)
            for line, each in zip(chunk.cells, settled, strict=True)
            if each.fate is Fate.REJECTED
        ]
        progress.rejected_bytes = rejected.add(refused)
        progress.add(settled, notes=work.notes(chunk, settled), head_row=head_row)
        run.save(**progress.columns())

    # The rights may have changed since the chunk was read ahead.
    work.settle(chunk, actor=run.actor(), first_row=progress.first_row(head_row), keep=keep)
