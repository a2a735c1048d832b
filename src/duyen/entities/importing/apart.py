"""Read and judge a long file in a process of its own, so that one core reads while another one writes.

Whatever goes wrong there is met by reading on in the process that writes: the same rows are read by the
same code, and a file that cannot be read says so from there.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Self

from django.db import connection
from django.utils import translation

from duyen.entities.importing.chunks import Chunk, Work
from duyen.entities.importing.collecting import seldom_collecting
from duyen.entities.importing.ready import Ready
from duyen.entities.tables import open_table
from duyen.foundation.access.actor import Actor
from duyen.foundation.fields.versions import pin, pinned_version
from duyen.foundation.jobs.models import Job
from duyen.kernel.errors import FieldProblem

#: A shorter rest of a file is read before another process would have begun.
LEAST_ROWS = 10_000
_SECONDS_TO_END = 5.0


class Gone(Exception):
    """The other process does not answer any more."""


@dataclass(frozen=True)
class Asked:
    """What another process has to read: a job's file from behind `skip` rows on, in chunks of `size`."""

    path: Path
    arguments: dict[str, Any]
    actor: Actor
    language: str
    version: int
    skip: int
    size: int
    database: dict[str, Any]


class Apart:
    """Another process that reads and judges; this one takes its chunks in order."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._process = subprocess.Popen(
            [sys.executable, "-m", "duyen.entities.reading_apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        with suppress(OSError):  # a process that is gone is met at the first chunk
            pickle.dump(asked, self._stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self._stdin.close()

    @classmethod
    def begin(cls, job: Job, path: Path, actor: Actor, *, skip: int, size: int) -> Self | None:
        """Begin to read in another process, where that pays: a long rest of a file, and a second core."""
        if (job.total or 0) - skip < LEAST_ROWS or (os.cpu_count() or 1) < 2:
            return None
        language, version = translation.get_language(), pinned_version()
        database = dict(connection.settings_dict)
        return cls(Asked(path, job.arguments, actor, language, version, skip, size, database))

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        return self._process.stdout

    def next_chunk(self) -> Chunk | None:
        """Give the next chunk, nothing behind the last one. Raises Gone."""
        try:
            told = pickle.load(self._stdout)  # noqa: S301 - from our own child, by its pipe
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise Gone from error
        if told is None:
            return None
        cells, rows = told
        ready = [Ready([FieldProblem(*each) for each in problems], *rest) for problems, *rest in rows]
        return Chunk(cells, [], self._asked.actor, self._asked.version, ready)

    def close(self) -> None:
        """End the process, wherever it is."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        self._stdout.close()
        with suppress(OSError):
            self._stdin.close()


def read_for_another(asked: Asked, answers: IO[bytes]) -> None:
    """Read and judge what another process asked for, and write the chunks to `answers`.

    Raises whatever the file or the code raises; the other process then reads on by itself.
    """
    connection.settings_dict.update(asked.database)
    translation.activate(asked.language)
    pin(asked.version)
    table = open_table(asked.path, shown=asked.arguments["shown"], **asked.arguments["reading"])
    work = Work(Job(arguments=asked.arguments), table.heads, asked.actor)
    with seldom_collecting():
        for cells in _chunks(table.rows(skip=asked.skip), asked.size):
            chunk = work.read(cells)
            connection.close()  # the company's definitions are read, nothing else is asked
            rows = [_plain(each) for each in chunk.ready]
            pickle.dump((cells, rows), answers, protocol=pickle.HIGHEST_PROTOCOL)
    pickle.dump(None, answers)


def _chunks(lines: Iterator[list[str]], size: int) -> Iterator[Sequence[list[str]]]:
    while taken := list(islice(lines, size)):
        yield taken


def _plain(ready: Ready) -> tuple[Any, ...]:
    """Give what a line came to without the objects that are slow to send, its problems put into words."""
    problems = [(each.field, each.code, str(each.message)) for each in ready.problems]
    return (problems, *ready[1:])
