"""Ask for an index and have it removed: written into the trail at once, carried out in the background."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.history import name_verbs
from duyen.entities.indexes.errors import (
    IndexFailed,
    IndexThere,
    NothingToIndex,
    SlotTaken,
    TooManyIndexes,
)
from duyen.entities.indexes.plans import MOST_INDEXES, Plan, Purpose, is_for_both, plan_named
from duyen.entities.models import CompanyIndex, WantedIndex
from duyen.entities.trail_lines import name_families, name_things
from duyen.entities.words import IndexState
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.audit import trail
from duyen.foundation.database.errors import DatabaseUnreachable
from duyen.foundation.database.indexing import IndexNotMade, SchemaBusy, build_index, drop_index
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.fields.versions import bump_version
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, NotYet, Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.clock import now

KIND = "index"
_STEPS = 100


def may_keep_indexes(actor: Actor) -> bool:
    """Tell whether the actor may have indexes built and removed, as it may keep the company's settings."""
    return actor.is_system or actor.may("users", CHANGE)


def refuse_others(actor: Actor) -> None:
    """Refuse whoever may not keep the indexes. Raises NotAllowed."""
    if not may_keep_indexes(actor):
        raise NotAllowed(why=_("the indexes of the company are for administrators."))


def ask_index(entity: Entity, field_name: str, purpose: str, *, actor: Actor) -> Job:
    """Have an index built for an order or a filter, and give the job.

    Raises NotAllowed, NothingToIndex, IndexThere or TooManyIndexes; then nothing was changed.
    """
    refuse_others(actor)
    plan = plan_named(entity.name, field_name, purpose)
    if plan is None:
        raise NothingToIndex
    with transaction.atomic():
        trail.begin(actor, "indexes.build")
        _take_turn()
        row = _row_for(plan, actor)
        return _leave(row, actor, _("Index: %(what)s") % {"what": words_for(plan)})


def remove_index(index_id: int, *, actor: Actor) -> Job:
    """Have an index dropped, and give the job.

    Raises NotAllowed, NotFound, or IndexThere while it is being built or removed.
    """
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, "indexes.remove")
        _take_turn()
        row = CompanyIndex._default_manager.filter(pk=index_id).order_by("pk").first()
        if row is None:
            raise NotFound
        if _is_in_work(row):
            raise IndexThere
        _write(row, actor, state=IndexState.REMOVING.value)
        bump_version()
        return _leave(row, actor, _("Remove the index: %(what)s") % {"what": row_words(row)})


def words_for(plan: Plan) -> str:
    """Say in words what an index is for."""
    told = {"entities": str(plan.entity.labels), "field": str(plan.field.label)}
    if is_for_both(plan):
        return _("%(entities)s · sort and filter by “%(field)s”") % told
    if plan.purpose is Purpose.SORT:
        return _("%(entities)s · sort by “%(field)s”") % told
    return _("%(entities)s · filter by “%(field)s”") % told


def row_words(row: CompanyIndex) -> str:
    """Say in words what a kept index is for; of a field that is gone, its name."""
    plan = plan_named(row.entity, row.field, row.purpose)
    return words_for(plan) if plan else f"{row.entity}.{row.field}"


