"""duyen bench import: a first load into an empty table, later imports with pages beside, exports of all."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from duyen.bench import people
from duyen.bench.exporting import Taken, export_table, measure_export
from duyen.bench.filling import Cast, fill
from duyen.bench.measuring import percentile
from duyen.bench.peak import peak_mb
from duyen.bench.running import FolderInUse
from duyen.bench.table import circumstances
from duyen.demo.names import company
from duyen.entities import standard
from duyen.entities.exporting.asking import FORMATS
from duyen.entities.importing import Keeping, Plan, chunks, start_import
from duyen.entities.importing.duplicates import Matcher
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.registry import entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import Unit, User
from duyen.foundation.org.queries import has_users
from duyen.kernel.clock import today

Say = Callable[[str], None]
HEADS = ("Loại", "Họ và tên", "SĐT", "Email", "MST", "Ngày sinh", "Địa chỉ", "Phường/Xã", "Tỉnh/TP", "Nguồn")
FIRST_BUDGET, LATER_BUDGET, PAGE_BUDGET_MS = 10_000, 3_000, 40
#: So many rows are written once more, without and with indexes, to tell what these cost.
_SAMPLE = 20_000
_PAUSE_SECONDS = 0.2
_QUIET_SECONDS = 20
_LIST = "/customers?sort=name"


@dataclass
class Shares:
    """Seconds by part of the work; what runs in the thread that reads ahead goes on beside the rest."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        """Add the time of a block to a part."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[part] = self.seconds.get(part, 0.0) + time.perf_counter() - began

    def wrapped(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function whose time is added to a part."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.timing(part):
                return function(*args, **kwargs)

        return timed


@dataclass(frozen=True)
class Load:
    """One import that was measured."""

    label: str
    rows: int
    imported: int
    skipped: int
    rejected: int
    seconds: float
    peak_mb: float
    shares: Shares = field(default_factory=Shares)
    pages_ms: Sequence[float] = ()

    @property
    def speed(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds if self.seconds else 0.0


def measure_imports(folder: DataFolder, rows: int, later: int, *, say: Say) -> str:
    """Load `rows` into an empty folder, then import `later` twice, and give the table. Raises FolderInUse."""
    if has_users():
        raise FolderInUse(folder=folder.asked, what="an installation, or another benchmark")
    cast = fill(0, say=say)
    files = folder.root / "files"
    loads = [load_file("first load", write_file(files / "first.csv", rows, seed=1), rows, cast, say)]
    with connect(owner_address(folder)) as link:
        link.execute("VACUUM ANALYZE")
    began = time.monotonic()
    quiet = _pages(cast, goes_on=lambda: time.monotonic() < began + _QUIET_SECONDS)
    loads.append(load_file("later import", write_file(files / "later.csv", later, seed=2), later, cast, say))
    again = write_file(files / "beside.csv", later, seed=3)
    loads.append(_load_beside_pages("later import, pages beside", again, later, cast, say))
    exports = []
    for kind in FORMATS:
        say(f"export as {kind} …")
        exports.append(measure_export(kind, files / f"out.{kind}", user_id=cast.everything))
    return markdown(loads, quiet, _cost_of_indexes(folder), exports)


def write_file(path: Path, rows: int, *, seed: int) -> Path:
    """Write a file of invented customers as a branch would hand it in, 1 in 200 with a wrong phone."""
    random = Random(seed)  # noqa: S311 - invented people, not secrets
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS)
        for number in range(rows):
            writer.writerow(_line(random, seed, number))
    return path


def _line(random: Random, seed: int, number: int) -> list[str]:
    phone = f"03{2 + seed % 8}{number % 10_000_000:07}"  # all of 032 to 039 are numbers of mobiles
    if random.random() < 0.005:
        phone = phone[:6]
    email = f"k{seed}.{number}@example.com" if random.random() < 0.4 else ""
    where = [f"{random.randrange(1, 400)} Lê Lợi", "Phường Ngô Quyền", "Thành phố Hải Phòng", "Facebook"]
    if random.random() < 0.15:
        made = company(random, random.randrange(10_000))
        return ["Tổ chức", f"{made.name} {random.randrange(10_000)}", phone, email, "", "", *where]
    born = f"{random.randrange(1, 28):02}/{random.randrange(1, 13):02}/{random.randrange(1950, 2006)}"
    return ["Cá nhân", people.person(random), phone, email, "", born, *where]


def _ask(path: Path, cast: Cast) -> Job:
    customers = entity_named("customers")
    director = actor_for(User.objects.get(pk=cast.everything), Door.IMPORT)
    keeping = Keeping(owner=cast.team, unit=Unit.objects.get(code="T001").pk)
    plan = Plan(keeping=keeping, on_duplicate=OnDuplicate.SKIP)
    return start_import(customers, path, actor=director, plan=plan)


def load_file(label: str, path: Path, rows: int, cast: Cast, say: Say) -> Load:
    """Import a file in this process, and take the time of each part."""
    shares = Shares()
    with ExitStack() as stack:
        for owner, name, part in (
            (chunks.Work, "read", "reading (beside)"),
            (Matcher, "match", "duplicates"),
            (chunks, "find_links", "links"),
            (standard, "broken_links", "links"),
            (standard, "_write_set", "writing"),
        ):
            whole = shares.wrapped(part, getattr(owner, name))
            stack.enter_context(patch.object(owner, name, whole))
        with shares.timing("reading through first"):
            job = _ask(path, cast)
        said = _Teller(job, say)
        began = time.perf_counter()
        work(job.pk)
        seconds = time.perf_counter() - began
        said.stop()
    return _ended(label, job, rows, seconds, peak_mb(resource.RUSAGE_SELF), shares)


def _load_beside_pages(label: str, path: Path, rows: int, cast: Cast, say: Say) -> Load:
    """Import a file in a process of its own, as the worker does, while pages are opened in this one."""
    job = _ask(path, cast)
    say(f"{label} …")
    command = [sys.executable, "-c", _CHILD.format(job=job.pk)]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        command, env={**os.environ, "DJANGO_SETTINGS_MODULE": "duyen.config.settings"}
    )
    pages = _pages(cast, goes_on=lambda: child.poll() is None)
    if child.wait() != 0:
        raise RuntimeError(f"the import beside pages ended with {child.returncode}")
    job.refresh_from_db()
    if job.started_at is None or job.finished_at is None:
        raise RuntimeError("the import beside pages did not end")
    seconds = (job.finished_at - job.started_at).total_seconds()
    return _ended(label, job, rows, seconds, peak_mb(resource.RUSAGE_CHILDREN), Shares(), pages)


