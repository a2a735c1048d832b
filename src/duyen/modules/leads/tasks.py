"""What comes by the clock for leads: back to the pool, and another look at whom they may be."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.leads.actions.looking import look_again
from duyen.modules.leads.actions.reclaiming import reclaim_late

name_task("leads.reclaim", _("Take leads back to which nobody spoke"))
name_task("leads.look_again", _("Ask again whom open leads may be"))


@app.periodic(cron="*/10 * * * *")
@app.task(name="leads.reclaim", queueing_lock="leads.reclaim", pass_context=False)
def reclaim(timestamp: int) -> None:
    """Take leads back whose time for a first contact passed twice in silence."""
    reclaim_late()


@app.periodic(cron="40 2 * * *")
@app.task(name="leads.look_again", queueing_lock="leads.look_again", pass_context=False)
def look_at_open_ones(timestamp: int) -> None:
    """Ask again whom the open leads may be."""
    look_again()
