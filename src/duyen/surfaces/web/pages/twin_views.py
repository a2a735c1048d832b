"""Likely duplicates beside a form as it is filled, and of a record on a page of their own."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities.errors import NotFound
from duyen.foundation.access.words import CREATE
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import list_url, record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.twins import form_box, like_form, like_record, mergeable_with, proposals
from duyen.surfaces.web.shell import Crumb

_FORM, _PAGE = "derived/twins.html", "derived/duplicates.html"


@page
def of_form(request: ActorRequest, entities: str) -> HttpResponse:
    """Show what is like a form as it is filled.

    `of` names the record that it changes, `step` tells of a dialog that makes a record beside another one.
    """
    entity = opened(request, entities)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    record_id = number_in(request.POST.get("of", "") or request.GET.get("of", ""))
    row = None if record_id is None else row_of(entity, request.actor, record_id)
    if row is None:
        opened(request, entities, CREATE)
    fields = forms.settable(entity, request.actor, is_new=row is None)
    sent = forms.read_post(fields, request.POST, request.actor)
    found = like_form(entity, request.actor, fields, sent.raw, row=row)
    context = form_box(entity, found, is_new=row is None and "step" not in request.GET)
    return HttpResponse(render_block(request, _FORM, "twins", context))


@page
def of_record(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """List what is like a record, with the reasons."""
    entity = opened(request, entities)
    if entity.duplicates is None:
        raise NotFound
    row = row_of(entity, request.actor, record_id)
    title = entity.title_of(row) if entity.by_name[entity.title] in entity.readable(request.actor) else ""
    context = {
        "entity": entity,
        "title": title,
        "proposals": mergeable_with(
            entity, request.actor, record_id, proposals(entity, like_record(entity, request.actor, row))
        ),
        "record_url": record_url(entity, record_id),
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(title, record_url(entity, record_id)),
            Crumb(_("Likely duplicates")),
        ],
    }
    return render(request, _PAGE, context)
