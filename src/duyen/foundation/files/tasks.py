"""What the worker does with files: look at what came in, and sweep away contents that no row names."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.sweeping import sweep


def look_at(version: FileVersion) -> None:
    """Leave a new content to the worker, in the transaction that writes its row."""


@app.periodic(cron="20 19 * * *")
@app.task(name="files.sweep", queueing_lock="files.sweep", pass_context=False)
def sweep_contents(timestamp: int) -> None:
    """Remove the contents that no row came to name."""
    sweep()
