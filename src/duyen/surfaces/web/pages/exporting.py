"""The dialog that asks what a list is exported for, and the file; many rows are left to a job."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues
from duyen.entities.exporting.asking import CSV, FORMATS, XLSX, Asked, judge
from duyen.entities.exporting.fetching import fetch
from duyen.entities.exporting.reading import count_rows
from duyen.entities.exporting.running import AT_ONCE, name_of, take
from duyen.foundation.jobs.models import Job
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import job_url
from duyen.surfaces.web.pages.jobs import job_of
from duyen.surfaces.web.pages.list_frame import columns_of
from duyen.surfaces.web.pages.list_state import read_state
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.state import ListState
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/export.html"
_TYPES = {CSV: "text/csv; charset=utf-8", "zip": "application/zip"}
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def export(request: ActorRequest, entities: str) -> Any:
    """Ask for the format, the rows and the purpose; give the file, or the job that writes it."""
    return export_list(request, opened(request, entities))


def export_list(request: ActorRequest, entity: Entity) -> Any:
    """Export a list as its address shows it. Raises NotAllowed, NotFound, BadRequest."""
    state = read_state(request, entity, _of_the_list(request))
    asked = _read(request, state)
    if request.method != "POST" or not request.POST.get("format"):
        return _form(request, state, asked, "")
    try:
        taken = take(asked, actor=request.actor)
    except InvalidValues as error:
        return _form(request, state, asked, " ".join(str(each.message) for each in error.problems))
    if isinstance(taken, Job):
        return HttpResponseRedirect(job_url(taken.pk))
    file, done = taken
    return download(file, name_of(done))


def download(file: Any, name: str) -> FileResponse:
    """Send a file that was written for the reader alone."""
    kind = _TYPES.get(name.rpartition(".")[2], _SHEET)
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page
def job_file(request: ActorRequest, job_id: int) -> Any:
    """Give the file that a job wrote to whoever asked for it."""
    return download(*fetch(job_of(request, job_id), actor=request.actor))


def _of_the_list(request: ActorRequest) -> QueryDict:
    query = request.GET.copy()
    for word in ("verb", "ids", "all", "format", "purpose"):
        query.pop(word, None)
    return query


def _read(request: ActorRequest, state: ListState) -> Asked:
    """Read what is asked: the list as its address shows it, or the rows that were ticked."""
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("format", XLSX)
    return Asked(
        entity=state.entity.name,
        listing=state.listing.name,
        view=state.view(),
        columns=tuple(field.name for field, _width in columns_of(state, request.actor)),
        ids=None if given.get("all") else _ids(given),
        format=kind if kind in FORMATS else XLSX,
        purpose=given.get("purpose", ""),
    )


def _ids(given: QueryDict) -> tuple[int, ...] | None:
    """Read the ticked rows; those of the bar come with their versions, which do not matter here."""
    words = [part for value in given.getlist("ids") for part in value.split(",") if part]
    found = [number_in(word.partition(".")[0]) for word in words]
    if None in found:
        raise BadRequest(argument="ids", what=_("the selection is broken. Select the rows again."))
    return tuple(each for each in found if each is not None) or None


def _form(request: ActorRequest, state: ListState, asked: Asked, error: str) -> HttpResponse:
    shown = judge(asked, actor=request.actor)
    total = count_rows(shown)
    is_all = asked.ids is None
    context = {
        "title": _("Export %(entities)s") % {"entities": str(state.entity.labels).lower()},
        "about": (_("%(count)s rows of this list") if is_all else _("%(count)s selected rows"))
        % {"count": so(total)},
        "columns": ", ".join(str(field.label) for field in shown.fields),
        "formats": [
            {"value": XLSX, "label": _("Excel (.xlsx)")},
            {"value": CSV, "label": _("CSV (UTF-8, opens in Excel)")},
        ],
        "chosen": asked.format,
        "ids": "" if asked.ids is None else ",".join(map(str, asked.ids)),
        "is_all": is_all,
        "is_long": total > AT_ONCE,
        "purpose": asked.purpose,
        "error": error,
        "action": state.url("export"),
        "back_url": state.url(),
        "crumbs": [Crumb(state.entity.labels, state.url()), Crumb(_("Export"))],
    }
    if is_fragment(request):
        return HttpResponse(render_block(request, TEMPLATE, "dialog", context))
    return render(request, TEMPLATE, context, status=422 if error else 200)
