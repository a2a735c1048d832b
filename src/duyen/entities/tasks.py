"""What the worker does each night for the engine: forget the answers that no request can repeat any more."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from duyen.entities.models import GivenAnswer
from duyen.kernel.clock import now

#: An idempotency key is remembered for so long (API contract).
REMEMBERED = dt.timedelta(hours=24)


@app.periodic(cron="50 18 * * *")
@app.task(name="entities.forget_answers", queueing_lock="entities.forget_answers", pass_context=False)
def forget_answers(timestamp: int) -> None:
    """Delete the given answers that are older than a day."""
    GivenAnswer.objects.filter(created_at__lt=now() - REMEMBERED).delete()
