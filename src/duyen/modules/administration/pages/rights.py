"""Save the rights of a role."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import BadRequest
from duyen.foundation.access.words import FieldLevel, Reach
from duyen.modules.administration.actions import set_rights
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page


@require_http_methods(["GET", "HEAD", "POST"])
@page
def save(request: ActorRequest, role_id: int) -> HttpResponse:
    """Give a role what was chosen, as one step; opened by its address, go to the role."""
    here = HttpResponseRedirect(f"/roles/{role_id}?tab=rights")
    if request.method != "POST":
        return here
    version = request.POST.get("version", "")
    if not version.isdecimal():
        raise BadRequest(what=_("the form lost its version. Open it again."))
    rights, limits = {}, {}
    for name, chosen in request.POST.items():
        kind, _colon, rest = name.partition(":")
        entity, _colon, what = rest.partition(":")
        if not chosen or kind not in ("right", "field"):
            continue
        try:
            if kind == "right":
                rights[entity, what] = Reach(str(chosen))
            else:
                limits[entity, what] = FieldLevel(str(chosen))
        except ValueError as error:
            raise BadRequest(
                what=_("“%(given)s” is no such choice.") % {"given": str(chosen)[:40]}
            ) from error
    set_rights(role_id, actor=request.actor, version=int(version), rights=rights, limits=limits)
    messages.success(request, _("The rights are saved and hold from the next click on."))
    return here
