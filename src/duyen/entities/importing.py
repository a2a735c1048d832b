"""Bring a file of records in: chunk by chunk through the set-wise create, with a file of refused rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from duyen.entities import standard
from duyen.entities.csv_files import REASON, RejectedRows, WrongHeads, keep_copy
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.file_formats import FileFormat, format_of_fields
from duyen.entities.registry import entity_named
from duyen.entities.tables import Table, open_table
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import RESUMABLE, Run, ask, job_kind
from duyen.kernel.errors import FieldProblem

KIND = "import"
#: So many rows are read, judged and written together, and are lost together when the process dies.
CHUNK = 2_000


@dataclass(frozen=True)
class Keeping:
    """To whom the new records belong, where it is not the one who brings them in."""

    owner: int | None = None
    unit: int | None = None

    def values(self) -> dict[str, object]:
        """Give what is set on each record."""
        return {name: value for name, value in (("owner", self.owner), ("unit", self.unit)) if value}


@dataclass
class Progress:
    """How far the finished chunks went; kept with the job and committed with each chunk."""

    rows: int = 0
    imported: int = 0
    rejected: int = 0
    rejected_bytes: int = 0

    @classmethod
    def of(cls, job: Job) -> Progress:
        return cls(**job.progress)

    def columns(self) -> dict[str, Any]:
        """Give the job's columns that tell of it."""
        kept = {
            "rows": self.rows,
            "imported": self.imported,
            "rejected": self.rejected,
            "rejected_bytes": self.rejected_bytes,
        }
        result = {"imported": self.imported, "updated": 0}
        return {"progress": kept, "done": self.rows, "rejected": self.rejected, "result": result}


def start_import(entity: Entity, path: Path, *, actor: Actor, keeping: Keeping, shown: str = "") -> Job:
    """Write down the job that brings a file in, or find the one that was broken off over the same file.

    The whole file is read through first, so that a file that cannot be read brings in nothing.
    Raises NotAllowed, FileUnreadable or WrongHeads.
    """
    if not actor.may(entity.name, CREATE):
        raise NotAllowed(why=_("creating this kind of record is not among your rights."))
    shown = shown or path.name
    rows = open_table(path, shown=shown)
    format_for(entity, rows.heads, shown=shown)
    arguments = {
        "entity": entity.name,
        "shown": shown,
        "packed": path.name.endswith(".gz"),
        "reading": rows.how.choices(),
        "keeping": keeping.values(),
        "digest": _digest(path),
    }
    broken_off = _broken_off(arguments, actor)
    if broken_off is not None:
        return broken_off
    total = rows.count()
    with transaction.atomic():
        job = ask(KIND, actor=actor, label=shown, arguments=arguments, total=total)
        keep_copy(path, _source(job))
        Job.objects.filter(pk=job.pk).update(rejected_file=str(rejected_path(job).name))
    job.refresh_from_db()
    return job


def _broken_off(arguments: Mapping[str, Any], actor: Actor) -> Job | None:
    """Find the same import, asked for by the same person, that has not come to its end."""
    told = {f"arguments__{name}": arguments[name] for name in ("entity", "digest", "keeping")}
    found = Job.objects.filter(kind=KIND, asked_by_id=actor.user_id, state__in=RESUMABLE, **told)
    return next((job for job in found.order_by("-pk")[:1] if _source(job).exists()), None)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source(job: Job) -> Path:
    return DataFolder.locate().imports / f"{job.pk}.csv{'.gz' if job.arguments['packed'] else ''}"


def rejected_path(job: Job) -> Path:
    """Give the place of the rows that a job refused."""
    return DataFolder.locate().imports / f"{job.pk}-rejected.csv"


def format_for(entity: Entity, heads: Sequence[str], *, shown: str) -> FileFormat:
    """Find the kind of file that has these heads; refused rows may come back with their reason.

    Raises WrongHeads.
    """
    heads = [head for head in map(str.lower, heads) if head not in ("", REASON)]
    formats = [*entity.files, format_of_fields(entity.fields)]
    found = next((each for each in formats if each.fits(heads)), None)
    if found is not None:
        return found
    best = max(formats, key=lambda each: len(set(each.heads) & set(heads)))
    lacking = [head for head in best.needed if head not in heads]
    unknown = [head for head in heads if head not in best.heads]
    if lacking:
        reason = _("“%(head)s” is missing.") % {"head": lacking[0]}
    else:
        reason = _("“%(head)s” is not known.") % {"head": unknown[0][:60]}
    raise WrongHeads(file=shown, reason=reason, known=", ".join(best.heads))


