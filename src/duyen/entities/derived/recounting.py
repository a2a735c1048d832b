"""Work out all rows anew after a definition changed, and what writes left due: both survive a kill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.derived.plans import Plan, Plans, all_plans
from duyen.entities.derived.settling import (
    DUE_TASK,
    Touched,
    call_for_due,
    follow,
    held,
    work_out,
)
from duyen.entities.history import name_verbs
from duyen.entities.sql import name
from duyen.entities.striding import Place, about, rows_between, stride
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.fields.models import Computed, DueValue
from duyen.foundation.fields.versions import kept, pin
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker

KIND, VERB = "derived", "derived.recompute"
#: So many rows are locked and written together.
CHUNK = 1_000


def unsettled(plans: Plans) -> list[Plan]:
    """List those of which some rows may still hold what an earlier definition gave; one query."""
    if not plans.ordered:
        return []
    done = dict(Computed.objects.values_list("field_id", "digest"))
    return [each for each in plans.ordered if done.get(each.id) != each.digest]


def ask_again(actor: Actor) -> Job | None:
    """Leave what is not worked out yet to the worker; call it in the transaction of a definition."""
    waiting = unsettled(all_plans())
    if not waiting:
        return None
    names = ", ".join(str(each.entity.by_name[each.told.name].label) for each in waiting)
    label = _("Work out “%(fields)s”") % {"fields": names}
    with transaction.atomic():
        job = ask(KIND, actor=actor, label=label, arguments={}, total=_rows(waiting))
        leave_to_worker(job)
    return job


def _rows(plans: Iterable[Plan]) -> int | None:
    """Give how many rows there are to go through, once for each table and level; none where nobody knows."""
    sizes = [about(table) for _level, table in sorted({(each.level, each.table) for each in plans})]
    return None if None in sizes else sum(each or 0 for each in sizes)


def catch_up() -> None:
    """Ask for what nobody works on: after a kill, an upgrade, or a choice that became part of another one."""
    with kept():
        pin()
        if not all_plans().ordered:
            return
        if DueValue.objects.exists():
            call_for_due()
        if not Job.objects.filter(kind=KIND, state__in=UNFINISHED).exists():
            ask_again(_actor())


def _actor() -> Actor:
    return system_actor("Formulas", door=Door.JOB)


@job_kind(KIND)
def recount(run: Run) -> None:
    """Go through all rows for whatever is not worked out, what others follow from first."""
    progress = dict(run.job.progress)
    while True:
        with transaction.atomic():
            run.actor()  # with the definitions of this moment
            group = _next_group()
            if not group:
                return
            name_, seen = _name(group), int(progress.get("seen", 0))
            place = Place()
            if progress.get("group") == name_:
                place = Place(int(progress.get("stripe", 0)), int(progress.get("last", 0)))
            place, count = recount_part(group, place)
            seen += count
            progress = {**asdict(place), "seen": seen, "group": name_}
            run.save(progress=progress, done=seen)
            if place.is_end:
                settle_group(group)


def recount_now() -> None:
    """Work all of it out while the caller waits: for small tables and tests."""
    with kept():
        pin()
        while group := _next_group():
            place = Place()
            while not place.is_end:
                with transaction.atomic():
                    place, _count = recount_part(group, place)
            settle_group(group)


def _next_group() -> list[Plan]:
    """Give those of the lowest level on one table that can be written together."""
    waiting = {each.id for each in unsettled(all_plans())}
    for group in all_plans().groups():
        left = [each for each in group if each.id in waiting]
        if left:
            return left
    return []


def _name(group: Sequence[Plan]) -> str:
    return "+".join(each.digest for each in group)


def recount_part(group: Sequence[Plan], place: Place, *, size: int = CHUNK) -> tuple[Place, int]:
    """Work out the next rows behind a place; gives the place behind them and how many they are."""
    table = group[0].table
    behind, count = stride(table, place, size)
    if behind.stripe == place.stripe:
        trail.begin(_actor(), VERB)
        _hold_all_behind(group, ids := rows_between(table, place, behind))
        work_out(group, ids)
    return behind, count


def _hold_all_behind(group: Sequence[Plan], ids: Sequence[int]) -> None:
    """Wait for those who change what the rows link to; nothing here is waited for by them."""
    for plan in group:
        for far in plan.fars:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT DISTINCT {far.held} FROM {name(plan.table)} t WHERE t.id = ANY(%s)", [list(ids)]
                )
                behind = sorted(row[0] for row in cursor.fetchall() if row[0] is not None)
            held(far.table, behind, "SHARE")


def settle_group(group: Sequence[Plan]) -> None:
    """Note that every row was worked out by these definitions."""
    for each in group:
        Computed.objects.update_or_create(field_id=each.id, defaults={"digest": each.digest})


# --- what is due ---------------------------------------------------------------------------------------


def work_out_due() -> int:
    """Work out what writes left due, part by part, and whatever follows; gives how many rows that were."""
    count = 0
    with kept():
        while True:
            with transaction.atomic():
                pin()
                part = _due_part()
                if part is None:
                    return count
                count += part


def _due_part() -> int | None:
    """Take the first entries of one field; none where nothing is due. Nobody else has them meanwhile."""
    due = list(DueValue.objects.select_for_update(skip_locked=True).order_by("id")[:CHUNK])
    if not due:
        return None
    plans, first = all_plans(), due[0]
    plan = plans.by_id.get(first.field_id)
    same = [each for each in due if (each.field_id, each.link) == (first.field_id, first.link)]
    far = next((each for each in plan.fars if each.link == first.link), None) if plan else None
    if plan is None or (first.link and far is None):
        DueValue.objects.filter(pk__in=[each.pk for each in same]).delete()
        return 0
    ids = [each.record_id for each in same]
    if far is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.id FROM {name(plan.table)} t WHERE {far.held} = %s AND t.id > %s"
                " ORDER BY t.id LIMIT %s",
                [first.record_id, first.last, CHUNK],
            )
            ids = [row[0] for row in cursor.fetchall()]
    trail.begin(_actor(), VERB)
    _hold_all_behind([plan], ids)
    ours = held(plan.table, ids, "NO KEY UPDATE")
    touched = Touched()
    for row in work_out([plan], ours):
        touched.add(plan.table, row, frozenset({plan.column}))
    follow(touched, plans)
    if far is None:
        DueValue.objects.filter(pk__in=[each.pk for each in same]).delete()
    elif len(ids) < CHUNK:
        first.delete()
    else:
        DueValue.objects.filter(pk=first.pk).update(last=ids[-1])
    return len(ids)


name_verbs({VERB: gettext_lazy("Worked out from other fields")})
__all__ = ["DUE_TASK", "ask_again", "catch_up", "recount_now", "work_out_due"]
