"""Erase leads that nobody uses any more: each night, set by set, the oldest first.

The leads of a set are given up and erased together, by the erasure that answers data requests, and each is
proven. Killed, the night goes on where it stopped: no set is half done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.models import Erasure
from duyen.entities.personal import erasing
from duyen.entities.personal.proving import in_company_language
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import JobCancelled, Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now, today
from duyen.kernel.errors import DomainError
from duyen.modules.leads.actions import end_unused
from duyen.modules.retention import queries
from duyen.modules.retention.models import Night
from duyen.modules.retention.notices import ERASED, WILL_ERASE
from duyen.modules.retention.words import ACTOR, KIND
from duyen.modules.subject_requests.queries import NEEDS, those_who_answer

ADDRESS = "/retention"
_REASON = _("Retention: nobody used the lead for %(months)s months")
_AT_ONCE = 200


def begin_night() -> Job | None:
    """Begin a night, unless the rule is switched off or one is under way; the first one only tells."""
    rule = queries.rule()
    if not rule.is_on:
        return None
    with transaction.atomic():
        if queries.is_under_way():
            return None
        queries.unfinished().update(finished_at=now())
        day = today()
        night = Night.objects.create(
            began_at=now(),
            day=day,
            months=rule.months,
            most=rule.most,
            is_notice=not queries.has_told(),
            due=queries.count(queries.due(day, rule.months)),
        )
        if night.is_notice:
            _end(night)
            if night.due:
                notify(those_who_answer(), WILL_ERASE, fold=WILL_ERASE, address=ADDRESS)
            return None
        label = in_company_language(_("Erase leads that nobody uses"))
        told = {"night": night.pk}
        job = ask(KIND, actor=system_actor(ACTOR, door=Door.JOB), label=label, arguments=told)
        leave_to_worker(job)
    return job


def _end(night: Night) -> None:
    Night.objects.filter(pk=night.pk).update(finished_at=now())


@job_kind(KIND)
def carry_out(run: Run) -> None:
    """Erase what is due in one night; taken up after a crash, it goes on. Raises JobCancelled."""
    night = Night.objects.get(pk=run.job.arguments["night"])
    try:
        for part in queries.broken_off():
            erasing.go_on(part, actor=run.actor, needs=NEEDS)
        _erase_due(run, night)
    except JobCancelled:
        _end(night)
        raise
    _end(night)
    night.refresh_from_db()
    if night.erased:
        people = those_who_answer()
        notify(people, ERASED, fold=f"{ERASED}:{night.pk}", erased=night.erased)


def _erase_due(run: Run, night: Night) -> None:
    after: tuple[dt.datetime, int] | None = None
    done = night.erased
    while done < night.most:
        rows = queries.due(night.day, night.months)
        if after is not None:
            made_at, last = after
            rows = rows.filter(Q(created_at=made_at, pk__gt=last) | Q(created_at__gt=made_at))
        part = list(rows.values_list("created_at", "pk")[: min(_AT_ONCE, night.most - done)])
        if not part:
            return
        after = part[-1]
        done += _erase_these(run.actor(), night, [lead_id for _made_at, lead_id in part])
        run.save(done=done, total=max(done, min(night.due, night.most)))


def _erase_these(actor: Actor, night: Night, lead_ids: Sequence[int]) -> int:
    """Erase the leads of a set that are still due, and give how many they were.

    One that something holds back stays, and is counted. Where nobody foresaw what does, the set is halved.
    """
    try:
        with transaction.atomic():
            erasures = _write(actor, night, lead_ids)
    except DomainError:
        if len(lead_ids) == 1:
            Night.objects.filter(pk=night.pk).update(left_alone=F("left_alone") + 1)
            return 0
        middle = len(lead_ids) // 2
        halves = (lead_ids[:middle], lead_ids[middle:])
        return sum(_erase_these(actor, night, half) for half in halves)
    if erasures:
        erasing.finish(erasures, actor=lambda: actor)
    return len(erasures)


def _write(actor: Actor, night: Night, lead_ids: Sequence[int]) -> list[Erasure]:
    due = queries.due(night.day, night.months).filter(pk__in=lead_ids).order_by("pk")
    held: Any = due.select_for_update(of=("self",))
    leads = {party_id: lead_id for lead_id, party_id in held.values_list("pk", "party_id")}
    if not leads:
        return []
    customers = entity_named("customers")
    reason = in_company_language(_REASON) % {"months": night.months}
    judged = erasing.judge(customers, list(leads), actor=actor, needs=NEEDS)
    kept = end_unused([leads[each] for each in judged.rows], by=ACTOR, note=reason)
    going = [row for each, row in judged.rows.items() if leads[each] not in kept]
    erasures = erasing.begin(customers, going, actor=actor, reason=reason, needs=NEEDS) if going else []
    if erasures:
        erasing.write(erasures, actor=lambda: actor, needs=NEEDS)
    Night.objects.filter(pk=night.pk).update(
        erased=F("erased") + len(erasures), left_alone=F("left_alone") + len(leads) - len(erasures)
    )
    return erasures
