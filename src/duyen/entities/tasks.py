"""Background work of the engine; the worker finds it by this module's name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duyen.entities.views.reading import forget_passing_views


@app.periodic(cron="40 2 * * *")
@app.task(name="entities.forget_what_is_old", queueing_lock="entities.forget_what_is_old", pass_context=False)
def forget_what_is_old(timestamp: int) -> None:
    """Delete the states of lists that stood for a long address and were not opened for long."""
    forget_passing_views()
