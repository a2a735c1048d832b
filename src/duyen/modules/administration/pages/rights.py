"""Tell what other rights of a role would open and close, and save them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.errors import BadRequest, NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import CHANGE, FieldLevel, Reach
from duyen.modules.administration.actions import set_rights, take_back_rights
from duyen.modules.administration.previews import preview_rights
from duyen.modules.administration.tabs import rights_form
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

Rights = dict[tuple[str, str], Reach]
Limits = dict[tuple[str, str], FieldLevel]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def save(request: ActorRequest, role_id: int) -> HttpResponse:
    """Give a role what was chosen, as one step; opened by its address, go to the role."""
    here = HttpResponseRedirect(f"/roles/{role_id}?tab=rights")
    if request.method != "POST":
        return here
    if not request.actor.may("roles", CHANGE):
        raise NotAllowed(why=_("changing this record is not among your rights."))
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    rights, limits = _chosen(request)
    if "preview" in request.POST:
        return _previewed(request, role_id, version, rights, limits)
    set_rights(role_id, actor=request.actor, version=version, rights=rights, limits=limits)
    messages.success(
        request,
        _("The rights are saved and hold from the next click on."),
        extra_tags=reverse("undo_rights", args=[role_id]),
    )
    return here


@require_POST
@page
def undo(request: ActorRequest, role_id: int) -> HttpResponse:
    """Give a role the rights again that it had before the last change; refused where it was changed since."""
    if not request.actor.may("roles", CHANGE):
        raise NotAllowed(why=_("changing this record is not among your rights."))
    take_back_rights(role_id, actor=request.actor)
    messages.success(request, _("The rights are as they were before."))
    return HttpResponseRedirect(f"/roles/{role_id}?tab=rights")


def _chosen(request: ActorRequest) -> tuple[Rights, Limits]:
    """Read what was chosen for each right and field. Raises BadRequest."""
    rights: Rights = {}
    limits: Limits = {}
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
    return rights, limits


def _previewed(
    request: ActorRequest, role_id: int, version: int, rights: Rights, limits: Limits
) -> HttpResponse:
    """Show the form again with what the chosen rights would open and close; nothing is saved."""
    actor = request.actor
    row = row_of(entity_named("roles"), actor, role_id)
    if not actor.may("roles", CHANGE):
        raise NotAllowed(why=_("changing this record is not among your rights."))
    context = {
        "role": row["name"],
        "drawn": preview_rights(actor, role_id, rights, limits),
        "form": rights_form(actor, {**row, "version": version}, rights, limits),
        "crumbs": [
            Crumb(_("Roles"), "/roles"),
            Crumb(row["name"], f"/roles/{role_id}?tab=rights"),
            Crumb(_("Preview")),
        ],
    }
    return render(request, "administration/rights_preview.html", context)
