"""Carry an export out: few rows while the caller waits, many as a job whose file waits for a while."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from duyen.entities.exporting.asking import Asked, Export, judge, with_purpose
from duyen.entities.exporting.files import file_of, whole_file
from duyen.entities.exporting.noting import BEGUN, TAKEN, note
from duyen.entities.exporting.reading import count_rows
from duyen.entities.exporting.writing import Written, csv_of, write_file
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.clock import today
from duyen.kernel.text import fold

KIND = "export"
#: Up to so many rows are written while the caller waits: a second or two.
AT_ONCE = 20_000
#: How often a job looks whether it was stopped, in rows.
_TELL_EVERY = 10_000


def take(asked: Asked, *, actor: Actor) -> tuple[BinaryIO, Export] | Job:
    """Write an export now where its rows are few, into a file without a name; leave many to a job.

    Raises what `judge` raises and InvalidValues without a purpose; then nothing was written, nor noted.
    """
    export = judge(with_purpose(asked), actor=actor)
    asked, total = export.asked, count_rows(export)
    if total > AT_ONCE:
        return leave(asked, total=total, actor=actor)
    written = Written()
    with tempfile.TemporaryDirectory(prefix="duyen-export-") as folder:
        path = Path(folder) / "file"
        write_file(export, path, written, total=total)
        file = path.open("rb")
    note(actor, TAKEN, asked, entries=written.rows, whole=True)
    return file, export


def leave(asked: Asked, *, total: int, actor: Actor) -> Job:
    """Write down a job for an export that was judged."""
    with transaction.atomic():
        label = _("Export: %(entities)s") % {"entities": judge(asked, actor=actor).entity.labels}
        job = ask(KIND, actor=actor, label=label, arguments=asked.as_json(), total=total)
        note(actor, BEGUN, asked, entries=total)
        leave_to_worker(job)
    return job


def stream(asked: Asked, *, actor: Actor) -> Iterator[bytes]:
    """Give an export as CSV, part by part, however many rows it has.

    It is judged at once; that it begins is noted before the first part, and how much it became also when
    the reader breaks off. Raises what `judge` raises, InvalidValues without a purpose.
    """
    export = judge(with_purpose(asked), actor=actor)
    note(actor, BEGUN, export.asked)
    return _streamed(export)


def _streamed(export: Export) -> Iterator[bytes]:
    written, is_whole = Written(), False
    try:
        with translation.override(export.actor.language), closing(csv_of(export, written)) as parts:
            yield from parts
        is_whole = True
    finally:
        note(export.actor, TAKEN, export.asked, entries=written.rows, whole=is_whole)


@job_kind(KIND)
def carry_out(run: Run) -> None:
    """Write the file of a job; one that was broken off is written anew. Raises NotAllowed, JobCancelled."""
    job = run.job
    asked = Asked.from_json(job.arguments)
    actor = run.actor()
    export = judge(asked, actor=actor)

    def tell(rows: int) -> None:
        if rows - job.done >= _TELL_EVERY:
            run.save(done=rows)

    run.save(done=0)
    written = Written(tell)
    with whole_file(file_of(job)) as half:
        write_file(export, half, written, total=job.total or 0)
        # The rights are those of the end, too: whoever lost them while it ran gets no file.
        judge(asked, actor=run.actor())
    run.save(done=written.rows, total=written.rows, result={"exported": written.rows})
    note(actor, TAKEN, asked, entries=written.rows, whole=True)


def name_of(export: Export) -> str:
    """Give the name that a file has on the disk of whoever fetches it."""
    word = slugify(fold(str(export.entity.labels))) or export.entity.name
    return f"{word}-{today():%Y%m%d}.{export.asked.format}"
