"""What the worker does each night about leads that nobody uses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.retention.actions import begin_night

name_task("retention.begin_night", _("Erase leads that nobody uses"))


@app.periodic(cron="10 18 * * *")  # 01:10 in Vietnam
@app.task(name="retention.begin_night", queueing_lock="retention.begin_night", pass_context=False)
def begin(timestamp: int) -> None:
    """Begin to erase the leads that nobody used for as long as the company keeps them."""
    begin_night()
