"""The page that lets a company take all of its data with it, as CSV files in one archive."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.exporting.everything import leave_everything
from duyen.entities.registry import all_entities
from duyen.foundation.access.words import EXPORT_EVERYTHING, READ
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import job_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@page
def everything(request: ActorRequest) -> HttpResponse:
    """Say what goes out and ask what for; the file is written in the background."""
    if not request.actor.may("users", EXPORT_EVERYTHING):
        raise NotAllowed(why=_("exporting everything is a right of its own."))
    if request.method != "POST":
        return _form(request, "")
    try:
        job = leave_everything(request.POST.get("purpose", ""), actor=request.actor)
    except InvalidValues as error:
        return _form(request, str(error.problems[0].message))
    return HttpResponseRedirect(job_url(job.pk))


def _form(request: ActorRequest, error: str) -> HttpResponse:
    kinds = [(str(each.labels), request.actor.may(each.name, READ)) for each in all_entities()]
    context = {
        "open_kinds": ", ".join(label for label, is_open in kinds if is_open),
        "closed_kinds": ", ".join(label for label, is_open in kinds if not is_open),
        "purpose": request.POST.get("purpose", ""),
        "error": error,
        "crumbs": [Crumb(_("Export everything"))],
    }
    return render(request, "administration/everything.html", context, status=422 if error else 200)
