"""Ask for an import: read the file through, settle where its columns lead, and write the job down."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duyen.entities.csv_files import SUFFIXES, keep_copy
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.importing.cells import LineReader
from duyen.entities.importing.files import digest_of, rejected_path, source_path
from duyen.entities.importing.heads import SAMPLE
from duyen.entities.importing.links import find_links
from duyen.entities.importing.mapping import ColumnMapping, check, proposed, said
from duyen.entities.importing.plan import Keeping, Plan
from duyen.entities.importing.running import KIND, UNDO_KIND
from duyen.entities.importing.targets import Target, targets_of
from duyen.entities.tables import Table, open_table
from duyen.entities.values import broken_links, read_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import RESUMABLE, UNFINISHED, ask
from duyen.kernel.errors import FieldProblem

#: Where an import may stand that has not come to its end.
_LEFT = (*RESUMABLE, JobState.CANCELLED)


def refuse_unless_importable(entity: Entity, actor: Actor) -> None:
    """Refuse who may not create such records, and entities that have nothing to fill.

    Raises NotFound or NotAllowed.
    """
    if not any(each.editable for each in entity.fields):
        raise NotFound
    if not actor.may(entity.name, CREATE):
        raise NotAllowed(why=_("creating this kind of record is not among your rights."))


def start_import(
    entity: Entity,
    path: Path,
    *,
    actor: Actor,
    keeping: Keeping | None = None,
    plan: Plan | None = None,
    shown: str = "",
) -> Job:
    """Write down the job that brings a file in, or find the one that was broken off over the same file.

    The whole file is read through first, so that a file that cannot be read brings in nothing.
    Raises NotFound, NotAllowed, FileUnreadable, WrongHeads or InvalidValues.
    """
    refuse_unless_importable(entity, actor)
    plan = plan or Plan(keeping=keeping or Keeping())
    shown = shown or path.name
    table = open_table(path, shown=shown, **plan.reading.as_json())
    mapping = mapping_of(entity, table, plan, actor=actor, shown=shown)
    given = _read_given(entity, plan, actor)
    arguments: dict[str, Any] = {
        "entity": entity.name,
        "shown": shown,
        "reading": table.how.choices(),
        "suffix": next((each for each in SUFFIXES if path.name.lower().endswith(each)), path.suffix),
        "keeping": plan.keeping.values(),
        "given": given,
        "columns": list(mapping.columns),
        "left_out": mapping.left_out,
        "on_duplicate": plan.on_duplicate.value,
        "dry_run": plan.dry_run,
        "digest": digest_of(path),
    }
    broken_off = _broken_off(arguments, actor)
    if broken_off is not None:
        go_on(broken_off)
        return broken_off
    total = table.count()
    arguments["operations"] = {"create": new_operation_id(), "change": new_operation_id()}
    with transaction.atomic():
        job = ask(KIND, actor=actor, label=shown, arguments=arguments, total=total)
        keep_copy(path, source_path(job))
        Job.objects.filter(pk=job.pk).update(rejected_file=rejected_path(job).name)
    job.refresh_from_db()
    return job


def mapping_of(entity: Entity, table: Table, plan: Plan, *, actor: Actor, shown: str) -> ColumnMapping:
    """Settle where the columns lead: as the plan says, else as is guessed. Raises WrongHeads."""
    if plan.columns:
        mapping = ColumnMapping(table.heads, tuple(plan.columns))
        return check(entity, mapping, plan, actor=actor, shown=shown)
    sample = list(islice(table.rows(), SAMPLE))
    guessed = proposed(entity, table.heads, actor=actor, sample=sample)
    mapping = (
        said(entity, table.heads, plan.mapping, actor=actor, shown=shown, beside=guessed)
        if plan.mapping
        else guessed
    )
    return check(entity, mapping, plan, actor=actor, shown=shown)


def _read_given(entity: Entity, plan: Plan, actor: Actor) -> dict[str, Any]:
    """Read the values for all rows as cells are read. Raises InvalidValues."""
    targets = targets_of(entity, actor)
    unknown = [name for name in plan.given if name not in targets or not _is_for_all(targets[name])]
    if unknown:
        told = _("There is no such field, or it cannot be set.")
        raise InvalidValues([FieldProblem(name[:60], "unknown_field", told) for name in unknown])
    line = LineReader(entity, list(plan.given), targets).read(list(plan.given.values()))
    find_links(entity, actor, [line])
    values, problems = read_fields(entity.writable(actor), {**line.values, **plan.keeping.values()})
    problems = [*line.problems, *problems, *broken_links(entity, actor, [values]).get(0, [])]
    if problems:
        raise InvalidValues(problems)
    return line.values


def _is_for_all(target: Target) -> bool:
    """Tell whether one value can hold for every row: what stands beside a record or names it cannot."""
    return target.beside is None and target.field is not None and target.field.editable


def may_go_on(job: Job) -> bool:
    """Tell whether an import that broke off or was stopped can go on behind its last chunk.

    One that was taken back since cannot: its first rows would be missing.
    """
    was_left = job.state in (JobState.FAILED, JobState.CANCELLED)
    was_undone = Job.objects.filter(arguments__import=job.pk, kind=UNDO_KIND).exists()
    return job.kind == KIND and was_left and source_path(job).exists() and not was_undone


def go_on(job: Job) -> None:
    """Let an import that was stopped be taken up again; one that broke off can be anyway."""
    if job.state == JobState.CANCELLED:
        columns = {"state": JobState.QUEUED, "wants_cancel": False, "problem": "", "finished_at": None}
        Job.objects.filter(pk=job.pk).update(**columns)
        job.refresh_from_db()


def _broken_off(arguments: Mapping[str, Any], actor: Actor) -> Job | None:
    """Find the same import, asked for by the same person, that has not come to its end."""
    same = ("entity", "digest", "keeping", "given", "columns", "on_duplicate", "dry_run")
    told = {f"arguments__{name}": arguments[name] for name in same}
    found = Job.objects.filter(kind=KIND, asked_by_id=actor.user_id, state__in=_LEFT, **told)
    newest = next(iter(found.order_by("-pk")[:1]), None)
    if newest is None or not source_path(newest).exists():
        return None
    return newest if newest.state in UNFINISHED or may_go_on(newest) else None
