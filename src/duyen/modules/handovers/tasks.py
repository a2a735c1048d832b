"""Background work of handovers; the worker finds it by this module's name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.handovers.actions import tell_late

name_task("handovers.tell_late", _("Tell of leads handed over that nobody answers"))


@app.periodic(cron="*/15 * * * *")
@app.task(name="handovers.tell_late", queueing_lock="handovers.tell_late", pass_context=False)
def tell(timestamp: int) -> None:
    """Tell both sides of handovers that wait too long."""
    tell_late()
