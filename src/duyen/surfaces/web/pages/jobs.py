"""Background work that somebody asked for: how far it is, what came of it, stop it, go on, undo it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import trigger_client_event

from duyen.entities.bulk.running import CHANGED_SINCE
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.exporting.fetching import is_waiting
from duyen.entities.fields import Label
from duyen.entities.fields.places import STATUSES
from duyen.entities.importing import notes, rejected_path
from duyen.entities.importing.asking import go_on, may_go_on
from duyen.entities.importing.drafts import is_draft
from duyen.entities.importing.findings import Finding, found_after_import
from duyen.entities.importing.progress import Fate
from duyen.entities.importing.running import KIND
from duyen.entities.importing.undoing import may_undo, start_undo_of_import, undo_of
from duyen.entities.importing.workbooks import WORKBOOK, write_workbook
from duyen.entities.personal.copying import ASKED_ON
from duyen.entities.registry import entity_named, known_names
from duyen.entities.undo import undo_right
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.queries import is_askers, job_in_sight, left_behind, sees_all_jobs
from duyen.foundation.jobs.running import UNFINISHED, stop
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.foundation.notices.reading import mark_about
from duyen.kernel.clock import now
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import (
    INDEXES,
    JOBS,
    import_url,
    job_url,
    list_url,
    record_url,
    undo_url,
)
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/job.html"
#: Work without a step is the undo of one.
UNDONE = "undo"
STATES: Mapping[str, tuple[Label, str]] = {
    JobState.QUEUED: (gettext_lazy("Waiting"), "gray"),
    JobState.RUNNING: (gettext_lazy("Running"), "blue"),
    JobState.DONE: (gettext_lazy("Done"), "green"),
    JobState.FAILED: (gettext_lazy("Broken off"), "red"),
    JobState.CANCELLED: (gettext_lazy("Stopped"), "amber"),
}
_REASONS: Mapping[str, Label] = {
    "not_allowed": gettext_lazy("not among your rights"),
    "not_found": gettext_lazy("no longer there, or not open to you"),
    "stale": gettext_lazy("changed by somebody else meanwhile"),
    "invalid": gettext_lazy("the value does not fit the record"),
    "not_now": gettext_lazy("its state does not allow the step"),
    "database": gettext_lazy("refused by the database"),
    "waits_for_approval": gettext_lazy("approval is asked for"),
    "asked_already": gettext_lazy("approval was asked for already"),
    CHANGED_SINCE: gettext_lazy("changed since; what was changed stays"),
}
_IMPORTED: Mapping[str, Label] = {
    Fate.IMPORTED: gettext_lazy("Created"),
    Fate.UPDATED: gettext_lazy("Changed"),
    Fate.UNCHANGED: gettext_lazy("There already, nothing to change"),
    Fate.SKIPPED: gettext_lazy("Left out, there already"),
    Fate.REJECTED: gettext_lazy("Refused"),
}
_WOULD: Mapping[str, Label] = {
    Fate.IMPORTED: gettext_lazy("Would be created"),
    Fate.UPDATED: gettext_lazy("Would be changed"),
    Fate.UNCHANGED: gettext_lazy("There already, nothing to change"),
    Fate.SKIPPED: gettext_lazy("Would be left out, there already"),
    Fate.REJECTED: gettext_lazy("Would be refused"),
}
_NOTES: Mapping[str, Label] = {
    notes.PHONES: gettext_lazy("Old phone numbers converted"),
    notes.ADDRESSES: gettext_lazy("Old addresses converted"),
    notes.TO_REVIEW: gettext_lazy("Addresses that somebody should look at"),
}


@page
def show(request: ActorRequest, job_id: int) -> HttpResponse:
    """Show a job, or the card of it that asks again every two seconds."""
    job = job_of(request, job_id)
    context = job_context(request, job)
    if context["is_over"] and not request.actor.is_looking:
        mark_about(request.actor.user_id or 0, "jobs", job.pk)
    if not is_fragment(request):
        return render(request, TEMPLATE, context)
    is_toast = request.headers.get("HX-Target") == f"job-toast-{job.pk}"
    answer = HttpResponse(render_block(request, TEMPLATE, "toast" if is_toast else "card", context))
    return trigger_client_event(answer, "list-changed", {}) if context["is_over"] and is_toast else answer


@page
def step(request: ActorRequest, job_id: int, verb: str) -> HttpResponse:
    """Stop a job, or let one that broke off go on."""
    job = job_of(request, job_id)
    if request.method != "POST" or verb not in ("cancel", "resume", "undo"):
        raise NotFound
    if verb == "undo":
        if not is_askers(job, request.actor):
            raise NotFound
        return HttpResponseRedirect(job_url(start_undo_of_import(job, actor=request.actor).pk))
    if verb == "cancel":
        stop(job)
    elif (job.state == JobState.FAILED or may_go_on(job)) and _may_resume(job, request.actor):
        with transaction.atomic():
            go_on(job)
            Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, problem="", finished_at=None)
            leave_to_worker(job)
    if not is_fragment(request):
        return HttpResponseRedirect(job_url(job.pk))
    target = request.headers.get("HX-Target", "")
    block = "toast" if target.startswith("job-toast-") else "card"
    return HttpResponse(render_block(request, TEMPLATE, block, job_context(request, job_of(request, job_id))))


def _may_resume(job: Job, actor: Actor) -> bool:
    """Tell whether the reader may let it go on; it does so with the rights of whoever asked for it."""
    return is_askers(job, actor) or sees_all_jobs(actor)


@page
def rejected(request: ActorRequest, job_id: int) -> Any:
    """Give the records that a job refused, each with its reason, as CSV, to whoever asked for it."""
    job = job_of(request, job_id)
    path = rejected_path(job)
    if not is_askers(job, request.actor) or not _has_refused(job) or not path.is_file():
        raise NotFound
    if request.GET.get("as") == "xlsx":
        return _as_workbook(path)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv")


def job_of(request: ActorRequest, job_id: int) -> Job:
    """Find a job that the reader may look at. Raises NotFound."""
    job = job_in_sight(job_id, request.actor)
    if job is None:
        raise NotFound
    return job


def job_context(request: ActorRequest, job: Job) -> dict[str, Any]:
    """Give what the card of a job shows to its reader."""
    is_over = job.state not in UNFINISHED
    is_mine = is_askers(job, request.actor)
    state, tone = STATES[job.state]
    share = 100 if not job.total else min(100, job.done * 100 // job.total)
    operation = job.arguments.get("operation")
    return {
        "job": job,
        "is_left": job.pk in left_behind([job]),
        "who": "" if is_mine else job.asked_by.full_name if job.asked_by else _("Duyên itself"),
        "state": _("Stopping…") if job.wants_cancel and not is_over else state,
        "tone": tone,
        "share": share if not is_over or job.state != JobState.DONE else 100,
        "so_far": _so_far(job),
        "counts": [*_exported(job), *_counts(job)],
        "reasons": _reasons(job),
        "is_over": is_over,
        "job_url": job_url(job.pk),
        "cancel_url": "" if is_over or job.wants_cancel else job_url(job.pk, "cancel"),
        "resume_url": job_url(job.pk, "resume") if _may_resume(job, request.actor) and _goes_on(job) else "",
        "rejected_url": job_url(job.pk, "rejected") if _has_refused(job) and is_mine else "",
        "workbook_url": job_url(job.pk, "rejected") + "?as=xlsx"
        if _is_from_workbook(job) and is_mine
        else "",
        "file_url": job_url(job.pk, "file") if is_mine and is_waiting(job) else "",
        "undo_url": undo_url(operation) if operation and is_over and _is_undoable(job) else "",
        **_of_import(job, request.actor, is_mine=is_mine),
        **_way_back(job, request.actor),
        "crumbs": [Crumb(_("Background work"), JOBS), Crumb(job.label)],
    }


def _goes_on(job: Job) -> bool:
    return may_go_on(job) if job.kind == KIND else job.state == JobState.FAILED


def _is_undoable(job: Job) -> bool:
    """Tell whether the work changed something that is taken back; a command has another one for that."""
    verb = job.arguments.get("step", {}).get("verb", UNDONE)
    return bool(job.result.get("changed")) and undo_right(verb) is not None


def _so_far(job: Job) -> str:
    if job.total is None:
        return so(job.done)
    return _("%(done)s of %(total)s") % {"done": so(job.done), "total": so(job.total)}


def _counts(job: Job) -> list[tuple[Label, str]]:
    """Give how many records of each fate, of work that counts them."""
    if job.kind == KIND:
        words_of = _WOULD if job.arguments.get("dry_run") else _IMPORTED
        found = [
            (word, so(job.result.get(name, 0))) for name, word in words_of.items() if job.result.get(name)
        ]
        kept = job.result.get("notes", {})
        return [*found, *((word, so(kept[name])) for name, word in _NOTES.items() if name in kept)]
    words = (
        *(("changed", _("Changed")), ("unchanged", _("As it was")), ("refused", _("Refused"))),
        *((each.code, each.label) for each in STATUSES),
    )
    return [(word, so(job.result[name])) for name, word in words if name in job.result]


def _reasons(job: Job) -> list[tuple[Label, str]]:
    found = dict(sorted((job.result.get("reasons") or {}).items(), key=lambda each: -each[1]))
    return [(_REASONS.get(code, code), so(count)) for code, count in found.items()]


def _has_refused(job: Job) -> bool:
    return bool(job.rejected or (job.result.get("reasons") or {}).get(CHANGED_SINCE))


def _is_from_workbook(job: Job) -> bool:
    """Tell whether the refused rows may be wanted as a workbook, because they came in one."""
    is_workbook = job.arguments.get("suffix", "") in (".xlsx", ".xls", ".xlsb", ".ods")
    return job.kind == KIND and bool(job.rejected) and is_workbook


def _as_workbook(path: Path) -> FileResponse:
    """Give the refused rows as a workbook, each cell as text, so that no number loses its first 0."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_workbook(path, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{path.stem}.xlsx", content_type=WORKBOOK)


