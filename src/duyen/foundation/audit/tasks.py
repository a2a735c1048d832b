"""What the worker does for the trail: seal what was written, and look at the seals each night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duyen.foundation.audit import sealing

#: So many entries are looked at in one night; a longer trail is gone through in several.
NIGHTLY = 5_000_000


@app.periodic(cron="*/10 * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal(timestamp: int) -> None:
    """Seal what was written since the last time."""
    sealing.seal()


@app.periodic(cron="40 18 * * *")
@app.task(name="audit.verify", queueing_lock="audit.verify", pass_context=False)
def verify(timestamp: int) -> None:
    """Look at the seals; how it ended stands on the company's page."""
    sealing.look(most=NIGHTLY)
