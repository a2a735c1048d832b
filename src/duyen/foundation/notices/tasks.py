"""Background work of notices; the worker finds it by this module's name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duyen.foundation.notices.mails import forget_old_mails
from duyen.foundation.notices.reading import forget_old_notices


@app.periodic(cron="30 2 * * *")
@app.task(name="notices.forget_old", queueing_lock="notices.forget_old", pass_context=False)
def forget_old(timestamp: int) -> None:
    """Delete notices that were read three months ago, and any that are older than a year."""
    forget_old_notices()
    forget_old_mails()