_PARTS_OF_IMPORT = (
    *(
        "told",
        "left_out",
        "is_dry",
        "begin_url",
        "choose_url",
        "undo_all_url",
        "undone_url",
        "made_url",
        "findings",
    ),
)


def _of_import(job: Job, actor: Actor, *, is_mine: bool) -> dict[str, Any]:
    """Give what an import has beside other work: its first refused rows, what follows a dry run, its undo."""
    if job.kind != KIND or "entity" not in job.arguments:
        return dict.fromkeys(_PARTS_OF_IMPORT, "")
    is_over = job.state not in UNFINISHED
    entity = entity_named(job.arguments["entity"])
    draft = job.arguments.get("draft", "")
    was_tried = bool(job.arguments.get("dry_run")) and is_over and is_mine
    begins = was_tried and job.state == JobState.DONE and is_draft(entity, draft, job.asked_by_id)
    undone = undo_of(job)
    may_go_back = is_mine and undone is None and may_undo(job, actor)
    return {
        "told": job.result.get("told", []) if is_mine else [],
        "left_out": job.arguments.get("left_out", []),
        "is_dry": bool(job.arguments.get("dry_run")),
        "begin_url": import_url(entity, draft, "begin") if begins else "",
        "choose_url": import_url(entity, draft) if begins else "",
        "undo_all_url": job_url(job.pk, "undo") if may_go_back else "",
        "undone_url": job_url(undone.pk) if undone is not None and is_mine else "",
        "findings": _findings(entity, job, actor) if job.result.get(Fate.IMPORTED) and is_mine else [],
        "made_url": _made_url(entity, job) if job.result.get(Fate.IMPORTED) and not was_tried else "",
    }


