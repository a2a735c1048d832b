"""duyen bench fields: add a field to many customers, fill it, make it quick, use it; import with ten."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings

from duyen.bench.filling import bench_actor
from duyen.bench.measuring import percentile
from duyen.bench.running import Filled, filled_or_fill, signed_in
from duyen.entities.custom.defining import define
from duyen.entities.fields.base import OWN
from duyen.entities.importing import Plan, start_import
from duyen.entities.indexes.asking import ask_index
from duyen.entities.indexes.errors import IndexThere
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.versions import pin
from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import User

Say = Callable[[str], None]
PAGE_BUDGET_MS = 40
_PLAIN = "/customers?sort=name"
_PAUSE_SECONDS = 0.1
_KINDS = ("whole", "decimal", "amount", "day", "text", "flag", "choice", "choices", "phone", "email")
_CELLS = (
    "12",
    "3,5",
    "1.500.000",
    "15/03/2024",
    "HĐ-{n}",
    "có",
    "Lụa",
    "Lụa; Lanh",
    "0912 {n:06}",
    "a{n}@b.vn",
)
_OPTIONS = [{"label": "Lụa"}, {"label": "Lanh"}, {"label": "Đũi"}]


def measure_fields(folder: DataFolder, rows: int, repeat: int, *, say: Say) -> str:
    """Measure on the folder of `duyen bench customers` with as many rows, and give the table."""
    filled = filled_or_fill(folder, rows)
    pin()
    lines: list[tuple[str, str, str]] = []
    with override_settings(SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False):
        client = signed_in(filled.cast.everything)
        began = time.perf_counter()
        seats = _field("seats", "whole", "Số chỗ ngồi")
        lines.append(("add a field", _ms(time.perf_counter() - began), ""))
        began = time.perf_counter()
        _fill(seats)
        lines.append(("fill it on every customer, by SQL", f"{time.perf_counter() - began:.1f} s", ""))
        quiet = _pages(client, _PLAIN, repeat)
        lines.append(_line("a list meanwhile: nothing is going on", quiet))
        began, beside = time.perf_counter(), list[float]()
        with _asking(client, beside):
            state = _make_quick(f"{OWN}{seats.key}")
        seconds = time.perf_counter() - began
        lines.append((f"make it sortable and filterable ({state})", f"{seconds:.1f} s", ""))
        lines.append(_line("a list meanwhile: the index is being built", beside))
        name = f"{OWN}{seats.key}"
        asked = {
            "order by it": {"sort": name},
            "order by it, the largest first": {"sort": f"-{name}"},
            "filter by it, rare": {f"{name}.eq": "777"},
            "filter by it, frequent, by name": {f"{name}.gte": "500", "sort": "name"},
            "filter and order by it": {f"{name}.gte": "900", "sort": name},
        }
        for label, query in asked.items():
            lines.append(_line(label, _pages(client, f"/customers?{urlencode(query)}", repeat)))
        lines += _imports(folder, filled, max(1_000, rows // 50), say)
    return _table(rows, repeat, lines)


def _field(key: str, kind: str, label: str) -> CustomField:
    kept = CustomField.objects.filter(entity="customers", key=key).first()
    if kept is not None:
        return kept
    options = {"options": _OPTIONS} if kind in ("choice", "choices") else {}
    given = {"key": key, "kind": kind, "label": label, **options}
    return define(entity_named("customers"), given, actor=system_actor("bench"))


def _make_quick(name: str) -> str:
    """Have the index built, and say how that ended."""
    try:
        job = ask_index(entity_named("customers"), name, "sort", actor=system_actor("bench"))
    except IndexThere:
        return "was there"
    work(job.pk)
    job.refresh_from_db()
    return job.state


def _fill(field: CustomField) -> None:
    """Give every customer a number from 0 to 999 that is not there yet; past the trail, as the filling is."""

    with transaction.atomic(), connection.cursor() as cursor:
        trail.begin(bench_actor(), "bench.fill")
        cursor.execute(
            "UPDATE parties_party SET custom = custom || jsonb_build_object(%s::text, (id * 7919) %% 1000)"
            " WHERE NOT jsonb_exists(custom, %s)",
            [str(field.pk), str(field.pk)],
        )


def _pages(client: Client, address: str, repeat: int) -> list[float]:
    for _turn in range(3):
        _ask(client, address)
    return [_ask(client, address) for _turn in range(repeat)]


def _ask(client: Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return (time.perf_counter() - began) * 1000


@contextmanager
def _asking(client: Client, taken: list[float]) -> Iterator[None]:
    """Ask for a list again and again beside a piece of work, in a thread with its own connection."""
    ended = threading.Event()

    def ask() -> None:
        try:
            while not ended.is_set():
                taken.append(_ask(client, _PLAIN))
                time.sleep(_PAUSE_SECONDS)
        finally:
            connection.close()

    asker = threading.Thread(target=ask, name="asks meanwhile", daemon=True)
    asker.start()
    try:
        yield
    finally:
        ended.set()
        asker.join()


def _imports(folder: DataFolder, filled: Filled, rows: int, say: Say) -> list[tuple[str, str, str]]:
    """Import as many rows without and with ten fields of the company's own."""
    made = [_field(f"bench_{kind}", kind, f"Mục {kind}") for kind in _KINDS]
    actor = actor_for(User.objects.get(pk=filled.cast.everything), Door.CLI)
    found = []
    for label, fields in (("without own fields", ()), ("with ten of them", made)):
        path = _write(folder.root / "files" / f"fields-{len(fields)}.csv", rows, fields)
        began = time.perf_counter()
        job = start_import(entity_named("customers"), path, actor=actor, plan=Plan())
        work(job.pk)
        seconds = time.perf_counter() - began
        job.refresh_from_db()
        say(f"import {label}: {rows / seconds:,.0f} rows a second, {job.rejected} rejected")
        found.append(
            (
                f"import {rows:,} rows {label} ({job.rejected} rejected)",
                f"{seconds:.1f} s",
                f"{rows / seconds:,.0f} rows/s",
            )
        )
    return found


def _write(path: Path, rows: int, fields: Sequence[CustomField]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    start = time.time_ns() % 10**9
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Tên", "Loại", *(each.label for each in fields)])
        for place in range(rows):
            cells = [each.format(n=place % 10**6) for each in _CELLS[: len(fields)]]
            writer.writerow([f"Khách {start} {len(fields)} {place}", "Cá nhân", *cells])
    return path


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _line(label: str, taken: Sequence[float]) -> tuple[str, str, str]:
    if not taken:
        return label, "—", "no page was asked for"
    p50, p95 = percentile(list(taken), 50), percentile(list(taken), 95)
    told = f"p50 {p50:.1f} ms, {len(taken)} pages" + ("" if p95 <= PAGE_BUDGET_MS else ", over budget")
    return label, f"p95 {p95:.1f} ms", told


def _table(rows: int, repeat: int, lines: Sequence[tuple[str, str, str]]) -> str:
    head = f"## Fields of one's own, {rows:,} customers, {repeat} pages each\n\n"
    head += "| Work | Taken | |\n|---|---|---|\n"
    return head + "".join(f"| {' | '.join(line)} |\n" for line in lines)
