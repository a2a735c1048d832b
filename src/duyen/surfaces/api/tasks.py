"""What the worker does for the API; it finds it by this module's name."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from duyen.foundation.webhooks.models import Delivery
from duyen.kernel.clock import now

#: So long the log of a webhook is kept, what waits included: nobody wants to hear after a month.
KEPT = dt.timedelta(days=30)
_AT_ONCE = 5_000


@app.periodic(cron="25 19 * * *")
@app.task(name="webhooks.forget", queueing_lock="webhooks.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Delete deliveries that are a month old."""
    while True:
        old = Delivery.objects.filter(created_at__lt=now() - KEPT).order_by("id").values("pk")[:_AT_ONCE]
        if not Delivery.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]:
            return
