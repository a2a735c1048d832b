"""Background work of assignments; the worker finds it by this module's name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.assignments.actions import assign_waiting

name_task("assignments.assign", _("Assign new leads by the rules"))


@app.periodic(cron="* * * * *")
@app.task(name="assignments.assign", queueing_lock="assignments.assign", pass_context=False)
def assign(timestamp: int) -> None:
    """Assign the leads that wait in the pool."""
    assign_waiting()
