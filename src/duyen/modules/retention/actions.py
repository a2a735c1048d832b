"""Erase leads that nobody uses any more: each night, one after the other, the oldest first.

Each lead is a part of its own: it is given up, erased by the erasure that answers data requests, and proven.
Killed, the night goes on where it stopped, after it finished whom it was at.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.models import Erasure
from duyen.entities.personal import erasing
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
        label = erasing.in_company_language(_("Erase leads that nobody uses"))
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
        for each in queries.broken_off():
            erasing.go_on(each, actor=run.actor, needs=NEEDS)
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
        for _made_at, lead_id in part:
            done += _erase_one(run.actor(), night, lead_id)
            run.save(done=done, total=max(done, min(night.due, night.most)))


def _erase_one(actor: Actor, night: Night, lead_id: int) -> bool:
    """Erase one lead, if it is still due; one that something holds back stays, and is counted."""
    try:
        begun = _begin(actor, night, lead_id)
    except DomainError:
        Night.objects.filter(pk=night.pk).update(left_alone=F("left_alone") + 1)
        return False
    if begun is None:
        return False
    erasing.go_on(begun, actor=lambda: actor, needs=NEEDS)
    return True


def _begin(actor: Actor, night: Night, lead_id: int) -> Erasure | None:
    with transaction.atomic():
        held: Any = queries.due(night.day, night.months).filter(pk=lead_id)
        row = held.select_for_update(of=("self",)).values("party_id").first()
        if row is None:
            return None
        reason = erasing.in_company_language(_REASON) % {"months": night.months}
        end_unused(lead_id, by=ACTOR, note=reason)
        erasure = erasing.begin(
            entity_named("customers"), row["party_id"], actor=actor, reason=reason, needs=NEEDS
        )
        Night.objects.filter(pk=night.pk).update(erased=F("erased") + 1)
    return erasure
