"""What comes by the clock for leads: those to whom nobody spoke go back to the pool."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.leads.actions.reclaiming import reclaim_late

name_task("leads.reclaim", _("Take leads back to which nobody spoke"))


@app.periodic(cron="*/10 * * * *")
@app.task(name="leads.reclaim", queueing_lock="leads.reclaim", pass_context=False)
def reclaim(timestamp: int) -> None:
    """Take leads back whose time for a first contact passed twice in silence."""
    reclaim_late()
