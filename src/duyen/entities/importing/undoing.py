"""Take a whole import back: what it made goes into the bin, what it changed becomes what it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.bulk.changing import refused
from duyen.entities.bulk.outcomes import Outcome, SetDone, in_order
from duyen.entities.bulk.rules import Fate as ChangeFate
from duyen.entities.bulk.running import CHUNK, walk
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.importing.files import rejected_path
from duyen.entities.importing.progress import Fate
from duyen.entities.importing.running import KIND, UNDO_KIND
from duyen.entities.registry import entity_named
from duyen.entities.undo import UNDO_DAYS, Written, changed_since, take_back, written_by
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE
from duyen.foundation.audit import trail
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


def may_undo(job: Job, actor: Actor) -> bool:
    """Tell whether an import can be taken back and `actor` has the rights that this asks for."""
    needed = {Fate.IMPORTED: DELETE, Fate.UPDATED: CHANGE}
    return is_undoable(job) and all(
        actor.may(job.arguments["entity"], right) for fate, right in needed.items() if job.result.get(fate)
    )


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
    wrote = _written(job, entity, actor)
    for ids, right in ((wrote.born, DELETE), (wrote.rest, CHANGE)):
        if ids and not actor.may(entity.name, right):
            raise NotAllowed(why=_("taking back what the import wrote is not among your rights."))
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        running = undo_of(job)
        if running is not None:
            return running
        arguments = {"entity": entity.name, "import": job.pk, "operation": new_operation_id()}
        label = _("%(file)s: taking the import back") % {"file": job.label}
        total = len(wrote.ids)
        found = ask(UNDO_KIND, actor=actor, label=label, arguments=arguments, total=total)
        Job.objects.filter(pk=found.pk).update(rejected_file=rejected_path(found).name)
        leave_to_worker(found)
    return found


@job_kind(UNDO_KIND)
def take_import_back(run: Run) -> None:
    """Take back what an import did to each of its records, from behind the last finished chunk."""
    job = Job.objects.get(pk=run.job.arguments["import"])
    entity = entity_named(run.job.arguments["entity"])
    wrote = _written(job, entity, run.actor())
    ids = wrote.ids

    def next_ids(_actor: Actor, last: int) -> Sequence[int]:
        return [record_id for record_id in ids if record_id > last][:CHUNK]

    def write(actor: Actor, chunk: Sequence[int]) -> SetDone:
        return wrote.take_back(chunk, actor=actor, operation_id=run.job.arguments["operation"])

    walk(run, entity, next_ids, write)


@dataclass(frozen=True)
class _Wrote:
    """What an import wrote: records that it made, that it changed, and on which it only tied something."""

    entity: Entity
    operations: tuple[int, ...]
    made: Written | None
    changed: Written | None
    tied: frozenset[int]

    @cached_property
    def born(self) -> frozenset[int]:
        """The records that the import made."""
        return frozenset(self.made.ids if self.made else ())

    @cached_property
    def rest(self) -> frozenset[int]:
        """The records that were there before."""
        return frozenset({*(self.changed.ids if self.changed else ()), *self.tied} - self.born)

    @cached_property
    def ids(self) -> list[int]:
        """All of them, in order."""
        return sorted(self.born | self.rest)

    def take_back(self, ids: Sequence[int], *, actor: Actor, operation_id: int) -> SetDone:
        """Take back what was done to some of them; a record that somebody changed since stays."""
        stays = changed_since(self.entity, [each for each in ids if each in self.born], self.operations)
        going = [each for each in ids if each in self.born and each not in stays]
        rest = [each for each in ids if each in self.rest]
        outcomes = list(_kept(self.entity, stays, actor=actor))
        if going and self.made is not None:
            outcomes += take_back(self.made, going, actor=actor, operation_id=operation_id).outcomes
        if rest:
            outcomes += self._take_changes_back(rest, actor=actor, operation_id=operation_id)
        operation = trail.begin(actor, f"{self.entity.name}.undo", operation_id=operation_id)
        return SetDone(operation, in_order(ids, outcomes))

    def _take_changes_back(self, ids: Sequence[int], *, actor: Actor, operation_id: int) -> list[Outcome]:
        written = self.changed or Written(self.operations[-1], self.entity, CHANGE, tuple(ids))
        done = take_back(written, ids, actor=actor, operation_id=operation_id)
        free = [each.id for each in done.outcomes if each.fate is not ChangeFate.REFUSED]
        untied = {
            record_id for each in self.entity.beside for record_id in each.take_back(self.operations, free)
        }
        return [
            replace(each, fate=ChangeFate.CHANGED) if each.id in untied else each for each in done.outcomes
        ]


class ChangedSince(Refused):
    """Somebody went on working with a record that an import made."""

    code = "changed_since"
    sentence = gettext_lazy(
        "It was changed since the import, so it stays. Delete it by hand if it has to go."
    )


def _kept(entity: Entity, ids: Collection[int], *, actor: Actor) -> Iterator[Outcome]:
    """Say of records that the import made that they stay."""
    rows = entity.rows(actor, deleted=None).filter(pk__in=ids).values(*entity.columns)
    seen = {row["id"]: row for row in rows}
    for record_id in sorted(ids):
        row = seen.get(record_id)
        if row is None:
            yield Outcome(record_id, ChangeFate.REFUSED, "", None, NotFound())
        else:
            yield refused(entity, actor, row, ChangedSince())


def _written(job: Job, entity: Entity, actor: Actor) -> _Wrote:
    """Find what the import wrote. Raises NotFound when the actor may see none of it."""
    operations = tuple(int(job.arguments["operations"][name]) for name in ("create", "change"))
    found: list[Written | None] = []
    for operation in operations:
        try:
            found.append(written_by(operation, actor=actor))
        except NotFound:
            found.append(None)
    tied = {record_id for each in entity.beside for record_id in each.tied_by(operations[1:])}
    if tied and not entity.rows(actor, deleted=None).filter(pk__in=tied).exists():
        tied = set()
    if found == [None, None] and not tied:
        raise NotFound
    return _Wrote(entity, operations, found[0], found[1], frozenset(tied))
