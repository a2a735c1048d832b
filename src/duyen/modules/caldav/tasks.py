"""Background work of calendars elsewhere; the worker finds it by this module's name."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.caldav.syncing import due_accounts, sync

name_task("caldav.look", _("Synchronise calendars elsewhere whose time has come"))


@app.periodic(cron="*/5 * * * *")
@app.task(name="caldav.look", queueing_lock="caldav.look", pass_context=False)
def look(timestamp: int) -> None:
    """Let the accounts be synchronised whose time has come."""
    for account_id in due_accounts():
        sync_soon(account_id)


@app.task(name="caldav.sync_one")
def sync_one(*, account_id: int) -> None:
    """Synchronise one account."""
    sync(account_id)


def sync_soon(account_id: int) -> None:
    """Let the worker synchronise an account."""
    try:
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            sync_one.configure(queueing_lock=f"caldav.sync_one:{account_id}").defer(account_id=account_id)
    except AlreadyEnqueued:
        return  # it waits there already
