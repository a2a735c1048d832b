"""What the worker does each morning for requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.subject_requests.actions import remind

name_task("subject_requests.remind", _("Remind of requests about personal data that come due"))


@app.periodic(cron="0 1 * * *")  # 08:00 in Vietnam
@app.task(name="subject_requests.remind", queueing_lock="subject_requests.remind", pass_context=False)
def remind_of_terms(timestamp: int) -> None:
    """Tell those who answer requests of what comes due or is late."""
    remind()