@job_kind(KIND)
def bring_in(run: Run) -> None:
    """Bring the rows of a job's file in, from behind the last chunk that was finished.

    A thread reads one chunk ahead while the database writes the one before.
    """
    job = run.job
    progress = Progress.of(job)
    rows = open_table(_source(job), shown=job.arguments["shown"], **job.arguments.get("reading", {}))
    reader = _Reader(entity_named(job.arguments["entity"]), rows, job, run.actor())
    rejected = RejectedRows(rejected_path(job), heads=rows.heads, length=progress.rejected_bytes)
    with closing(rejected), ThreadPoolExecutor(max_workers=1) as ahead:
        lines = rows.rows(skip=progress.rows)
        coming = ahead.submit(copy_context().run, reader.next_chunk, lines)
        while (chunk := coming.result()) is not None:
            coming = ahead.submit(copy_context().run, reader.next_chunk, lines)
            _write_chunk(run, reader, chunk, rejected, progress)
        run.save(**progress.columns())
    _source(job).unlink(missing_ok=True)


@dataclass(frozen=True)
class _Chunk:
    """Lines, the values of those that have a cell for each head, and what the engine read of these."""

    lines: Sequence[list[str]]
    values: Sequence[dict[str, object] | None]
    read: standard.ReadSet


def _write_chunk(
    run: Run, reader: _Reader, chunk: _Chunk, rejected: RejectedRows, progress: Progress
) -> None:
    """Write one chunk, its refused rows, and how far the work is: all of it or nothing."""

    def keep_progress(made: Sequence[standard.Made]) -> None:
        refused = reader.refused(chunk, made)
        progress.rows += len(chunk.lines)
        progress.rejected += len(refused)
        progress.imported += len(chunk.lines) - len(refused)
        progress.rejected_bytes = rejected.add(refused)
        run.save(**progress.columns())

    reader.actor = run.actor()
    # The rights may have changed since the chunk was read ahead.
    read = chunk.read if chunk.read.actor == reader.actor else reader.read(chunk.values)
    standard.create_read(reader.entity, read, beside=keep_progress)


class _Reader:
    """Turns lines into values by the format of their file, and problems into sentences."""

    def __init__(self, entity: Entity, rows: Table, job: Job, actor: Actor) -> None:
        self.entity = entity
        self.actor = actor
        self._heads = [head.lower() for head in rows.heads]
        self._values = format_for(entity, rows.heads, shown=job.arguments["shown"]).read
        self._fixed: Mapping[str, object] = job.arguments["keeping"]
        self._labels = {each.name: each.label for each in entity.fields}
        self._language = translation.get_language()

    def next_chunk(self, lines: Iterator[list[str]]) -> _Chunk | None:
        """Read the next chunk; nothing at the end of the file. Runs in a thread and asks no database."""
        with translation.override(self._language):
            taken = list(islice(lines, CHUNK))
            if not taken:
                return None
            values = [self._values_of(line) for line in taken]
            return _Chunk(taken, values, self.read(values))

    def read(self, values: Sequence[dict[str, object] | None]) -> standard.ReadSet:
        """Let the engine read what the lines say."""
        given = [each for each in values if each is not None]
        return standard.read_many(self.entity, actor=self.actor, rows=given)

    def refused(self, chunk: _Chunk, made: Sequence[standard.Made]) -> list[tuple[list[str], str]]:
        """Give the lines that were refused, each with its reason."""
        results = iter(made)
        found = []
        for line, values in zip(chunk.lines, chunk.values, strict=True):
            problems = next(results).problems if values is not None else (self._misfit(line),)
            if problems:
                found.append((line, self._reason(problems)))
        return found

    def _values_of(self, line: Sequence[str]) -> dict[str, object] | None:
        """Read one line; nothing when it does not have a cell for each head."""
        if len(line) != len(self._heads):
            return None
        cells = dict(zip(self._heads, line, strict=True))
        for unread in ("", REASON):
            cells.pop(unread, None)
        return {**self._values(cells), **self._fixed}

    def _misfit(self, line: Sequence[str]) -> FieldProblem:
        sentence = _("This line has %(cells)s cells, the first line %(heads)s. Check its commas and quotes.")
        return FieldProblem("", "cells", sentence % {"cells": len(line), "heads": len(self._heads)})

    def _reason(self, problems: Sequence[FieldProblem]) -> str:
        """Say what is wrong with a line, field by field."""
        return " · ".join(
            f"{self._labels[each.field]}: {each.message}" if each.field in self._labels else str(each.message)
            for each in problems
        )
