"""Examples for whoever lets a program call the API: real names, values that fit, what the reader may do."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.registry import all_entities
from duyen.foundation.access.words import READ
from duyen.surfaces.api.examples import examples_of
from duyen.surfaces.web.accounts.browser import public_address
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

ADDRESS = "/api-examples"
_UNKNOWN = "https://duyen.example.com"


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the calls of one kind of record, for a shell and for Python."""
    known = [each for each in all_entities() if request.actor.may(each.name, READ)]
    if not known:
        raise NotAllowed(why=_("reading this kind of record is not among your rights."))
    name = request.GET.get("of") or known[0].name
    entity = next((each for each in known if each.name == name), None)
    if entity is None:
        raise NotFound
    base = f"{public_address(request) or _UNKNOWN}/api/v1"
    context = {
        "entity": entity,
        "kinds": [{"value": each.name, "label": each.labels} for each in known],
        "examples": [
            {"it": each, "curl": each.curl(base), "python": each.python(base)}
            for each in examples_of(entity, request.actor)
        ],
        "crumbs": [Crumb(_("API tokens"), "/profile/tokens"), Crumb(_("API examples"))],
    }
    return render(request, "accounts/api_examples.html", context)
