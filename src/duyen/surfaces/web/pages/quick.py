"""Make something from anywhere: a short form in a dialog over the page, or a page of its own."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from duyen.entities.births import Births
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound
from duyen.entities.fields import Field
from duyen.entities.idempotency import Answer, KeyReused, answer_once
from duyen.entities.labels import labels
from duyen.entities.quick import Quick, quick_for, quick_named
from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.entities.twins.likeness import Likeness
from duyen.foundation.access.words import CREATE, DELETE, READ
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import HOME, new_url, record_url, twins_url, undo_url
from duyen.surfaces.web.pages.editing import blank_form
from duyen.surfaces.web.pages.forms import Sent
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.sent_forms import fingerprint
from duyen.surfaces.web.pages.twins import LikelyDuplicates, form_box, like_form, proposes, refuse_unseen
from duyen.surfaces.web.pages.widgets import Place, Typed
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/quick.html"
#: The page of a record, or of one of its steps.
_RECORD = re.compile(r"/([a-z_]+)/([0-9]{1,18})(?:/|$)")
AGAIN = "again"


@page
def quick(request: ActorRequest, name: str) -> HttpResponse:
    """Show a short form, or make the record."""
    form = quick_named(name)
    if form is None:
        raise NotFound
    entity = opened(request, form.entity, CREATE)
    fields = _fields(form, entity, request)
    if request.method != "POST":
        return _shown(request, form, entity, fields, _start(request, form, entity, fields), [])
    sent = forms.read_post(fields, request.POST, request.actor)
    key = request.POST.get("key") or str(uuid.uuid4())
    raw = {**sent.raw, **form.fixed}
    if sent.problems:
        _values, others = Births(entity, request.actor).read(raw)
        known = {each.field for each in sent.problems}
        problems = [*sent.problems, *(each for each in others if each.field not in known)]
        return _shown(request, form, entity, fields, sent.typed, problems, key=key)
    try:
        answer = answer_once(
            actor=request.actor,
            key=key,
            fingerprint=fingerprint(request, f"quick.{name}"),
            give=lambda: _made(request, entity, fields, raw),
        )
    except LikelyDuplicates as error:
        return _shown(request, form, entity, fields, sent.typed, [], key=key, twins=error.found)
    except InvalidValues as error:
        return _shown(request, form, entity, fields, sent.typed, error.problems, key=key)
    except KeyReused:
        return _shown(request, form, entity, fields, sent.typed, [_saved_before()])
    return _done(request, form, entity, fields, answer)


def _saved_before() -> FieldProblem:
    said = _("This form was saved already. Press the button below to make one more.")
    return FieldProblem("", "saved_already", said)


def _fields(form: Quick, entity: Entity, request: ActorRequest) -> list[Field]:
    """List what the form asks for: its own fields, and what the company requires beside."""
    open_to = {each.name: each for each in forms.settable(entity, request.actor, is_new=True)}
    named = [name for line in form.lines for name in line.split()]
    more = [name for name, each in open_to.items() if each.required and name not in (*named, *form.fixed)]
    return [open_to[name] for name in (*named, *more) if name in open_to]


def _start(request: ActorRequest, form: Quick, entity: Entity, fields: Sequence[Field]) -> dict[str, Typed]:
    """Give what the form starts with; it is about the record on whose page one is."""
    about = _record_here(request, entity) if form.about else None
    extra = {form.about: [f"{about[0]}:{about[1]}"]} if about else {}
    return blank_form(entity, request, fields, records=extra)


def _record_here(request: ActorRequest, entity: Entity) -> tuple[str, int] | None:
    """Find the record of the page over which the form opens, where the reader may see it."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    met = _RECORD.match(urlsplit(address).path)
    if met is None:
        return None
    try:
        here = entity_named(met[1])
    except KeyError:
        return None
    if here.model is entity.model or not request.actor.may(here.name, READ):
        return None
    seen = labels(request.actor, here, [int(met[2])]).get(int(met[2]))
    return (here.name, int(met[2])) if seen is not None and seen.is_open else None


def _made(
    request: ActorRequest, entity: Entity, fields: Sequence[Field], raw: Mapping[str, object]
) -> Answer:
    refuse_unseen(entity, request.actor, fields, raw, seen=request.POST)
    done = create(entity, actor=request.actor, values=raw)
    return Answer(201, {"id": done.id, "operation": done.operation.id})


