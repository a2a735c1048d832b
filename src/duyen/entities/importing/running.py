"""The job that brings a file in, chunk by chunk, or tries it out without writing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import copy_context
from itertools import islice
from typing import Any

from django.db import connection

from duyen.entities.csv_files import RejectedRows
from duyen.entities.importing.apart import Apart, Gone
from duyen.entities.importing.chunks import Chunk, Work
from duyen.entities.importing.collecting import seldom_collecting
from duyen.entities.importing.files import rejected_path, source_path
from duyen.entities.importing.progress import Fate, Progress, Settled
from duyen.entities.tables import open_table
from duyen.entities.tables.table import Table
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, job_kind

logger = logging.getLogger(__name__)

KIND, UNDO_KIND = "import", "undo_import"
#: So many rows are read, judged and written together, and are lost together when the process dies.
CHUNK = 2_000


@job_kind(KIND)
def bring_in(run: Run) -> None:
    """Bring the rows of a job's file in, from behind the last chunk that was finished.

    The next chunk is read ahead while the database writes the one before. A dry run has written
    nothing, so that one that broke off begins anew.
    """
    job = run.job
    is_dry = bool(job.arguments.get("dry_run"))
    progress = Progress() if is_dry else Progress.of(job)
    table = open_table(source_path(job), shown=job.arguments["shown"], **job.arguments["reading"])
    work = Work(job, table.heads, run.actor())
    rejected = RejectedRows(rejected_path(job), heads=table.heads, length=progress.rejected_bytes)
    with closing(rejected), seldom_collecting(), _reading(job, work, table, skip=progress.rows) as chunks:
        for chunk in chunks:
            _take(run, work, chunk, rejected, progress, head_row=table.how.head_row)
        run.save(**progress.columns())
    source_path(job).unlink(missing_ok=True)


@contextmanager
def _reading(job: Job, work: Work, table: Table, *, skip: int) -> Iterator[Iterator[Chunk]]:
    """Read ahead of whoever takes the chunks: a long file in a process of its own, else in a thread."""
    apart = (
        Apart.begin(job, source_path(job), work.actor, skip=skip, size=CHUNK) if work.asks_nothing else None
    )
    source = _Source(work, table, skip, apart)
    with closing(source), ReadingThread(max_workers=1) as ahead:
        yield _one_ahead(ahead, source)


class ReadingThread(ThreadPoolExecutor):
    """One thread that leaves no connection behind when it ends."""

    def __exit__(self, *problem: Any) -> None:
        # Asked for inside the thread: outside it, the name stands for the connection of whoever waits.
        self.submit(lambda: connection.close())
        super().__exit__(*problem)


def _one_ahead(ahead: Executor, source: _Source) -> Iterator[Chunk]:
    coming = ahead.submit(copy_context().run, source.next_chunk)
    while (chunk := coming.result()) is not None:
        coming = ahead.submit(copy_context().run, source.next_chunk)
        yield chunk


class _Source:
    """Gives chunk after chunk; what another process does not give is read here."""

    def __init__(self, work: Work, table: Table, skip: int, apart: Apart | None) -> None:
        self._work = work
        self._table = table
        self._given = skip
        self._apart = apart
        self._lines: Iterator[list[str]] | None = None

    def next_chunk(self) -> Chunk | None:
        """Give the next chunk, nothing behind the last one. Raises FileUnreadable."""
        chunk = self._from_apart() if self._apart is not None else self._read()
        self._given += len(chunk.cells) if chunk is not None else 0
        return chunk

    def close(self) -> None:
        if self._apart is not None:
            self._apart.close()

    def _from_apart(self) -> Chunk | None:
        try:
            return self._apart.next_chunk() if self._apart is not None else None
        except Gone:
            logger.warning("The process that read ahead is gone; reading on from row %s here.", self._given)
            self.close()
            self._apart = None
            return self._read()

    def _read(self) -> Chunk | None:
        if self._lines is None:
            self._lines = self._table.rows(skip=self._given)
        taken = list(islice(self._lines, CHUNK))
        return self._work.read(taken) if taken else None


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
