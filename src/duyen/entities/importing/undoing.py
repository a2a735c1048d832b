"""Take a whole import back: what it made goes into the bin, what it changed becomes what it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.bulk.outcomes import SetDone
from duyen.entities.bulk.running import CHUNK, walk
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.importing.files import rejected_path
from duyen.entities.importing.progress import Fate
from duyen.entities.importing.running import KIND, UNDO_KIND
from duyen.entities.registry import entity_named
from duyen.entities.undo import UNDO_DAYS, Written, take_back, written_by
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import UNFINISHED, Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.clock import now


class CannotUndoImport(Refused):
    """The import is not one that can be taken back now."""

    code = "cannot_undo"
    sentence = gettext_lazy(
        "This import cannot be taken back: it is still running, wrote nothing, or is older than 30 days."
    )


def is_undoable(job: Job) -> bool:
    """Tell whether an import has ended, wrote something, and is not too old to be taken back."""
    if job.kind != KIND or job.arguments.get("dry_run") or job.state in UNFINISHED or job.finished_at is None:
        return False
    has_written = any(job.result.get(name) for name in (Fate.IMPORTED, Fate.UPDATED))
    return has_written and job.finished_at > now() - dt.timedelta(days=UNDO_DAYS)


def undo_of(job: Job) -> Job | None:
    """Find the job that takes an import back, or has done so."""
    alive = (*UNFINISHED, JobState.DONE)
    found = Job.objects.filter(kind=UNDO_KIND, arguments__import=job.pk, state__in=alive)
    return found.order_by("-pk").first()


def start_undo_of_import(job: Job, *, actor: Actor) -> Job:
    """Write down the job that takes an import back, or give the one that does.

    Of a record that was changed since, what was changed stays and is named. Raises CannotUndoImport,
    NotAllowed without the right to delete what was made or to change what was changed, and NotFound.
    """
    if not is_undoable(job):
        raise CannotUndoImport
    entity = entity_named(job.arguments["entity"])
    made, changed = _written(job, entity, actor)
    for written, right in ((made, DELETE), (changed, CHANGE)):
        if written is not None and not actor.may(entity.name, right):
            raise NotAllowed(why=_("taking back what the import wrote is not among your rights."))
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        running = undo_of(job)
        if running is not None:
            return running
        arguments = {"entity": entity.name, "import": job.pk, "operation": new_operation_id()}
        label = _("%(file)s: taking the import back") % {"file": job.label}
        total = len(_ids(made, changed))
        found = ask(UNDO_KIND, actor=actor, label=label, arguments=arguments, total=total)
        Job.objects.filter(pk=found.pk).update(rejected_file=rejected_path(found).name)
        leave_to_worker(found)
    return found


@job_kind(UNDO_KIND)
def take_import_back(run: Run) -> None:
    """Take back what an import did to each of its records, from behind the last finished chunk."""
    job = Job.objects.get(pk=run.job.arguments["import"])
    entity = entity_named(run.job.arguments["entity"])
    made, changed = _written(job, entity, run.actor())
    ids = _ids(made, changed)
    births = frozenset(made.ids) if made else frozenset()

    def next_ids(_actor: Actor, last: int) -> Sequence[int]:
        return [record_id for record_id in ids if record_id > last][:CHUNK]

    def write(actor: Actor, chunk: Sequence[int]) -> SetDone:
        operation = run.job.arguments["operation"]
        parts = (
            (changed, [record_id for record_id in chunk if record_id not in births]),
            (made, [record_id for record_id in chunk if record_id in births]),
        )
        done = [
            take_back(written, part, actor=actor, operation_id=operation)
            for written, part in parts
            if written is not None and part
        ]
        outcomes = tuple(outcome for each in done for outcome in each.outcomes)
        return SetDone(done[0].operation, outcomes)

    walk(run, entity, next_ids, write)


def _written(job: Job, entity: Entity, actor: Actor) -> tuple[Written | None, Written | None]:
    """Find what the import made and what it changed. Raises NotFound when the actor may see none of it."""
    found: list[Written | None] = []
    for name in ("create", "change"):
        try:
            found.append(written_by(job.arguments["operations"][name], actor=actor))
        except NotFound:
            found.append(None)
    if found == [None, None]:
        raise NotFound
    return found[0], found[1]


def _ids(made: Written | None, changed: Written | None) -> list[int]:
    return sorted({*(made.ids if made else ()), *(changed.ids if changed else ())})
