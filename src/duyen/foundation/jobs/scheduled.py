"""The work that comes by the clock: when each last ran, how that ended, and when it comes again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.kernel.clock import now

_LAST = """
SELECT DISTINCT ON (d.task_name) d.task_name, d.defer_timestamp, j.status
FROM procrastinate_periodic_defers d LEFT JOIN procrastinate_jobs j ON j.id = d.job_id
WHERE d.task_name = ANY(%s) ORDER BY d.task_name, d.defer_timestamp DESC
"""
#: What each does, in the reader's language; one that is not named here shows the name of its task.
_WORDS: dict[str, Any] = {
    "audit.seal": _("Seal the trail"),
    "audit.verify": _("Look at the seals of the trail"),
    "database.make_history_months": _("Make room in the trail for the months to come"),
    "database.nightly_backup": _("Make the nightly backup, where it is due"),
    "entities.catch_up_with_formulas": _("Work formulas and roll-ups out where they are due"),
    "entities.catch_up_with_scores": _("Work completeness out where it is due"),
    "entities.end_overdue_requests": _("End requests for approval that nobody decided in time"),
    "entities.forget_what_is_old": _("Delete old states of lists, exports and files to import"),
    "files.take_up_left_ones": _("Finish files whose scan or picture is still missing"),
    "files.sweep": _("Delete files that no record has any more"),
    "jobs.forget_what_is_old": _("Delete old background work"),
    "jobs.take_up_left_ones": _("Take up work whose process died"),
    "notices.mail_what_is_due": _("Send notices by mail that are due"),
    "notices.forget_old": _("Delete old notices"),
    "org.forget_what_is_old": _("Delete sessions that are over and old sign-ins"),
    "troubles.forget_what_is_old": _("Delete old error reports"),
    "webhooks.forget": _("Delete old calls of webhooks"),
}


@dataclass(frozen=True)
class Scheduled:
    """One piece of such work; `status` is how its last run ended, in the words of the queue."""

    name: str
    label: Any
    cron: str
    last_at: dt.datetime | None
    status: str
    next_at: dt.datetime


def name_task(task: str, label: Any) -> None:
    """Say in words what a task that comes by the clock does."""
    _WORDS[task] = label


def scheduled_work() -> list[Scheduled]:
    """List it by the time when each comes next, by one statement."""
    known: dict[str, Any] = {name: each for (name, _id), each in app.periodic_registry.periodic_tasks.items()}
    last = _last_runs(list(known))
    moment = now()
    found = [
        Scheduled(
            name,
            _WORDS.get(name, name),
            task.cron,
            last[name][0] if name in last else None,
            last[name][1] if name in last else "",
            # A reader of cron of its own: the queue's keeps its place.
            type(task.croniter)(task.cron, moment).get_next(dt.datetime),
        )
        for name, task in known.items()
    ]
    return sorted(found, key=lambda each: (each.next_at, each.name))


def _last_runs(names: list[str]) -> Mapping[str, tuple[dt.datetime, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [names])
        rows = cursor.fetchall()
    return {name: (dt.datetime.fromtimestamp(stamp, dt.UTC), status or "") for name, stamp, status in rows}