def _findings(entity: Entity, job: Job, actor: Actor) -> list[Finding]:
    """Give what modules have to say of what an import made."""
    if job.arguments.get("dry_run") or job.started_at is None:
        return []
    return found_after_import(entity.name, actor, job.pk, job.started_at, job.finished_at or now())


def _made_url(entity: Entity, job: Job) -> str:
    """Give the list of what was created while the import ran."""
    if job.arguments.get("dry_run") or job.started_at is None or "created_at" not in entity.by_name:
        return ""
    times = [job.started_at.isoformat(), (job.finished_at or now()).isoformat()]
    asked = {"filter": json.dumps({"and": [["created_at", "between", times]]})}
    return f"{list_url(entity)}?{urlencode(asked)}"


def _way_back(job: Job, actor: Actor) -> dict[str, Any]:
    """Give where the work was asked for: the record, where the reader sees it, or the list."""
    name, record_id = job.arguments.get(ASKED_ON) or ("", 0)
    if name in known_names():
        entity = entity_named(name)
        if entity.rows(actor).filter(pk=record_id).exists():
            told = _("Back to the %(record)s") % {"record": str(entity.label).lower()}
            return {"back_url": record_url(entity, record_id), "back_label": told}
    return {"back_url": _list_of(job), "back_label": _("Back to the list")}


def _list_of(job: Job) -> str:
    if "index" in job.arguments:
        return INDEXES
    try:
        return list_url(entity_named(job.arguments["entity"]))
    except KeyError:
        return "/"


def _exported(job: Job) -> list[tuple[Label, str]]:
    """Give how many rows a file holds, of work that writes one."""
    return [(_("Rows in the file"), so(job.result["exported"]))] if "exported" in job.result else []