def _done(
    request: ActorRequest, form: Quick, entity: Entity, fields: Sequence[Field], answer: Answer
) -> HttpResponse:
    """Say that it is made: on its page, or where one was; or show the form empty again."""
    record_id = answer.body["id"]
    undo = undo_url(answer.body["operation"]) if request.actor.may(entity.name, DELETE) else ""
    said = _("Created: %(what)s.") % {"what": str(form.label).lower()}
    if AGAIN in request.POST:
        start = _start(request, form, entity, fields)
        shown = _shown(request, form, entity, fields, start, [], again=True)
        if is_fragment(request):
            told = {"text": said, "tone": "green", **({"undo": undo} if undo else {})}
            trigger_client_event(shown, "toast", told)
            trigger_client_event(shown, "home-changed", {})
        else:
            messages.success(request, said, extra_tags=undo)
        return shown
    address = record_url(entity, record_id)
    if not is_fragment(request):
        messages.success(request, said, extra_tags=undo)
        return HttpResponseRedirect(address)
    if form.opens:
        messages.success(request, said, extra_tags=undo)
        return HttpResponseClientRedirect(address)
    if _record_here(request, entity) is not None:  # its timeline tells of it
        messages.success(request, said, extra_tags=undo)
        told_there = HttpResponse(status=204)
        told_there.headers["HX-Refresh"] = "true"
        return told_there
    here = HttpResponse(status=204)
    trigger_client_event(here, "toast", {"text": said, "tone": "green", **({"undo": undo} if undo else {})})
    trigger_client_event(here, "close-dialog", {})
    return trigger_client_event(here, "home-changed", {})


def _shown(
    request: ActorRequest,
    form: Quick,
    entity: Entity,
    fields: Sequence[Field],
    typed: dict[str, Typed],
    problems: Sequence[FieldProblem],
    *,
    key: str = "",
    twins: Sequence[Likeness] | None = None,
    again: bool = False,
) -> HttpResponse:
    actor = request.actor
    typed = blank_form(entity, request, [each for each in fields if each.name not in typed]) | typed
    place = Place(actor, forms.links_named(actor, fields, typed))
    controls = forms.controls_of(fields, typed, problems, place)
    by_name = {each.name: each for each in fields}
    lines = [[by_name[name] for name in line.split() if name in by_name] for line in form.lines]
    shown = {each.name for line in lines for each in line}
    lines += [[each] for each in fields if each.name not in shown]
    found = twins if twins is not None else _twins_sent(request, entity, fields)
    title = _("New: %(what)s") % {"what": form.label}
    context: dict[str, Any] = {
        "title": title,
        "save_label": _("Create: %(what)s") % {"what": str(form.label).lower()},
        "action": f"/quick/{form.name}",
        "key": key or str(uuid.uuid4()),
        "sections": forms.form_sections(
            entity, actor, controls, {}, place.linked, form=[("", [line for line in lines if line])]
        ),
        "problems": [each for each in forms.listed(problems, fields) if not each.id],
        "others": [
            {"label": each.label, "url": f"/quick/{each.name}", "is_pressed": each.name == form.name}
            for each in quick_for(actor)
        ],
        "whole_url": new_url(entity),
        "again": again or AGAIN in request.POST,
        "again_name": AGAIN,
        "twins_url": twins_url(entity) if proposes(entity, is_new=True) else "",
        **form_box(entity, found, is_new=True, asks=twins is not None),
        "crumbs": [Crumb(_("Today"), HOME), Crumb(title)],
    }
    status = 422 if problems or twins is not None else 200
    if is_fragment(request):
        return HttpResponse(render_block(request, TEMPLATE, "dialog", context), status=status)
    return render(request, TEMPLATE, context, status=status)


def _twins_sent(request: ActorRequest, entity: Entity, fields: Sequence[Field]) -> Sequence[Likeness]:
    if request.method != "POST" or AGAIN in request.POST:
        return ()
    sent: Sent = forms.read_post(fields, request.POST, request.actor)
    return like_form(entity, request.actor, fields, sent.raw)
