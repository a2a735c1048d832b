"""Background work of scoring; the worker finds it by this module's name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from duyen.foundation.jobs.scheduled import name_task
from duyen.modules.scoring.actions.rescoring import ask_by_day
from duyen.modules.scoring.actions.training import ask_by_week

name_task("scoring.by_day", _("Work out the scores of leads for a new day"))


name_task("scoring.by_week", _("Learn from leads that ended"))


@app.periodic(cron="20 17 * * *")  # 00:20 in Vietnam
@app.task(name="scoring.by_day", queueing_lock="scoring.by_day", pass_context=False)
def by_day(timestamp: int) -> None:
    """Score all leads again: what happened is a day older."""
    ask_by_day()


@app.periodic(cron="40 18 * * 6")  # 01:40 on Sunday in Vietnam
@app.task(name="scoring.by_week", queueing_lock="scoring.by_week", pass_context=False)
def by_week(timestamp: int) -> None:
    """Learn anew how likely leads become customers."""
    ask_by_week()
