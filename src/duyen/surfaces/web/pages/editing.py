"""Create and change a record by its derived form; two people who change it at once both keep their work."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities.births import Births
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, Clash, InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.fields import Choice, Day, Field, FieldRefused, Link, Records, Text, When
from duyen.entities.idempotency import Answer, KeyReused, answer_once
from duyen.entities.labels import Linked, labels, link_labels
from duyen.entities.pages import Preview
from duyen.entities.registry import entity_named
from duyen.entities.stale import changes_since
from duyen.entities.standard import Done, change, create, judge_change
from duyen.entities.through import readable_rows
from duyen.entities.twins.likeness import Likeness
from duyen.entities.values import missing, read_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.fragments import template_of
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.notices.changed import changed_place
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import list_url, new_url, record_url, step_url, twins_url, undo_url
from duyen.surfaces.web.pages.forms import Sent
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.sent_forms import fingerprint
from duyen.surfaces.web.pages.shown import Drawn, plain
from duyen.surfaces.web.pages.twins import LikelyDuplicates, form_box, like_form, proposes, refuse_unseen
from duyen.surfaces.web.pages.vanished import shown_fields, vanished
from duyen.surfaces.web.pages.widgets import Place, Typed
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "form.html"
#: A save that meets another one tries again so often before it gives up.
_MOST_TRIES = 3
THEIRS = "theirs"
#: The form comes back with the controls that fit what was chosen; nothing is judged, nothing saved.
AGAIN = "again"
#: The kinds of field that the address of a new form may fill in; they are judged when the form is sent.
_FROM_ADDRESS = (Text, Day, Choice, When)


@dataclass(frozen=True)
class Both:
    """One field that two people changed: both values in words, and what to call the choice."""

    name: str
    label: object
    yours: str
    theirs: str


@dataclass(frozen=True)
class Kept:
    """A finished save: whether it went in beside somebody else's, and whether anything changed."""

    done: Done
    is_merged: bool
    is_changed: bool


# --- create ------------------------------------------------------------------------------------------


@page
def new(request: ActorRequest, entities: str) -> HttpResponse:
    """Show the form of a new record, or make the record."""
    entity = opened(request, entities, CREATE)
    fields = forms.settable(entity, request.actor, is_new=True)
    if request.method != "POST":
        return _new_form(request, entity, fields, blank_form(entity, request, fields), [], str(uuid.uuid4()))
    sent = _sent(request, entity, fields)
    key = request.POST.get("key") or str(uuid.uuid4())
    if AGAIN in request.POST:
        return _new_form(request, entity, fields, sent.typed, [], key)
    if sent.problems:
        _values, others = Births(entity, request.actor).read(sent.raw)
        known = {each.field for each in sent.problems}
        problems = [*sent.problems, *(each for each in others if each.field not in known)]
        return _new_form(request, entity, fields, sent.typed, problems, key)
    try:
        answer = answer_once(
            actor=request.actor,
            key=key,
            fingerprint=fingerprint(request, entity.name),
            give=lambda: _made(entity, request, fields, sent),
        )
    except LikelyDuplicates as error:
        return _new_form(request, entity, fields, sent.typed, [], key, twins=error.found)
    except InvalidValues as error:
        return _new_form(request, entity, fields, sent.typed, error.problems, key)
    except KeyReused as error:
        made = error.given.body["id"] if error.given else None
        return _new_form(request, entity, fields, sent.typed, [], str(uuid.uuid4()), made=made)
    undo = answer.body["operation"] if request.actor.may(entity.name, DELETE) else None
    return _saved(request, entity, answer.body["id"], undo, _("Created."))


def _sent(request: ActorRequest, entity: Entity, fields: Sequence[Field]) -> Sent:
    """Read what the form sent of the fields that it showed; of those that are gone since it is told.

    A control that came meanwhile shows what the record holds, or the default of a new one.
    """
    sent = forms.read_post(shown_fields(fields, request.POST), request.POST, request.actor)
    sent.problems.extend(vanished(entity, fields, request.POST))
    return sent