#: As the worker does, with its manners.
_CHILD = (
    "import os; os.nice(5); import django; django.setup();"
    " from duyen.foundation.jobs.running import work; work({job})"
)


def _ended(
    label: str,
    job: Job,
    rows: int,
    seconds: float,
    peak_mb: float,
    shares: Shares,
    pages: Sequence[float] = (),
) -> Load:
    job.refresh_from_db()
    if job.state != JobState.DONE:
        raise RuntimeError(f"{label}: {job.state} {job.problem}")
    told = job.result
    counts = (told["imported"], told["skipped"], job.rejected)
    return Load(label, rows, *counts, seconds, peak_mb, shares, pages)


def _pages(cast: Cast, *, goes_on: Callable[[], bool]) -> list[float]:
    """Open the first page of a list again and again; give the times in milliseconds."""
    taken = []
    with override_settings(SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False):
        client = Client()
        client.force_login(User.objects.get(pk=cast.wide_branch))
        client.get(_LIST)
        while goes_on():
            began = time.perf_counter()
            answer = client.get(_LIST)
            if answer.status_code != 200:
                raise RuntimeError(f"{_LIST}: {answer.status_code}")
            taken.append((time.perf_counter() - began) * 1000)
            time.sleep(_PAUSE_SECONDS)
    return taken


