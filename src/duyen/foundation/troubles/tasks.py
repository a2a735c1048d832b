"""What the worker does each night for reports of faults."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duyen.foundation.troubles.queries import forget_old


@app.periodic(cron="50 18 * * *")
@app.task(name="troubles.forget_what_is_old", queueing_lock="troubles.forget_what_is_old", pass_context=False)
def forget_what_is_old(timestamp: int) -> None:
    """Delete the reports that are older than the company keeps them."""
    forget_old()
