"""Measure a night of retention: leads that nobody uses are erased, each with its proof.

What is erased is gone: each run takes the oldest ones that are still there.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from django.db import connection, transaction

from duyen.bench.filling import Say, bench_actor
from duyen.bench.interests import fill_leads
from duyen.bench.running import filled_or_fill
from duyen.bench.table import circumstances
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.foundation.jobs.running import work
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import now, today
from duyen.modules.retention.actions import begin_night
from duyen.modules.retention.models import Night
from duyen.modules.retention.settings import MOST


def measure_retention(folder: DataFolder, customers: int, rows: int, erased: int, *, say: Say) -> str:
    """Fill up to `rows` leads beside `customers` customers, erase `erased` of them, and give the table."""
    filled_or_fill(folder, customers)
    if fill_leads(rows, say=say):
        say("Analysing …")
        with connect(owner_address(folder)) as link:
            link.execute(b"VACUUM ANALYZE")
    night, wall, cpu, statements = one_night(erased)
    done = max(1, night.erased)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    return "\n".join(
        [
            f"## A night of retention: {rows:,} leads beside {customers:,} customers, {today().isoformat()}",
            "",
            circumstances(version),
            "",
            "| Leads erased | Left alone | Seconds | ms a lead | ms of our CPU a lead | statements a lead |",
            "|--:|--:|--:|--:|--:|--:|",
            f"| {night.erased:,} | {night.left_alone:,} | {wall:.1f} | {wall * 1000 / done:.1f} "
            f"| {cpu * 1000 / done:.1f} | {statements / done:.1f} |",
            "",
        ]
    )


def one_night(erased: int) -> tuple[Night, float, float, int]:
    """Let a night pass; gives it, its seconds on the clock and on our CPU, and its statements."""
    with transaction.atomic():
        keep_setting(MOST, erased, actor=bench_actor())
        # The first one only tells.
        told = {"began_at": now(), "finished_at": now(), "day": today(), "months": 6, "most": erased}
        Night.objects.create(is_notice=True, **told)
    job = begin_night()
    if job is None:
        raise RuntimeError("a night is under way in this folder")
    seen: Counter[str] = Counter()

    def count(execute: Any, statement: Any, parameters: Any, many: bool, context: Any) -> Any:
        seen["statements"] += 1
        return execute(statement, parameters, many, context)

    began, cpu_began = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        work(job.pk)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    return Night.objects.latest("pk"), wall, cpu, seen["statements"]
