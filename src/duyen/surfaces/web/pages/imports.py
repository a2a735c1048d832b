"""Bring a file in from a page: hand it in, see what was recognised, say where columns lead, try it, begin.

What was chosen stands with the file until its import begins, so that each step can be gone back to.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities.csv_files import SUFFIXES, WrongHeads
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound
from duyen.entities.importing import Keeping, Plan, Reading, start_import
from duyen.entities.importing.drafts import (
    draft_called,
    draft_path,
    forget_draft,
    keep_draft,
    settle_draft,
)
from duyen.entities.importing.remembering import remember
from duyen.entities.importing.uploads import LARGEST_FILE, MEGABYTE
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.models import ImportDraft
from duyen.entities.tables import FileUnreadable, open_table
from duyen.foundation.access.words import CREATE
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import import_url, job_url, list_url
from duyen.surfaces.web.pages.import_shown import (
    KEEPERS,
    NO_ROWS,
    Chosen,
    as_it_was,
    fields_for_all,
    mapping_of,
    read_reading,
    show,
    table_of,
)
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

UPLOAD = "derived/import_upload.html"


@page
def upload(request: ActorRequest, entities: str) -> HttpResponse:
    """Ask for a file, or keep the one that was handed in and go on to look at it."""
    entity = opened(request, entities, CREATE)
    if request.method != "POST":
        return _upload_form(request, entity)
    file = request.FILES.get("file")
    if file is None:
        return _upload_form(request, entity, _("Choose a file first."))
    try:
        draft = keep_draft(entity, actor=request.actor, name=file.name or "", parts=file.chunks())
    except NotFound:
        raise
    except DomainError as error:
        return _upload_form(request, entity, str(error))
    try:
        open_table(draft_path(draft), shown=draft.shown).close()
    except FileUnreadable as error:
        # Another encoding can still be chosen for text; nothing can be chosen for the rest.
        if not draft.shown.lower().endswith((".csv", ".csv.gz", ".tsv", ".txt")):
            forget_draft(draft)
            return _upload_form(request, entity, str(error))
    return HttpResponseRedirect(import_url(entity, draft.key))


def _upload_form(request: ActorRequest, entity: Entity, problem: str = "") -> HttpResponse:
    context = {
        "entity": entity,
        "problem": problem,
        "accept": ",".join(each for each in SUFFIXES if each.count(".") == 1) + ",.gz",
        "most": LARGEST_FILE // MEGABYTE,
        "back_url": list_url(entity),
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(_("Import from a file"))],
    }
    return render(request, UPLOAD, context, status=422 if problem else 200)


@page
def look(request: ActorRequest, entities: str, key: str) -> HttpResponse:
    """Show what was recognised and take what is chosen; try the import out or begin it."""
    entity = opened(request, entities, CREATE)
    draft = draft_called(entity, key, actor=request.actor)
    if request.method != "POST":
        return show(request, entity, draft, Chosen.of(draft))
    if request.POST.get("step") == "drop":
        forget_draft(draft)
        return HttpResponseRedirect(list_url(entity))
    sent, problems = _sent(request, entity, Chosen.of(draft))
    settle_draft(draft, **sent.as_json())
    step = request.POST.get("step", "")
    if problems or step not in ("try", "begin"):
        return show(request, entity, draft, sent, problems)
    return _begin(request, entity, draft, sent, is_dry=step == "try")


@page
def begin(request: ActorRequest, entities: str, key: str) -> HttpResponse:
    """Begin the import that was tried out, as it was tried out."""
    entity = opened(request, entities, CREATE)
    draft = draft_called(entity, key, actor=request.actor)
    if request.method != "POST":
        return HttpResponseRedirect(import_url(entity, key))
    return _begin(request, entity, draft, Chosen.of(draft), is_dry=False)


def _begin(
    request: ActorRequest, entity: Entity, draft: ImportDraft, chosen: Chosen, *, is_dry: bool
) -> HttpResponse:
    try:
        table = table_of(draft, chosen)
        mapping = mapping_of(request, entity, table, chosen)
        is_bare = next(iter(table.rows()), None) is None
        table.close()
        if is_bare:
            return show(request, entity, draft, chosen, [FieldProblem("", "no_rows", NO_ROWS)])
        plan = Plan(
            columns=mapping.columns,
            on_duplicate=chosen.rule,
            keeping=Keeping(chosen.keepers.get("owner"), chosen.keepers.get("unit")),
            given={name: text for name, text in chosen.given.items() if text},
            dry_run=is_dry,
            reading=Reading(**{**Reading().__dict__, **chosen.reading}),
        )
        with transaction.atomic():
            job = start_import(entity, draft_path(draft), actor=request.actor, plan=plan, shown=draft.shown)
            remember(entity, table.heads, mapping.columns, actor=request.actor)
            if is_dry:
                job.arguments = {**job.arguments, "draft": draft.key}
                Job.objects.filter(pk=job.pk).update(arguments=job.arguments)
            leave_to_worker(job)
    except InvalidValues as error:
        return show(request, entity, draft, chosen, error.problems)
    except (WrongHeads, FileUnreadable) as error:
        return show(request, entity, draft, chosen, [FieldProblem("", error.code, str(error))])
    if not is_dry:
        forget_draft(draft)
    return HttpResponseRedirect(job_url(job.pk))


# --- what is chosen ------------------------------------------------------------------------------------


def _sent(request: ActorRequest, entity: Entity, before: Chosen) -> tuple[Chosen, list[FieldProblem]]:
    """Read the form. Where the file is read in another way than before, its columns are guessed anew."""
    post = request.POST
    reading = read_reading(post)
    columns = None
    if post.get("was") == as_it_was(post):
        places = sorted(
            place for name in post if name.startswith("c") and (place := number_in(name[1:])) is not None
        )
        columns = [post.get(f"c{place}", "") for place in places] if places else before.columns
    rule = post.get("rule", "")
    fields = fields_for_all(request, entity)
    sent = forms.read_post(fields, post, request.actor)
    keepers = {name: number_in(str(sent.raw.get(name) or "")) for name in KEEPERS if sent.raw.get(name)}
    given = {name: str(value) for name, value in sent.raw.items() if name not in KEEPERS and value}
    chosen = Chosen(
        reading,
        columns,
        OnDuplicate(rule) if rule in tuple(OnDuplicate) else before.rule,
        keepers,
        given,
    )
    return chosen, sent.problems
