"""The diagnostics file: what is in it, and the file itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.declaring import administers
from duyen.modules.administration.diagnostics import as_zip, diagnose, file_name
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


def _refuse_others(actor: Actor) -> None:
    if not administers(actor):
        raise NotAllowed(why=_("the diagnostics file is for administrators."))


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Say what the file holds and what it leaves out, before anybody sends it anywhere."""
    _refuse_others(request.actor)
    context = {
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Diagnostics file"))],
        "holds": [
            _("Versions of Duyên, Python, PostgreSQL and the operating system"),
            _("The state of each part of the system, as numbers"),
            _("How many rows and how many bytes each table has"),
            _("Settings that are numbers, switches or choices; of the others, whether they are set"),
            _("Which migrations ran"),
            _("Error reports: type, place in the code, how often; their numbers"),
            _("How background work went, by kind"),
        ],
        "leaves_out": [
            _("Names, phones, e-mails and everything else of your customers"),
            _("Names and e-mails of your users"),
            _("Texts that anybody typed: notes, names of files, labels of jobs, words of settings"),
            _("Passwords, keys and the values of environment variables"),
        ],
    }
    return render(request, "administration/diagnostics.html", context)


@require_safe
@page
def download(request: ActorRequest) -> HttpResponse:
    """Give the file."""
    _refuse_others(request.actor)
    answer = HttpResponse(as_zip(diagnose()), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{file_name()}"'
    return answer
