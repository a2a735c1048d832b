"""What the worker does each night for the database: a backup, and room in the trail for months to come."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from duyen.foundation.database import backup
from duyen.foundation.database.paths import DataFolder
from duyen.kernel.clock import now

#: So many months of the trail always stand ready.
MONTHS_AHEAD = 3


@app.periodic(cron="30 * * * *")  # each hour, because a laptop is often off at night
@app.task(name="database.nightly_backup", queueing_lock="database.nightly_backup", pass_context=False)
def nightly_backup(timestamp: int) -> None:
    """Back up everything once a night; how it ended stands beside the backups, where a page reads it."""
    folder = DataFolder.locate()
    if backup.is_night_due(folder, now()):
        backup.nightly_backup(folder)


@app.periodic(cron="10 18 * * *")
@app.task(
    name="database.make_history_months", queueing_lock="database.make_history_months", pass_context=False
)
def make_history_months(timestamp: int) -> None:
    """Make the months of the trail that are missing, from last month to three ahead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT duyen_make_history_months(%s)", [MONTHS_AHEAD])