def _made(entity: Entity, request: ActorRequest, fields: Sequence[Field], sent: Sent) -> Answer:
    """Make the record, unless there are likely duplicates that the form has not shown.

    Raises LikelyDuplicates and what `create` raises. The transaction holds both, so that a form that is sent
    again is not told of the record that it has made itself.
    """
    refuse_unseen(entity, request.actor, fields, sent.raw, seen=request.POST)
    done = create(entity, actor=request.actor, values=sent.raw)
    return Answer(201, {"id": done.id, "operation": done.operation.id})


def blank_form(
    entity: Entity,
    request: ActorRequest,
    fields: Sequence[Field],
    *,
    records: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Typed]:
    """Give what a new form starts with: what the address says, and the reader as the owner.

    `records` are, by field, the records that it starts with where the address says nothing.
    """
    records = records or {}
    facts = request.actor.facts
    values: dict[str, Any] = {
        each.name: each.blank if each.default is None else each.default for each in fields
    }
    if entity.has_owner:
        values |= {"owner": request.actor.user_id, "unit": facts.home_unit_id if facts else None}
    for each in fields:
        chosen = number_in(request.GET.get(each.name, "")) if isinstance(each, Link) else None
        if chosen is not None:
            values[each.name] = chosen
        if isinstance(each, Records) and (each.name in request.GET or each.name in records):
            values[each.name] = _records_of(each, request.GET.getlist(each.name) or records[each.name])
    place = Place(request.actor, _named(request.actor, fields, values))
    typed = forms.typed_from_values(fields, values, place)
    given = {each.name: request.GET.get(each.name, "") for each in fields if isinstance(each, _FROM_ADDRESS)}
    return typed | {name: words for name, words in given.items() if words}


def _records_of(field: Records, told: Sequence[str]) -> Any:
    """Read the records that an address names; what cannot be read is left out."""
    try:
        return field.clean(list(told))
    except FieldRefused:
        return field.blank


def _named(actor: Actor, fields: Sequence[Field], values: Mapping[str, Any]) -> Linked:
    wanted: dict[str, set[int]] = {}
    for each in fields:
        if isinstance(each, Link) and values.get(each.name):
            wanted.setdefault(each.to, set()).add(values[each.name])
    return {name: labels(actor, entity_named(name), ids) for name, ids in wanted.items()}


def _new_form(
    request: ActorRequest,
    entity: Entity,
    fields: Sequence[Field],
    typed: dict[str, Typed],
    problems: Sequence[FieldProblem],
    key: str,
    *,
    made: int | None = None,
    twins: Sequence[Likeness] | None = None,
) -> HttpResponse:
    """Show the form; `made` is the record that this same form has made before the reader went back to it.

    `twins` are likely duplicates for which it came back instead of a record.
    """
    found = twins if twins is not None else _twins_sent(request, entity, fields)
    typed = blank_form(entity, request, [each for each in fields if each.name not in typed]) | typed
    place = Place(request.actor, forms.links_named(request.actor, fields, typed))
    controls = forms.controls_of(fields, typed, problems, place)
    context = {
        "entity": entity,
        "title": _("New: %(what)s") % {"what": entity.label},
        "sections": forms.form_sections(entity, request.actor, controls, {}, place.linked),
        "problems": forms.listed(problems, forms.fields_of(entity, request.actor)),
        "action": new_url(entity),
        "cancel_url": list_url(entity),
        "save_label": _("Create"),
        "key": key,
        "shown": " ".join(controls),
        "record_version": "",
        "clashes": [],
        "who": "",
        "has_preview": False,
        "drawn": None,
        "made_url": record_url(entity, made) if made else "",
        "twins_url": twins_url(entity) if proposes(entity, is_new=True) else "",
        **form_box(entity, found, is_new=True, asks=twins is not None),
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(_("New"))],
    }
    status = 422 if problems else 409 if made or twins is not None else 200
    return render(request, template_of(entity.name, TEMPLATE), context, status=status)


