"""How long finished work is kept: what people see of it, and what the queue itself wrote down.

What the work did stands in the records and in the trail; neither goes with it.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED
from duyen.foundation.settings.company import setting
from duyen.foundation.settings.declaring import Kind, declare_setting
from duyen.kernel.clock import now

KEEP_DAYS, KEEP_QUEUE_DAYS = "jobs.keep_days", "jobs.keep_queue_days"
#: So long an import can be taken back, for which its line must be there.
LEAST_DAYS = 30
#: So many rows go in one transaction, so that nobody waits for them.
CHUNK = 2_000

declare_setting(
    KEEP_DAYS,
    365,
    kind=Kind.WHOLE,
    area="retention",
    least=LEAST_DAYS,
    most=3_650,
    label=_("Keep finished background work for so many days"),
    help=_(
        "Each night older lines go, with the files of their refused rows."
        " What the work did stays in the records and in the trail."
    ),
)
declare_setting(
    KEEP_QUEUE_DAYS,
    7,
    kind=Kind.WHOLE,
    area="retention",
    least=2,
    most=90,
    label=_("Keep the queue's own notes on finished work for so many days"),
    help=_(
        "Some thousand a day, mostly of what comes by the clock. Nobody sees them but for how it last ended."
    ),
)
_NOTES = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT j.id FROM procrastinate_jobs j
    WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND j.id > %s
      AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= %s)
    ORDER BY j.id LIMIT %s
) RETURNING id
"""


def forget_old_work() -> int:
    """Delete work that ended longer ago than the company keeps it, the oldest first; gives how much went."""
    before = now() - dt.timedelta(days=int(setting(KEEP_DAYS)))
    old = Job.objects.filter(finished_at__lt=before).exclude(state__in=UNFINISHED)
    gone = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            # An index that the company asked for forgets by which work it was built: that is traced.
            trail.begin(system_actor("background work"), "jobs.forget")
            Job.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone


def forget_old_notes() -> int:
    """Delete what the queue wrote down of work that ended long enough ago; gives how much went."""
    before = now() - dt.timedelta(days=int(setting(KEEP_QUEUE_DAYS)))
    gone = last = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NOTES, (last, before, CHUNK))
            ids = [int(row[0]) for row in cursor.fetchall()]
        gone += len(ids)
        if len(ids) < CHUNK:
            return gone
        last = max(ids)
