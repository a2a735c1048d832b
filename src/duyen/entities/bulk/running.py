"""Take a step with a selection: few records at once, many as a job, chunk by chunk under one operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duyen.entities.bulk.outcomes import Outcome, SetDone, Tally, reason_of
from duyen.entities.bulk.rules import Fate
from duyen.entities.bulk.selection import Selection, selection_of
from duyen.entities.bulk.steps import BulkStep, check, take, words_of
from duyen.entities.csv_files import RejectedRows
from duyen.entities.entity import Entity
from duyen.entities.importing import rejected_path
from duyen.entities.merging.undoing import is_merge, unmerge
from duyen.entities.registry import entity_named
from duyen.entities.undo import MOST_RECORDS, Undone, take_back, undo, written_by
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker

BULK, UNDO = "bulk", "undo"
#: Up to so many records are written while the caller waits.
AT_ONCE = MOST_RECORDS
#: So many are locked and written together, and are lost together when the process dies.
CHUNK = 1_000
_HEADS = ("id", "name")
#: Counts the records of which an undo had to leave fields as they are.
CHANGED_SINCE = "changed_since"


def start(entity: Entity, step: BulkStep, selection: Selection, *, actor: Actor) -> SetDone | Job:
    """Take a step now where the records are few; write down a job for it where they are many.

    Raises NotFound, NotAllowed, InvalidValues or BadRequest; then no record was touched.
    """
    check(entity, step, actor=actor)
    total = selection.count(entity, actor)
    if total <= AT_ONCE:
        with transaction.atomic():
            ids = selection.ids_after(entity, actor, 0, AT_ONCE + 1)
            return take(entity, step, ids, actor=actor, seen=selection.seen)
    arguments = {
        "entity": entity.name,
        "step": step.as_json(),
        "selection": selection.as_json(),
        "operation": new_operation_id(),
    }
    words = {"step": words_of(entity, step), "entities": entity.labels}
    return _leave(BULK, actor, _("%(entities)s: %(step)s") % words, arguments, total)


def start_undo(operation_id: int, *, actor: Actor, record_id: int | None = None) -> Undone | Job:
    """Take an operation back now where it touched few records; write down a job where it touched many.

    A merge is taken back as a whole, by what it remembers. Raises what `undo.undo` raises.
    """
    if is_merge(operation_id):
        done, told = unmerge(operation_id, actor=actor)
        left = tuple(column for each in told.fields_left for column in each.columns)
        return Undone(told.entity, (done,), left)
    written = written_by(operation_id, actor=actor, record_id=record_id)
    if len(written.ids) <= AT_ONCE:
        return undo(operation_id, actor=actor, record_id=record_id)
    arguments = {"entity": written.entity.name, "undone": operation_id, "operation": new_operation_id()}
    words = {"entities": written.entity.labels}
    return _leave(UNDO, actor, _("%(entities)s: undo") % words, arguments, len(written.ids))


def _leave(kind: str, actor: Actor, label: str, arguments: dict[str, Any], total: int) -> Job:
    with transaction.atomic():
        job = ask(kind, actor=actor, label=label, arguments=arguments, total=total)
        Job.objects.filter(pk=job.pk).update(rejected_file=rejected_path(job).name)
        leave_to_worker(job)
    return job


@dataclass
class _Progress:
    """How far the finished chunks went; kept with the job and committed with each chunk."""

    last: int = 0
    visited: int = 0
    rejected_bytes: int = 0
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def of(cls, job: Job) -> _Progress:
        kept = dict(job.progress)
        return cls(tally=Tally(**kept.pop("tally")), **kept) if kept else cls()

    def columns(self) -> dict[str, Any]:
        """Give the job's columns that tell of it."""
        kept = {
            "last": self.last,
            "visited": self.visited,
            "rejected_bytes": self.rejected_bytes,
            "tally": self.tally.as_json(),
        }
        counted = self.tally.as_json()
        return {"progress": kept, "done": self.visited, "rejected": self.tally.refused, "result": counted}


@job_kind(BULK)
def take_everywhere(run: Run) -> None:
    """Take a step with each record of a job's selection, from behind the last finished chunk."""
    told = run.job.arguments
    entity, step = entity_named(told["entity"]), BulkStep(**told["step"])
    selection = selection_of(told["selection"])

    def next_ids(actor: Actor, last: int) -> Sequence[int]:
        return selection.ids_after(entity, actor, last, CHUNK)

    def write(actor: Actor, ids: Sequence[int]) -> SetDone:
        operation = told["operation"]
        return take(entity, step, ids, actor=actor, seen=selection.seen, operation_id=operation)

    walk(run, entity, next_ids, write)


@job_kind(UNDO)
def take_back_everywhere(run: Run) -> None:
    """Take back what one operation did to each of its records, from behind the last finished chunk."""
    told = run.job.arguments
    written = written_by(told["undone"], actor=run.actor())

    def next_ids(_actor: Actor, last: int) -> Sequence[int]:
        return [record_id for record_id in written.ids if record_id > last][:CHUNK]

    def write(actor: Actor, ids: Sequence[int]) -> SetDone:
        return take_back(written, ids, actor=actor, operation_id=told["operation"])

    walk(run, written.entity, next_ids, write)


def walk(
    run: Run,
    entity: Entity,
    next_ids: Callable[[Actor, int], Sequence[int]],
    write: Callable[[Actor, Sequence[int]], SetDone],
) -> None:
    """Go through the records by id; a chunk, its refusals and how far the work is are one transaction.

    The rights are those of the moment of each chunk.
    """
    progress = _Progress.of(run.job)
    path = rejected_path(run.job)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = RejectedRows(path, heads=_HEADS, length=progress.rejected_bytes)
    with closing(file):
        while True:
            with transaction.atomic():
                actor = run.actor()
                ids = next_ids(actor, progress.last)
                if not ids:
                    break
                _keep(progress, file, entity, ids, write(actor, ids).outcomes)
                run.save(**progress.columns())


def _keep(
    progress: _Progress,
    file: RejectedRows,
    entity: Entity,
    ids: Sequence[int],
    outcomes: Sequence[Outcome],
) -> None:
    progress.last = ids[-1]
    progress.visited += len(ids)
    progress.tally.add(outcomes)
    refused = [each for each in outcomes if each.fate is Fate.REFUSED]
    lines = [((str(each.id), each.name), reason_of(entity, each)) for each in refused]
    kept = [each for each in outcomes if each.left and each.fate is not Fate.REFUSED]
    lines += [((str(each.id), each.name), _what_stays(entity, each)) for each in kept]
    if kept:
        progress.tally.reasons[CHANGED_SINCE] = progress.tally.reasons.get(CHANGED_SINCE, 0) + len(kept)
    progress.rejected_bytes = file.add(lines) if lines else file.length


def _what_stays(entity: Entity, outcome: Outcome) -> str:
    """Name the fields that an undo had to leave, because somebody changed them since."""
    every = (*entity.fields, *entity.former)
    names = [str(each.label) for each in every if set(each.columns) & set(outcome.left)]
    return _("Changed since, so it stays: %(fields)s") % {"fields": ", ".join(names) or "…"}
