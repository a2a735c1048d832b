"""Take the time of each work: the request through the whole product, and the raw SQL on the same data."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.test import Client

from duyen.bench.filling import bench_actor
from duyen.bench.works import Call, Work
from duyen.entities.sql import Sql
from duyen.foundation.audit import trail

WARM_UP = 3


class WentWrong(Exception):
    """A measured request was refused: there is nothing to compare."""


@dataclass(frozen=True)
class Taken:
    """What one work took, in milliseconds; `web_cpu` leaves out the database, which is another process."""

    p50: float
    p95: float
    web_cpu: float
    queries: int
    raw_p50: float
    raw_p95: float


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    work: Work
    taken: Taken

    @property
    def is_within(self) -> bool:
        return self.taken.p95 <= self.work.budget_ms


def measure(
    works: Iterable[Work], sign_in: Callable[[int], Client], *, repeat: int, say: Callable[[str], None]
) -> list[Line]:
    """Measure every work `repeat` times, request and raw SQL in turns, so that both meet the same caches."""
    lines = []
    for work in works:
        line = Line(work, _take(work, sign_in(work.user_id), repeat))
        taken = line.taken
        say(
            f"{work.label}: {taken.p50:.1f} and {taken.p95:.1f} ms, raw {taken.raw_p50:.1f} ms, "
            f"web CPU {taken.web_cpu:.1f} ms, {taken.queries} queries"
        )
        lines.append(line)
    return lines


def _take(work: Work, client: Client, repeat: int) -> Taken:
    for _ in range(min(WARM_UP, repeat)):
        _request(client, work.call())
        _run_raw(work.raw(), writes=work.writes)
    walls, cpus, raws, queries = list[float](), list[float](), list[float](), 0
    gc.collect()
    for _ in range(repeat):
        call, statement = work.call(), work.raw()
        wall, cpu, queries = _request(client, call)
        walls.append(wall)
        cpus.append(cpu)
        raws.append(_run_raw(statement, writes=work.writes))
    return Taken(
        percentile(walls, 50), percentile(walls, 95), percentile(cpus, 50), queries,
        percentile(raws, 50), percentile(raws, 95),
    )  # fmt: skip


@dataclass
class Count:
    """How many statements were sent; those past Django's cursor, such as COPY, are not among them."""

    statements: int = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


@contextmanager
def counted() -> Iterator[Count]:
    """Count the statements that are sent meanwhile."""
    count = Count()
    with connection.execute_wrapper(count):
        yield count


def _request(client: Client, call: Call) -> tuple[float, float, int]:
    """Send one request through every middleware; give wall time, time on our CPU, and how many queries."""
    send = {"GET": client.get, "POST": client.post, "PATCH": client.patch}[call.method]
    options = {"headers": call.headers} if call.method == "GET" else _with_body(call)
    _unhurried()
    with counted() as count:
        began, cpu_began = time.perf_counter(), time.process_time()
        response = send(call.address, **options)  # type: ignore[operator] # one of three methods of one shape
        if response.streaming:
            response.getvalue()
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    is_told = call.may_be_told and response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES and not is_told:
        raise WentWrong(f"{call.method} {call.address}: {response.status_code} {response.content[:300]!r}")
    return wall * 1000, cpu * 1000, count.statements


def _with_body(call: Call) -> dict[str, object]:
    if call.is_form:
        return {"data": call.body, "headers": call.headers}
    return {"data": call.body, "content_type": "application/json", "headers": call.headers}


def _run_raw(statement: Sql, *, writes: bool) -> float:
    """Run one statement as bare as the trail allows; a write opens it and commits."""
    if not writes:
        return _timed(statement)
    began = time.perf_counter()
    with transaction.atomic():
        trail.begin(bench_actor(), "bench.raw")
        _timed(statement)
    return (time.perf_counter() - began) * 1000


def _unhurried() -> None:
    """Forget how long a page before let its statements take: in one transaction that goes on behind it."""
    with connection.cursor() as cursor:
        cursor.cursor.execute("SET statement_timeout = 0")


def _timed(statement: Sql) -> float:
    _unhurried()
    with connection.cursor() as cursor:
        raw = cursor.cursor
        began = time.perf_counter()
        raw.execute(statement.text, statement.params)
        if raw.description is not None:
            raw.fetchall()
        return (time.perf_counter() - began) * 1000


def percentile(values: Iterable[float], percent: int) -> float:
    """Give the value that `percent` per cent of the measurements do not exceed."""
    ordered = sorted(values)
    place = -(-len(ordered) * percent // 100) - 1
    return ordered[max(0, place)]