def _take_turn() -> None:
    """Let one ask after the other, so that no two take the last place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('company_indexes'))")


def _row_for(plan: Plan, actor: Actor) -> CompanyIndex:
    """Take the place of an index, or that of one that failed. Raises IndexThere, TooManyIndexes."""
    kept = CompanyIndex._default_manager.filter(name=plan.name).order_by("pk").first()
    if kept is not None:
        if kept.state == IndexState.READY or _is_in_work(kept):
            raise IndexThere
        _write(kept, actor, state=IndexState.BUILDING.value)
        return kept
    if CompanyIndex._default_manager.filter(on_table=plan.table).count() >= MOST_INDEXES:
        raise TooManyIndexes(most=MOST_INDEXES)
    moment = now()
    return CompanyIndex._default_manager.create(
        entity=plan.entity.name,
        field=plan.field.name,
        purpose=plan.purpose.value,
        on_table=plan.table,
        name=plan.name,
        state=IndexState.BUILDING.value,
        created_at=moment,
        updated_at=moment,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )


def _leave(row: CompanyIndex, actor: Actor, label: str) -> Job:
    job = ask(KIND, actor=actor, label=label, arguments={"index": row.pk}, total=_STEPS)
    CompanyIndex._default_manager.filter(pk=row.pk).update(job=job)
    leave_to_worker(job)
    return job


def is_there(plan: Plan) -> bool:
    """Tell whether an index stands or is being worked on."""
    kept = CompanyIndex._default_manager.filter(name=plan.name).order_by("pk").first()
    return kept is not None and (kept.state == IndexState.READY or _is_in_work(kept))


def _is_in_work(row: CompanyIndex) -> bool:
    return row.job is not None and row.job.state in UNFINISHED


def _write(row: CompanyIndex, actor: Actor, **values: object) -> None:
    CompanyIndex._default_manager.filter(pk=row.pk).update(
        **values, version=row.version + 1, updated_at=now(), updated_by_id=actor.user_id
    )


@job_kind(KIND)
def carry_out(run: Run) -> None:
    """Make or drop the index of a job; started again, it goes on with what is left to do."""
    row = CompanyIndex._default_manager.filter(pk=run.job.arguments["index"]).order_by("pk").first()
    if row is None:
        return  # a job that was killed just before it could say that it had removed it
    if row.state == IndexState.REMOVING:
        _remove(run, row)
    else:
        _build(run, row)
    _call_the_next(run.job)


def _build(run: Run, row: CompanyIndex) -> None:
    """Build what the declaration says today; the row only names the field, so nothing kept in it is run."""
    plan = plan_named(row.entity, row.field, row.purpose)
    try:
        refuse_others(run.actor())
        if plan is None:
            raise NothingToIndex
        with _said():
            build_index(
                DataFolder.locate(),
                table=plan.table,
                expression=plan.expression,
                name=plan.name,
                method=plan.method,
                tell=lambda share: run.save(done=int(share * _STEPS)),
            )
            if plan.name != row.name:
                drop_index(DataFolder.locate(), name=row.name)
    except NotYet:
        raise
    except Exception:
        _end(run, row, state=IndexState.FAILED.value)
        raise
    WantedIndex._default_manager.filter(entity=row.entity, field=row.field, purpose=row.purpose).delete()
    _tell_done(run)
    _end(run, row, state=IndexState.READY.value, name=plan.name)


def _remove(run: Run, row: CompanyIndex) -> None:
    with _said():
        drop_index(DataFolder.locate(), name=row.name)
    _tell_done(run)
    with transaction.atomic():
        trail.begin(run.actor(), "indexes.removed")
        CompanyIndex._default_manager.filter(pk=row.pk).delete()
        bump_version()


def _tell_done(run: Run) -> None:
    """Say that all is done; whoever wanted to stop it came too late."""
    Job.objects.filter(pk=run.job.pk).update(done=_STEPS)


def _end(run: Run, row: CompanyIndex, **values: object) -> None:
    """Write down how it ended, in the name of whoever asked."""
    actor = run.actor()
    with transaction.atomic():
        trail.begin(actor, "indexes.built" if values["state"] == IndexState.READY else "indexes.failed")
        _write(CompanyIndex._default_manager.get(pk=row.pk), actor, **values)
        bump_version()


@contextmanager
def _said() -> Iterator[None]:
    """Put the refusals of the console into the reader's words. Raises IndexFailed, NotYet."""
    try:
        yield
    except SchemaBusy as busy:
        raise NotYet(str(SlotTaken())) from busy
    except (IndexNotMade, DatabaseUnreachable) as error:
        raise IndexFailed(reason=error.params["reason"]) from error


def _call_the_next(done: Job) -> None:
    """Queue the job that waits longest for the same slot; without this it waits for the minute's round."""
    waiting = Job.objects.filter(kind=KIND, state__in=UNFINISHED).exclude(pk=done.pk).order_by("pk").first()
    if waiting is not None:
        leave_to_worker(waiting)


name_verbs(
    {
        "indexes.build": gettext_lazy("Index asked for"),
        "indexes.built": gettext_lazy("Index built"),
        "indexes.failed": gettext_lazy("Index not built"),
        "indexes.remove": gettext_lazy("Removing an index asked for"),
        "indexes.removed": gettext_lazy("Index removed"),
    }
)
name_families({"indexes": gettext_lazy("Index")})


def _called(ids: Collection[int]) -> Mapping[int, str]:
    """Give the words for indexes by their numbers, for the trail."""
    return {each.pk: row_words(each) for each in CompanyIndex._default_manager.filter(pk__in=ids)}


name_things({"indexes": _called})
