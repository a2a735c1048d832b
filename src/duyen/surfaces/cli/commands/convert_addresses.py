"""duyen convert-addresses"""

from __future__ import annotations

import argparse

from duyen.entities.converting import REFUSED, start_conversion
from duyen.entities.fields.places import STATUSES
from duyen.foundation.access.words import Door
from duyen.foundation.jobs.models import JobState
from duyen.surfaces.cli import console
from duyen.surfaces.cli.acting import acting
from duyen.surfaces.cli.jobs import work_and_tell
from duyen.surfaces.cli.registry import Context

BROKEN_OFF = 1


def run(context: Context, _arguments: argparse.Namespace) -> int:
    """Convert what waits, in this process, and count the records by what became of them.

    A second start goes on where the first was stopped. Returns 1 when it was broken off.
    """
    actor = acting(context, part="addresses", door=Door.CLI)
    job = start_conversion(actor=actor)
    work_and_tell(job, what="records")
    job.refresh_from_db()
    if job.problem:
        console.refuse(job.problem)
    counts = " ".join(
        f"{name}={job.result.get(name, 0)}" for name in (*(each.code for each in STATUSES), REFUSED)
    )
    console.say(counts)
    return 0 if job.state == JobState.DONE else BROKEN_OFF
