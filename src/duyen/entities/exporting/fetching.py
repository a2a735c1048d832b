"""Fetch what a job wrote: by whoever asked for it, as long as she still may, told in the trail."""

from __future__ import annotations

from typing import BinaryIO

from duyen.entities.errors import NotFound
from duyen.entities.exporting import everything, running
from duyen.entities.exporting.asking import Asked, judge
from duyen.entities.exporting.files import file_of
from duyen.entities.exporting.noting import EVERYTHING_FETCHED, EXPORTS, FETCHED, note
from duyen.entities.personal import copying
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job, JobState
from duyen.kernel.clock import today

_KINDS = (running.KIND, everything.KIND, copying.KIND)


def is_waiting(job: Job) -> bool:
    """Tell whether a job's file is there to be fetched."""
    return job.kind in _KINDS and job.state == JobState.DONE and file_of(job).is_file()


def fetch(job: Job, *, actor: Actor) -> tuple[BinaryIO, str]:
    """Give a job's file and its name to whoever asked for it and still may.

    Raises NotFound for somebody else or when the file is gone, NotAllowed when the right is gone.
    """
    if job.asked_by_id is None or job.asked_by_id != actor.user_id or not is_waiting(job):
        raise NotFound
    rows = job.result.get("exported")
    if job.kind == everything.KIND:
        purpose = everything.judge_everything(job.arguments["purpose"], actor=actor)
        file, name = _open(job), f"duyen-{today():%Y%m%d}.zip"
        trail.note_opened(actor, EVERYTHING_FETCHED, entity=EXPORTS, note=purpose, told={"entries": rows})
        return file, name
    if job.kind == copying.KIND:
        _entity, row = copying.judge(job, actor=actor)
        file = _open(job)
        copying.note(job, copying.FETCH, actor=actor)
        return file, f"{row['code']}-{today():%Y%m%d}.zip"
    asked = Asked.from_json(job.arguments)
    export = judge(asked, actor=actor)
    file = _open(job)
    note(actor, FETCHED, asked, entries=rows)
    return file, running.name_of(export)


def _open(job: Job) -> BinaryIO:
    try:
        return file_of(job).open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