def _cost_of_indexes(folder: DataFolder) -> dict[str, float]:
    """Write a sample of the rows once more, by bare SQL: plain, with generated columns, with indexes, too."""
    table = entity_named("customers").table
    plain = [
        each.column for each in entity_named("customers").model._meta.concrete_fields if not each.generated
    ]
    names = ", ".join(f'"{each}"' for each in plain)
    kinds = {"plain": "INCLUDING DEFAULTS", "generated": "INCLUDING GENERATED", "indexed": "INCLUDING ALL"}
    found = {}
    with connect(owner_address(folder)) as link:
        link.execute(f"CREATE TEMP TABLE bench_sample AS SELECT {names} FROM {table} LIMIT {_SAMPLE}")  # noqa: S608
        for kind, including in kinds.items():
            link.execute(f"CREATE TEMP TABLE bench_{kind} (LIKE {table} {including})")
            began = time.perf_counter()
            link.execute(f"INSERT INTO bench_{kind} ({names}) SELECT {names} FROM bench_sample")  # noqa: S608
            found[kind] = time.perf_counter() - began
    return found


class _Teller:
    """Tells how far an import is while it runs."""

    def __init__(self, job: Job, say: Say) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, args=(job.pk, say), daemon=True)
        self._thread.start()

    def _tell(self, job_id: int, say: Say) -> None:
        try:
            while not self._ended.wait(10):
                done, total = Job.objects.values_list("done", "total").get(pk=job_id)
                say(f"{done:,} of {total or 0:,} rows")
        finally:
            connection.close()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


# --- the table -----------------------------------------------------------------------------------------


def markdown(
    loads: Sequence[Load], quiet: Sequence[float], cost: dict[str, float], exports: Sequence[Taken] = ()
) -> str:
    """Write the circumstances, the imports, where their time went, the pages beside them, and exports."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    told = [
        f"## Import, {today().isoformat()}",
        "",
        f"{circumstances(version)} Rule for duplicates: skip.",
        "",
    ]
    told += ["| Import | Rows | Rows a second | Budget | Created | Skipped | Refused | Peak memory, MB |"]
    told += ["|---|--:|--:|--:|--:|--:|--:|--:|"]
    for place, load in enumerate(loads):
        budget = FIRST_BUDGET if place == 0 else LATER_BUDGET
        speed = f"{load.speed:,.0f}" if load.speed >= budget else f"**{load.speed:,.0f}**"
        told.append(
            f"| {load.label} | {load.rows:,} | {speed} | {budget:,} | {load.imported:,} | {load.skipped:,} "
            f"| {load.rejected:,} | {load.peak_mb:,.0f} |"
        )
    told += ["", "Where the time goes, in per cent of the whole:", ""]
    told += ["| Import | Part | Seconds | Share |", "|---|---|--:|--:|"]
    for load in loads:
        for part, seconds in sorted(load.shares.seconds.items(), key=lambda each: -each[1]):
            told.append(f"| {load.label} | {part} | {seconds:,.1f} | {100 * seconds / load.seconds:.0f} % |")
    told += ["", _indexes(cost), "", "| List page | p50, ms | p95, ms | Budget, ms |", "|---|--:|--:|--:|"]
    for label, times in (("nothing beside", quiet), ("import beside", loads[-1].pages_ms)):
        if times:
            told.append(
                f"| {label}, {len(times)} pages | {percentile(times, 50):.1f} | {percentile(times, 95):.1f} "
                f"| {PAGE_BUDGET_MS} |"
            )
    if exports:
        told += ["", *export_table(exports)]
    return "\n".join([*told, ""])


def _indexes(cost: dict[str, float]) -> str:
    whole = cost["indexed"]
    plain, generated = cost["plain"] / whole, (cost["generated"] - cost["plain"]) / whole
    return (
        f"{_SAMPLE:,} rows by bare SQL: {whole:.2f} s, of which the row itself {plain:.0%}, generated "
        f"columns {generated:.0%}, indexes {1 - plain - generated:.0%}."
    )
