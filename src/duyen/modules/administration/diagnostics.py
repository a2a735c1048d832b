"""One file that tells a stranger how an installation is, and nothing of whom it knows.

Made of numbers, switches, codes of the program and places in its code alone. What people typed (names, texts,
addresses, the words of settings) never gets in: it is left out here, not filtered afterwards.
"""

from __future__ import annotations

import io
import json
import os
import platform
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Avg, Count, F, Max
from django.utils import translation

from duyen import __version__
from duyen.foundation.database.connection import external_url
from duyen.foundation.database.schema import pending_migrations
from duyen.foundation.health.lines import look_at_all
from duyen.foundation.jobs.models import Job
from duyen.foundation.settings.company import kept_rows
from duyen.foundation.settings.declaring import Kind, all_settings
from duyen.foundation.troubles.models import Report, Trouble
from duyen.kernel.clock import now

FORMAT = 1
MOST_TROUBLES, MOST_REPORTS, MOST_STATEMENTS = 50, 200, 30
#: Kinds of setting whose value is a number, a switch or a code of the program.
_PLAIN = frozenset({Kind.WHOLE, Kind.FLAG, Kind.CHOICE})
_TABLES = """
SELECT relname, n_live_tup, pg_total_relation_size(relid), seq_scan, seq_tup_read, idx_scan, n_dead_tup,
  extract(epoch FROM coalesce(last_autovacuum, last_vacuum)),
  extract(epoch FROM coalesce(last_autoanalyze, last_analyze))
FROM pg_stat_user_tables ORDER BY relname
"""
_MIGRATIONS = "SELECT app, max(name), count(*) FROM django_migrations GROUP BY app ORDER BY app"
_STATEMENTS = """
SELECT query, calls, round(mean_exec_time::numeric, 1), round(max_exec_time::numeric, 1)
FROM pg_stat_statements ORDER BY mean_exec_time DESC LIMIT %s
"""
_LITERAL = re.compile(r"'(?:[^']|'')*'|\$\$.*?\$\$|\b\d+\b", re.S)

README = """Duyên: diagnostics

diagnostics.json tells versions, the health of each part, counts of rows, settings that are numbers or
switches, migrations, recent error reports by type and place in the code, and how background work went.
It holds no name, no phone, no e-mail, no text that anybody typed, and no value of any record.
Send it to whoever maintains Duyên for you.
"""


def diagnose() -> dict[str, Any]:
    """Gather everything; reads alone."""
    with translation.override("en"), transaction.atomic():
        return {
            "format": FORMAT,
            "made_at": now().isoformat(timespec="seconds"),
            "product": __version__,
            "platform": _platform(),
            "health": _health(),
            "settings": _settings(),
            "tables": _tables(),
            "migrations": _migrations(),
            "troubles": _troubles(),
            "jobs": _jobs(),
            "statements": _statements(),
        }


def as_zip(told: Mapping[str, Any]) -> bytes:
    """Pack what was gathered, with a word on what it is."""
    text = json.dumps(told, ensure_ascii=False, indent=1, default=str)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", README)
        file.writestr("diagnostics.json", text)
    return packed.getvalue()


def file_name() -> str:
    """Name the file by the moment, in UTC."""
    return f"duyen-diagnostics-{now():%Y%m%d-%H%M%S}.zip"


def _platform() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "is_external_database": bool(external_url()),
        # The names alone: values may be addresses or secrets.
        "environment": sorted(name for name in os.environ if name.startswith("DUYEN_")),
    }


def _health() -> list[dict[str, Any]]:
    return [
        {"name": line.name, "state": line.state.value, "facts": dict(line.facts)}
        for group in look_at_all()
        for line in group.lines
    ]


def _settings() -> dict[str, Any]:
    known = all_settings()
    kept = kept_rows(known)
    told: dict[str, Any] = {}
    for key, each in sorted(known.items()):
        one: dict[str, Any] = {
            "is_set": key in kept,
            "times_changed": kept[key].version if key in kept else 0,
        }
        if each.kind in _PLAIN:
            one["value"] = kept[key].value if key in kept else each.default
        told[key] = one
    return told


def _tables() -> list[dict[str, Any]]:
    names = ("table", "rows", "bytes", "scans", "rows_scanned", "index_scans", "dead", "vacuumed", "analysed")
    return [dict(zip(names, row, strict=True)) for row in _rows(_TABLES)]


def _migrations() -> dict[str, Any]:
    last = [{"app": app, "last": name, "count": count} for app, name, count in _rows(_MIGRATIONS)]
    return {"applied": last, "pending": pending_migrations()}


def _troubles() -> dict[str, Any]:
    found = Trouble.objects.order_by("-last_at", "-id")[:MOST_TROUBLES]
    reports = Report.objects.order_by("-id").values_list("number", "trouble_id", "at", "door", "pattern")
    return {
        "faults": [
            {
                "id": each.pk,
                "kind": each.kind,
                "sqlstate": each.sqlstate,
                "place": each.place,
                "chain": each.chain,
                "times": each.times,
                "first_at": each.first_at,
                "last_at": each.last_at,
                "is_solved": each.solved_at is not None,
                "trace": each.trace,
            }
            for each in found
        ],
        "reports": [
            {"number": number, "fault": fault, "at": at, "door": door, "pattern": pattern}
            for number, fault, at, door, pattern in reports[:MOST_REPORTS]
        ],
    }


def _jobs() -> list[dict[str, Any]]:
    """Tell how many jobs of each kind ended how, and how long they took; no label and no argument."""
    took = F("finished_at") - F("started_at")
    found = Job.objects.values("kind", "state").annotate(
        count=Count("id"), mean=Avg(took), longest=Max(took), last_at=Max("created_at")
    )
    return [
        {**each, "mean": _seconds(each["mean"]), "longest": _seconds(each["longest"])}
        for each in found.order_by("kind", "state")
    ]


def _seconds(took: Any) -> float | None:
    return None if took is None else round(took.total_seconds(), 1)


def _statements() -> dict[str, Any]:
    """Tell the slowest statements where the server keeps them, without a single literal."""
    if not _rows("SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        return {"is_kept": False}
    try:
        with transaction.atomic():
            found = _rows(_STATEMENTS, [MOST_STATEMENTS])
    except DatabaseError as error:  # the extension is there, but not loaded or not open to us
        return {"is_kept": False, "error": type(error).__name__}
    shown = [
        {"query": without_literals(query), "calls": calls, "mean_ms": float(mean), "most_ms": float(most)}
        for query, calls, mean, most in found
    ]
    return {"is_kept": True, "slowest": shown}


def without_literals(query: str) -> str:
    """Leave the shape of a statement: whatever could be a value becomes a question mark."""
    return " ".join(_LITERAL.sub("?", query).split())[:1_000]


def _rows(query: str, params: Iterable[Any] = ()) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(params))
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return found
