"""Background work of activities; the worker finds it by this module's name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.activities.reminders import remind
from duyen.modules.activities.series import all_that_go_on, go_on

name_task("activities.remind", _("Remind people of what comes up"))
name_task("activities.make_what_recurs", _("Make what recurs for the weeks to come"))


@app.periodic(cron="* * * * *")
@app.task(name="activities.remind", queueing_lock="activities.remind", pass_context=False)
def remind_people(timestamp: int) -> None:
    """Tell people of what they want to be reminded of."""
    remind()


@app.periodic(cron="15 19 * * *")
@app.task(name="activities.make_what_recurs", queueing_lock="activities.make_what_recurs", pass_context=False)
def make_what_recurs(timestamp: int) -> None:
    """Make the times of all series that come near; one that fails stops no other."""
    for series_id in all_that_go_on():
        go_on(series_id)