def _twins_sent(request: ActorRequest, entity: Entity, fields: Sequence[Field]) -> Sequence[Likeness]:
    """Find the likely duplicates of a form that comes back for another reason."""
    if request.method != "POST":
        return ()
    sent = forms.read_post(fields, request.POST, request.actor)
    return like_form(entity, request.actor, fields, sent.raw)


# --- change ------------------------------------------------------------------------------------------


def row_of(
    entity: Entity, actor: Actor, record_id: int, *, deleted: bool | None = False
) -> Mapping[str, Any]:
    """Read the columns of one record. Raises NotFound."""
    row: dict[str, Any] | None = (
        readable_rows(entity, actor, [record_id], deleted=deleted)
        .values(*entity.held_columns)
        .order_by("pk")
        .first()
    )
    if row is None:
        raise NotFound
    entity.unfold(row)
    return row


@page
def edit(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show the form of a record, or save what was changed."""
    entity = opened(request, entities)
    row = row_of(entity, request.actor, record_id)
    if not entity.rows(request.actor, CHANGE).filter(pk=record_id).exists():
        raise NotAllowed(why=_("changing this record is not among your rights."))
    fields = forms.settable(entity, request.actor, is_new=False)
    if request.method != "POST":
        place = Place(request.actor, link_labels(request.actor, entity.fields, [row]), row["id"])
        typed = forms.typed_from_values(fields, entity.values(row), place)
        return _form(request, entity, row, fields, typed, [], version=row["version"])
    sent = _sent(request, entity, fields)
    version = _version(request)
    if AGAIN in request.POST:
        return _form(request, entity, row, fields, sent.typed, [], version=version)
    if sent.problems:
        return _form(request, entity, row, fields, sent.typed, sent.problems, version=version)
    if "preview" in request.POST and entity.preview:
        return _previewed(request, entity, row, fields, sent, entity.preview)
    return _save(request, entity, row, fields, sent, version)


def _previewed(
    request: ActorRequest,
    entity: Entity,
    row: Mapping[str, Any],
    fields: Sequence[Field],
    sent: Sent,
    preview: Preview,
) -> HttpResponse:
    """Show the form again with what the change would do; nothing is saved."""
    values, problems = read_fields(fields, sent.raw)
    problems += [
        each for each in missing(fields, values) if each.field not in {one.field for one in problems}
    ]
    if not problems:
        problems = judge_change(entity, request.actor, entity.values(row), values)[1]
    drawn = None
    if not problems:
        drawn = Drawn(_("Preview"), preview.template, preview.content(request.actor, row, values))
    return _form(request, entity, row, fields, sent.typed, problems, version=_version(request), drawn=drawn)


def _version(request: ActorRequest) -> int:
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    return version


def _save(
    request: ActorRequest,
    entity: Entity,
    row: Mapping[str, Any],
    fields: Sequence[Field],
    sent: Sent,
    version: int,
) -> HttpResponse:
    values = {name: raw for name, raw in sent.raw.items() if request.POST.get(f"choose_{name}") != THEIRS}
    try:
        kept = change_beside(entity, int(row["id"]), request.actor, values, version)
    except InvalidValues as error:
        return _form(request, entity, row, fields, sent.typed, error.problems, version=version)
    except StaleVersion as error:
        return _clash(request, entity, fields, sent, version, error)
    text = _("Saved, beside what somebody else changed meanwhile.") if kept.is_merged else _("Saved.")
    return _saved(request, entity, kept.done.id, kept.done.operation.id if kept.is_changed else None, text)


def change_beside(
    entity: Entity, record_id: int, actor: Actor, values: Mapping[str, object], version: int
) -> Kept:
    """Save; when others changed other fields meanwhile, save beside them.

    Raises StaleVersion when the same field was changed by both.
    """
    is_merged = False
    for tried in range(_MOST_TRIES):
        try:
            done = change(entity, record_id, actor=actor, values=values, version=version)
            return Kept(done, is_merged, is_changed=done.version > version)
        except StaleVersion as error:
            if error.clashes or tried == _MOST_TRIES - 1:
                raise
            # What others changed and the caller did not: theirs stays.
            _who, base = changes_since(entity, record_id, version)
            values = {name: value for name, value in values.items() if name not in base}
            version, is_merged = error.current, True
    raise AssertionError  # the last try returns or raises


def _clash(
    request: ActorRequest,
    entity: Entity,
    fields: Sequence[Field],
    sent: Sent,
    version: int,
    error: StaleVersion,
) -> HttpResponse:
    """Show the form again with both values of each field that two people changed."""
    actor = request.actor
    row = row_of(entity, actor, _record_id(request))
    current = entity.values(row)
    place = Place(actor, link_labels(actor, entity.fields, [row]), row["id"])
    theirs = forms.typed_from_values(fields, current, place)
    _who, base = changes_since(entity, int(row["id"]), version)
    both = {each.field for each in error.clashes}
    typed = {
        name: theirs[name] if name in base and name not in both else sent.typed[name] for name in sent.typed
    }
    linked = clash_links(actor, entity, error.clashes)
    clashes = [
        Both(each.field, field.label, plain(field, each.yours, linked), plain(field, each.theirs, linked))
        for each in error.clashes
        for field in [entity.field(each.field)]
    ]
    return _form(
        request, entity, row, fields, typed, [], version=error.current, clashes=clashes, who=str(error)
    )


def _record_id(request: ActorRequest) -> int:
    match: Any = request.resolver_match
    return int(match.kwargs["record_id"])


def clash_links(actor: Actor, entity: Entity, clashes: Sequence[Clash]) -> Linked:
    wanted: dict[str, set[int]] = {}
    for each in clashes:
        field = entity.field(each.field)
        if isinstance(field, Link):
            ids = {value for value in (each.yours, each.theirs) if isinstance(value, int)}
            wanted.setdefault(field.to, set()).update(ids)
    return {name: labels(actor, entity_named(name), ids) for name, ids in wanted.items()}


def _form(
    request: ActorRequest,
    entity: Entity,
    row: Mapping[str, Any],
    fields: Sequence[Field],
    typed: dict[str, Typed],
    problems: Sequence[FieldProblem],
    *,
    version: int,
    clashes: Sequence[Both] = (),
    who: str = "",
    drawn: Drawn | None = None,
) -> HttpResponse:
    actor = request.actor
    linked = link_labels(actor, entity.fields, [row])
    place = Place(actor, linked, row["id"])
    newer = [each for each in fields if each.name not in typed]
    typed = forms.typed_from_values(newer, entity.values(row), place) | typed
    controls = forms.controls_of(fields, typed, problems, place)
    title = entity.title_of(row)
    context = {
        "entity": entity,
        "title": _("Edit %(name)s") % {"name": title},
        "sections": forms.form_sections(entity, actor, controls, entity.values(row), linked),
        "problems": forms.listed(problems, forms.fields_of(entity, request.actor)),
        "action": step_url(entity, row["id"], "edit"),
        "cancel_url": record_url(entity, row["id"]),
        "save_label": _("Save"),
        "key": "",
        "shown": " ".join(controls),
        "made_url": "",
        "twins_url": twins_url(entity, row["id"]) if entity.duplicates else "",
        **form_box(entity, (), is_new=False),
        "record_version": version,
        "changed": changed_place(entity, row["id"], version, in_form=True),
        "clashes": clashes,
        "who": who,
        "has_preview": entity.preview is not None,
        "drawn": drawn,
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(title, record_url(entity, row["id"])),
            Crumb(_("Edit")),
        ],
    }
    status = 409 if clashes else 422 if problems else 200
    return render(request, template_of(entity.name, TEMPLATE), context, status=status)


def _saved(
    request: ActorRequest, entity: Entity, record_id: int, operation_id: int | None, text: str
) -> HttpResponse:
    undo = undo_url(operation_id) if operation_id else ""
    messages.success(request, text, extra_tags=undo)
    return HttpResponseRedirect(record_url(entity, record_id))
