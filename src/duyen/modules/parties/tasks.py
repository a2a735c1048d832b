"""What comes by the clock for customers: the large base is counted by night."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.entities.registry import entity_named
from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.parties.tally import count_by_night

name_task("parties.count_by_night", _("Count the customers for the start pages"))


@app.periodic(cron="20 18 * * *")  # 01:20 in Vietnam
@app.task(name="parties.count_by_night", queueing_lock="parties.count_by_night", pass_context=False)
def count_customers(timestamp: int) -> None:
    """Count the whole base once a night, for start pages of those who see much of it."""
    count_by_night(entity_named("customers"))
