"""Carry out a job in this process and tell on the console how far it is."""

from __future__ import annotations

import threading
import time

from django.db import DatabaseError, connection

from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, work
from duyen.surfaces.cli import console

LOOK_EVERY_SECONDS = 1.0


def work_and_tell(job: Job, *, what: str = "rows") -> None:
    """Carry the job out here, or wait for the process that has it; meanwhile tell how far it is."""
    ended = threading.Event()
    teller = threading.Thread(target=_tell, args=(job.pk, job.done, what, ended), daemon=True)
    teller.start()
    try:
        while not work(job.pk) and _state(job) in UNFINISHED:
            time.sleep(LOOK_EVERY_SECONDS)
    finally:
        ended.set()
        teller.join()


def _state(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def _tell(job_id: int, begun_at: int, what: str, ended: threading.Event) -> None:
    """Write how far a job is, once a second, for as long as the database answers this thread."""
    started = time.monotonic()
    try:
        while not ended.wait(LOOK_EVERY_SECONDS):
            found = Job.objects.filter(pk=job_id).order_by("pk").values_list("done", "total").first()
            if found is not None:
                done, total = found
                speed = (done - begun_at) / (time.monotonic() - started)
                console.tell_progress(f"{done:,} of {total or 0:,} {what}, {speed:,.0f} a second")
    except DatabaseError:
        return  # the work itself says what became of the database
    finally:
        connection.close()
