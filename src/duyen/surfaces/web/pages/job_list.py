"""Background work in a list: one's own, for administrators everybody's, and what comes by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Label
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.queries import (
    MOST_LISTED,
    Asked,
    jobs_asked,
    kinds_asked,
    left_behind,
    sees_all_jobs,
)
from duyen.foundation.jobs.scheduled import scheduled_work
from duyen.kernel.clock import ZONE, now
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import JOBS, job_url
from duyen.surfaces.web.pages.jobs import STATES
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

SCHEDULED = f"{JOBS}/scheduled"
_KINDS: Mapping[str, Label] = {
    "import": gettext_lazy("Import"),
    "undo_import": gettext_lazy("Undo of an import"),
    "bulk": gettext_lazy("Step for many records"),
    "undo": gettext_lazy("Undo"),
    "export": gettext_lazy("Export"),
    "copy": pgettext_lazy("job", "Copy of somebody's data"),
    "erase": pgettext_lazy("job", "Erasure of somebody's data"),
    "export_everything": gettext_lazy("Export everything"),
    "index": gettext_lazy("Index"),
    "merge_choices": gettext_lazy("Merge of choices"),
    "purge_field": gettext_lazy("Removal of a field's values"),
    "completeness": gettext_lazy("Completeness"),
    "derived": gettext_lazy("Formulas and roll-ups"),
    "convert_addresses": gettext_lazy("Conversion of addresses"),
    "administration.move_unit": gettext_lazy("Unit on the move"),
    "scoring": gettext_lazy("Scores of leads"),
    "retention.leads": gettext_lazy("Erasing unused leads"),
    "scoring.learn": gettext_lazy("Learned score of leads"),
}
_ENDED: Mapping[str, tuple[Label, str]] = {
    "succeeded": (gettext_lazy("Done"), "green"),
    "failed": (gettext_lazy("Broken off"), "red"),
    "aborted": (gettext_lazy("Stopped"), "amber"),
    "cancelled": (gettext_lazy("Stopped"), "amber"),
    "doing": (gettext_lazy("Running"), "blue"),
    "todo": (gettext_lazy("Waiting"), "gray"),
}


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """List background work, the newest first, narrowed by state and kind."""
    sees_all = sees_all_jobs(request.actor)
    everybody = sees_all and request.GET.get("who") == "all"
    state = request.GET.get("state", "")
    asked = Asked(
        everybody=everybody,
        state=state if state in STATES else "",
        kind=request.GET.get("kind", "")[:60],
        before=number_in(request.GET.get("before", "")),
    )
    found = jobs_asked(request.actor, asked)
    shown, more = found[:MOST_LISTED], len(found) > MOST_LISTED
    left = left_behind(shown)
    context = {
        "jobs": [_line(each, is_left=each.pk in left) for each in shown],
        "is_everybody": everybody,
        "tabs": tabs("all" if everybody else "mine") if sees_all else [],
        "states": [{"value": code, "label": label} for code, (label, _tone) in STATES.items()],
        "kinds": [
            {"value": kind, "label": _KINDS.get(kind, kind)}
            for kind in kinds_asked(request.actor, everybody=everybody)
        ],
        "asked": asked,
        "is_narrowed": bool(asked.state or asked.kind),
        "all_url": _address(everybody=everybody),
        "more_url": _address(everybody=everybody, asked=asked, before=shown[-1].pk) if more else "",
        "crumbs": [Crumb(_("Background work"))],
    }
    return render(request, "derived/jobs.html", context)


@require_safe
@page
def scheduled(request: ActorRequest) -> HttpResponse:
    """List what comes by the clock, for administrators."""
    if not sees_all_jobs(request.actor):
        raise NotAllowed(why=_("what comes by the clock is for administrators to see."))
    lines = [
        {
            "label": each.label,
            "last_at": each.last_at,
            "next_at": each.next_at,
            "ended": _ENDED.get(each.status),
            "often": _often(each.cron),
        }
        for each in scheduled_work()
    ]
    context = {
        "lines": lines,
        "tabs": tabs("scheduled"),
        "crumbs": [Crumb(_("Background work"), JOBS), Crumb(_("By the clock"))],
    }
    return render(request, "derived/jobs_scheduled.html", context)


def tabs(current: str) -> list[dict[str, Any]]:
    """Give the three ways in which an administrator looks at background work."""
    ways = (
        ("mine", _("Mine"), JOBS),
        ("all", _("Everybody's"), f"{JOBS}?who=all"),
        ("scheduled", _("By the clock"), SCHEDULED),
    )
    return [{"label": label, "url": url, "is_current": name == current} for name, label, url in ways]


def _line(job: Job, *, is_left: bool) -> dict[str, Any]:
    state, tone = STATES[job.state]
    is_over = job.state not in (JobState.QUEUED, JobState.RUNNING)
    return {
        "job": job,
        "url": job_url(job.pk),
        "state": state,
        "tone": tone,
        "kind": _KINDS.get(job.kind, job.kind),
        "who": job.asked_by.full_name if job.asked_by else _("Duyên itself"),
        "so_far": so(job.done)
        if not job.total
        else _("%(done)s of %(total)s") % {"done": so(job.done), "total": so(job.total)},
        "share": min(100, job.done * 100 // job.total) if job.total else 0,
        "has_bar": bool(job.total) and job.state == JobState.RUNNING,
        "took": _took(job),
        "is_left": is_left,
        "why_left": _("No process has it; the worker takes it up again within a minute, if one runs.")
        if job.state == JobState.RUNNING
        else _("It waits long: see under System health whether a worker runs."),
        "is_over": is_over,
    }


def _took(job: Job) -> str:
    if job.started_at is None:
        return "—"
    seconds = int(((job.finished_at or now()) - job.started_at).total_seconds())
    if seconds < 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = seconds // 60
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours, rest = divmod(minutes, 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def _often(cron: str) -> str:
    """Say how often a line of cron comes, for the few shapes that Duyên uses."""
    minute, hour = cron.split()[:2]
    if cron == "* * * * *":
        return _("every minute")
    if minute.startswith("*/") and hour == "*":
        return _("every %(count)s minutes") % {"count": minute[2:]}
    if hour == "*" and minute.isdecimal():
        return _("every hour")
    if hour.isdecimal() and minute.isdecimal():
        moment = dt.datetime(2026, 1, 1, int(hour), int(minute), tzinfo=dt.UTC)
        return _("daily at %(time)s") % {"time": f"{moment.astimezone(ZONE):%H:%M}"}
    return cron


def _address(*, everybody: bool, asked: Asked | None = None, before: int | None = None) -> str:
    words: Sequence[tuple[str, object]] = (
        ("who", "all" if everybody else ""),
        ("state", asked.state if asked else ""),
        ("kind", asked.kind if asked else ""),
        ("before", before or ""),
    )
    told = urlencode([(name, value) for name, value in words if value])
    return f"{JOBS}?{told}" if told else JOBS
