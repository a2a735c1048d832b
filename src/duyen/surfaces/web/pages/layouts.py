"""How forms and pages of records are arranged: what stands where, under which title, for whom.

Everything that was arranged stands in the form itself until it is saved, so that each step works without a
script and nothing is lost when another one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.choices.rules import moved
from duyen.entities.custom.columns import key_of
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotFound, Refused
from duyen.entities.fields import Field, Label
from duyen.entities.layouts import changing
from duyen.entities.layouts.reading import (
    arrange,
    can_be_required,
    is_own,
    laid_out,
    needed_names,
    standard_parts,
    title_of,
)
from duyen.entities.layouts.rules import (
    FIELD,
    SECTION,
    Arranged,
    Part,
    beside,
    fitted,
    flat,
    gathered,
    ordered_names,
    told_names,
    visible,
)
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor
from duyen.foundation.layouts.kept import EVERYBODY, kept_layouts
from duyen.foundation.org.models import Role
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean
from duyen.surfaces.web.commands import Command, offer_commands
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import LAYOUTS
from duyen.surfaces.web.pages.file_tab import tabs_of
from duyen.surfaces.web.pages.forms import Problem
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.widgets import Place
from duyen.surfaces.web.shell import SETTINGS, Crumb, OwnPage, put_into_navigation

put_into_navigation(
    OwnPage(
        gettext_lazy("Adapting"),
        gettext_lazy("Forms and pages"),
        LAYOUTS,
        icon="layout-list",
        under=SETTINGS,
        may_open=changing.may_arrange,
    )
)


def _commands(actor: Actor) -> Iterator[Command]:
    """Lead administrators to each form from anywhere."""
    if changing.may_arrange(actor):
        for each in arrangeable():
            label = _("Form and page: %(what)s") % {"what": each.labels}
            yield Command(label, "layout-list", layout_url(each), also=_("arrange layout field section tab"))


offer_commands(_commands)


@dataclass(frozen=True)
class Item:
    """A field in the form that one arranges; `url` leads to its name and need."""

    name: str
    value: str
    label: Label
    is_beside: bool
    is_hidden: bool
    is_needed: bool
    url: str = ""


@dataclass(frozen=True)
class Section:
    """A section of that form: its words as they were written, and the title of before as `first`."""

    key: str
    value: str
    label: Label
    vi: str
    en: str
    first: str
    items: Sequence[Item]
    is_open: bool = False


@dataclass(frozen=True)
class Box:
    """A tab or a panel of the page."""

    name: str
    label: Label
    is_shown: bool


@dataclass(frozen=True)
class Sent:
    """What stands in the form: the arrangement, whom it is for, and the version that it began with."""

    arranged: Arranged
    role: str
    version: int


def arrangeable() -> list[Entity]:
    """List the entities that have a form."""
    return [each for each in all_entities() if each.form]


def layout_url(entity: Entity, role: str = EVERYBODY) -> str:
    """Give the address where form and page of an entity are arranged."""
    return f"{LAYOUTS}/{entity.name}" + (f"?{urlencode({'role': role})}" if role else "")


@require_safe
@page
def show_all(request: ActorRequest) -> HttpResponse:
    """Show every entity whose form and page can be arranged, and what was changed of it."""
    changing.refuse_others(request.actor)
    kept = kept_layouts()
    lines = [
        {
            "label": each.labels,
            "url": layout_url(each),
            "is_arranged": bool(kept.layouts.get(each.name)),
            "fields": len(kept.fields.get(each.name, ())),
        }
        for each in arrangeable()
    ]
    context = {"lines": lines, "crumbs": [Crumb(_("Forms and pages"))]}
    return render(request, "derived/layouts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def arrange_page(request: ActorRequest, entity_name: str) -> HttpResponse:
    """Show how form and page are arranged; take a step with what was sent, preview it, or save it."""
    changing.refuse_others(request.actor)
    entity = _known(entity_name)
    if request.method != "POST":
        role = request.GET.get("role", EVERYBODY)
        kept = changing.kept_layout(entity, role)
        # A variant of a role begins with what everybody has.
        begun = kept if kept.version else changing.kept_layout(entity)
        sent = Sent(arrange(entity, begun if begun.version else None), role, kept.version)
        return _shown(request, entity, sent)
    sent = _read(entity, request.POST)
    if "save" in request.POST:
        return _saved(request, entity, sent)
    if "reset" in request.POST:
        return _reset(request, entity, sent)
    if "preview" in request.POST:
        return _shown(request, entity, sent, previews=True)
    changed, focus = _stepped(entity, sent.arranged, request.POST)
    return _shown(request, entity, replace(sent, arranged=changed), focus=focus)


def _known(name: str) -> Entity:
    found = next((each for each in arrangeable() if each.name == name), None)
    if found is None:
        raise NotFound
    return found


def _read(entity: Entity, post: QueryDict) -> Sent:
    """Read what stands in the form. Raises BadRequest."""
    version = number_in(post.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    items = post.getlist("item")
    keys = [item.removeprefix(SECTION) for item in items if item.startswith(SECTION)]
    titles = [Part(key, clean(post.get(f"vi:{key}", "")), clean(post.get(f"en:{key}", ""))) for key in keys]
    arranged = Arranged(
        gathered(items, titles, set(post.getlist("beside"))),
        frozenset(post.getlist("hidden")),
        told_names(post.getlist("tab"), set(post.getlist("tab_shown"))),
        told_names(post.getlist("panel"), set(post.getlist("panel_shown"))),
    )
    return Sent(fitted(arranged, standard_parts(entity), needed=()), post.get("role", EVERYBODY), version)


def _stepped(entity: Entity, arranged: Arranged, post: QueryDict) -> tuple[Arranged, str]:
    """Take the step whose button was pressed; gives the button on which the focus stays."""
    for button, step in (("up", -1), ("down", 1)):
        if button in post:
            return _moved(arranged, str(post[button]), step), f"{button}:{post[button]}"
    if "add_section" in post:
        key = _free_key(arranged)
        return replace(arranged, parts=(*arranged.parts, Part(key, vi=_("New section")))), f"title:{key}"
    if "drop" in post:
        items = [item for item in flat(arranged)[1:] if item != post["drop"]]
        items = [*flat(arranged)[:1], *items]
        return replace(arranged, parts=gathered(items, arranged.parts, beside(arranged))), ""
    raise BadRequest(what=_("the form lost its button. Open it again."))


def _moved(arranged: Arranged, what: str, step: int) -> Arranged:
    kind, _colon, name = what.partition(":")
    if kind == "tab":
        return replace(arranged, tabs=_moved_name(arranged.tabs, name, step))
    if kind == "panel":
        return replace(arranged, panels=_moved_name(arranged.panels, name, step))
    if kind == "section":
        keys = [part.key for part in arranged.parts]
        by_key = {part.key: part for part in arranged.parts}
        return replace(arranged, parts=tuple(by_key[key] for key in moved(keys, name, step)))
    items = flat(arranged)
    if what not in items or items.index(what) + step < 1:
        return arranged  # the first section stays on top
    return replace(arranged, parts=gathered(moved(items, what, step), arranged.parts, beside(arranged)))


def _moved_name(names: Sequence[str], name: str, step: int) -> tuple[str, ...]:
    found = next((each for each in names if each.removeprefix("-") == name), "")
    return tuple(moved(names, found, step))


def _free_key(arranged: Arranged) -> str:
    taken, number = {part.key for part in arranged.parts}, 1
    while f"own-{number}" in taken:
        number += 1
    return f"own-{number}"


def _saved(request: ActorRequest, entity: Entity, sent: Sent) -> HttpResponse:
    try:
        changing.arrange_form(
            entity, sent.arranged, actor=request.actor, version=sent.version, role=sent.role
        )
    except InvalidValues as error:
        return _shown(request, entity, sent, problems=error.problems, status=422)
    except Refused as error:
        version = changing.kept_layout(entity, sent.role).version
        refusal = [FieldProblem("", error.code, str(error))]
        return _shown(request, entity, replace(sent, version=version), problems=refusal, status=409)
    messages.success(request, _("Saved. Forms and pages look like this from now on."))
    return HttpResponseRedirect(layout_url(entity, sent.role))


def _reset(request: ActorRequest, entity: Entity, sent: Sent) -> HttpResponse:
    try:
        changing.reset_form(entity, actor=request.actor, version=sent.version, role=sent.role)
    except Refused as error:
        version = changing.kept_layout(entity, sent.role).version
        refusal = [FieldProblem("", error.code, str(error))]
        return _shown(request, entity, replace(sent, version=version), problems=refusal, status=409)
    messages.success(request, _("Form and page are as they first were."))
    return HttpResponseRedirect(layout_url(entity, sent.role))


# --- what is shown -------------------------------------------------------------------------------------


def _shown(
    request: ActorRequest,
    entity: Entity,
    sent: Sent,
    *,
    problems: Sequence[FieldProblem] = (),
    previews: bool = False,
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    roles = dict(Role.objects.order_by("pk").values_list("code", "name"))
    if sent.role != EVERYBODY and sent.role not in roles:
        raise NotFound
    variants = kept_layouts().layouts.get(entity.name, {})
    context = {
        "entity": entity,
        "title": _("Form and page: %(what)s") % {"what": entity.labels},
        "sections": _sections(entity, sent.arranged, focus),
        "tabs": _boxes(tabs_of(entity), sent.arranged.tabs),
        "panels": _boxes([each for each in entity.panels if not each.above], sent.arranged.panels),
        "role": sent.role,
        "role_label": roles.get(sent.role, ""),
        "roles": [
            {
                "url": layout_url(entity, code),
                "label": name,
                "is_here": code == sent.role,
                "has": code in variants,
            }
            for code, name in {EVERYBODY: _("Everybody"), **roles}.items()
        ],
        "record_version": sent.version,
        "focus": focus,
        "preview": _preview(request, entity, sent.arranged) if previews else None,
        "previewed_tabs": [box.label for box in _boxes(tabs_of(entity), sent.arranged.tabs) if box.is_shown],
        "problems": [Problem(each.message) for each in problems],
        "action": f"{LAYOUTS}/{entity.name}",
        "crumbs": [Crumb(_("Forms and pages"), LAYOUTS), Crumb(entity.labels)],
    }
    return render(request, "derived/layout.html", context, status=status)


def _sections(entity: Entity, arranged: Arranged, focus: str) -> list[Section]:
    """Give the sections with their fields, hidden ones too."""
    joined, needed = beside(arranged), needed_names(entity)
    found = []
    for part in arranged.parts:
        items = [
            _item(entity, entity.field(name), arranged, joined=name in joined, needed=needed)
            for name in part.names
        ]
        title = title_of(entity, part) or _("Without a title")
        first = str(title_of(entity, replace(part, vi="", en="")))
        is_open = focus == f"title:{part.key}"
        found.append(
            Section(part.key, SECTION + part.key, title, part.vi, part.en, first, items, is_open=is_open)
        )
    return found


def _item(entity: Entity, field: Field, arranged: Arranged, *, joined: bool, needed: frozenset[str]) -> Item:
    address = f"{LAYOUTS}/{entity.name}/field?{urlencode({'field': field.name})}"
    if is_own(field):
        address = f"/settings/fields/{key_of(field.columns[0])}"
    return Item(
        field.name,
        FIELD + field.name,
        field.label,
        is_beside=joined,
        is_hidden=field.name in arranged.hidden,
        is_needed=field.name in needed,
        url=address,
    )


def _boxes(found: Sequence[Any], kept: Sequence[str]) -> list[Box]:
    by_name = {each.name: each for each in found}
    return [Box(name, by_name[name].label, shown) for name, shown in ordered_names(kept, list(by_name))]


def _preview(request: ActorRequest, entity: Entity, arranged: Arranged) -> list[forms.Section]:
    """Draw the form as it would stand for a new record."""
    actor = request.actor
    kept = replace(arranged, hidden=arranged.hidden - needed_names(entity))
    form = laid_out(entity, visible(kept))
    fields = [field for _title, lines in form for line in lines for field in line]
    place = Place(actor, {})
    typed = forms.typed_from_values(fields, {each.name: each.blank for each in fields}, place)
    controls = forms.controls_of(fields, typed, [], place)
    return forms.form_sections(entity, actor, controls, {}, {}, form=form)


# --- one field -----------------------------------------------------------------------------------------

#: The words of a field that its form asks for, by the names of their controls.
_WORDS: Mapping[str, Label] = {
    "label_vi": gettext_lazy("Vietnamese name"),
    "label_en": gettext_lazy("English name"),
    "help_vi": gettext_lazy("Help in Vietnamese"),
    "help_en": gettext_lazy("Help in English"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def field_page(request: ActorRequest, entity_name: str) -> HttpResponse:
    """Show what a field is called, explained by and asked for, or change that."""
    changing.refuse_others(request.actor)
    entity = _known(entity_name)
    sent = request.POST if request.method == "POST" else None
    name = (sent or request.GET).get("field", "")
    field = changing.settable_field(entity, name)
    if sent is None:
        return _field_form(request, entity, field)
    version = number_in(sent.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    told = {each: sent.get(each, "") for each in _WORDS}
    is_required = bool(sent.get("is_required"))
    try:
        changing.set_field_words(
            entity, name, told, is_required=is_required, actor=request.actor, version=version
        )
    except InvalidValues as error:
        return _field_form(request, entity, field, problems=error.problems, status=422)
    except Refused as error:
        refusal = [FieldProblem("", error.code, str(error))]
        return _field_form(request, entity, field, problems=refusal, status=409)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(layout_url(entity))


def _field_form(
    request: ActorRequest,
    entity: Entity,
    field: Field,
    *,
    problems: Sequence[FieldProblem] = (),
    status: int = 200,
) -> HttpResponse:
    kept = changing.kept_field(entity, field.name)
    declared = next(each for each in entity.declared.fields if each.name == field.name)
    sent = request.POST if request.method == "POST" else None
    values = {each: sent.get(each, "") if sent is not None else getattr(kept, each) for each in _WORDS}
    always = declared.name in entity.always_required
    errors: Mapping[str, str] = {each.field: str(each.message) for each in problems}
    context = {
        "title": f"{entity.labels} · {field.label}",
        "field": field,
        "values": values,
        "declared": _declared(declared),
        "is_required": bool(sent.get("is_required")) if sent is not None else field.required,
        "is_always_required": always,
        "can_be_required": can_be_required(declared) and not always,
        "record_version": kept.version,
        "errors": {**dict.fromkeys(_WORDS, ""), **errors},
        "problems": [
            Problem(each.message, _WORDS.get(each.field, ""), f"f-{each.field}" if each.field else "")
            for each in problems
        ],
        "action": f"{LAYOUTS}/{entity.name}/field",
        "back_url": layout_url(entity),
        "crumbs": [
            Crumb(_("Forms and pages"), LAYOUTS),
            Crumb(entity.labels, layout_url(entity)),
            Crumb(field.label),
        ],
    }
    return render(request, "derived/layout_field.html", context, status=status)


def _declared(field: Field) -> dict[str, str]:
    """Give the words of a declaration in both languages."""
    found = {}
    for language in ("vi", "en"):
        with override(language):
            found[f"label_{language}"] = str(field.label)
            found[f"help_{language}"] = str(field.help)
    return found
