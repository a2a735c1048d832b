"""The company's own fields: what there is, a new one, a change, and what uses one before it goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.custom import defining
from duyen.entities.custom.contributing import field_of
from duyen.entities.custom.reading import SEARCHABLE, WITH_LIMITS, WITH_OPTIONS, kinds_of
from duyen.entities.custom.using import Uses, uses_of
from duyen.entities.derived.sources import sources_of
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotFound, Refused
from duyen.entities.fields import Label
from duyen.entities.fields.base import OWN
from duyen.entities.indexes.asking import is_there
from duyen.entities.indexes.plans import all_plans
from duyen.entities.registry import all_entities
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import DERIVED_KINDS, FieldKind, FieldState, Required
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import CHOICES, INDEXES
from duyen.surfaces.web.pages.following_fields import (
    FUNCTIONS,
    needs_source,
    said_of_following,
    shown_of_following,
    tried,
    written,
)
from duyen.surfaces.web.pages.forms import Problem
from duyen.surfaces.web.pages.indexes import offer_url
from duyen.surfaces.web.pages.own_field_kinds import CONTROLS, KINDS, option_parts
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import SETTINGS, Crumb, OwnPage, put_into_navigation

FIELDS = "/settings/fields"
put_into_navigation(
    OwnPage(
        gettext_lazy("Adapting"),
        gettext_lazy("Fields of our own"),
        FIELDS,
        icon="text-cursor-input",
        under=SETTINGS,
        may_open=defining.may_define,
    )
)


@dataclass(frozen=True)
class Line:
    """One field in the overview."""

    label: str
    kind: Label
    icon: str
    key: str
    required: str
    is_retired: bool
    url: str


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the fields of every kind of record that can have some."""
    defining.refuse_others(request.actor)
    groups = [
        {
            "label": entity.labels,
            "lines": [_line(each) for each in _of(entity)],
            "new_url": f"{FIELDS}/{entity.name}/new",
        }
        for entity in defining.adaptable()
    ]
    context = {"groups": groups, "crumbs": [Crumb(_("Fields of our own"))]}
    return render(request, "derived/own_fields.html", context)


def _of(entity: Entity) -> list[CustomField]:
    found = CustomField.objects.filter(entity=entity.name).exclude(state=FieldState.DELETED)
    return sorted(found, key=lambda each: (each.state == FieldState.RETIRED, each.place, each.pk))


def _line(held: CustomField) -> Line:
    kind = KINDS[FieldKind(held.kind)]
    required = {
        Required.ALWAYS: _("always required"),
        Required.KINDS: _("required for some kinds"),
    }.get(Required(held.required), "")
    is_retired = held.state == FieldState.RETIRED
    return Line(held.label, kind.label, kind.icon, held.key, required, is_retired, f"{FIELDS}/{held.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: ActorRequest, entity_name: str) -> HttpResponse:
    """Let a kind be chosen, then ask for the rest; add the field."""
    defining.refuse_others(request.actor)
    entity = defining.adaptable_named(entity_name)
    if request.method != "POST":
        kind, source = request.GET.get("kind", ""), request.GET.get("source", "")
        if kind not in set(FieldKind):
            return _kinds(request, entity)
        if needs_source(entity, kind, source):
            return _sources(request, entity)
        return _form(request, entity, FieldKind(kind), typed=_values(None) | {"source": source})
    kind = request.POST.get("kind", "")
    if kind not in set(FieldKind):
        return _kinds(request, entity)
    given = _given(request, FieldKind(kind), entity, None)
    if "try" in request.POST:
        return _form(
            request, entity, FieldKind(kind), typed=given, **tried(entity, kind, given, None, request)
        )
    try:
        made = defining.define(entity, {**given, "kind": kind}, actor=request.actor)
    except InvalidValues as error:
        return _form(request, entity, FieldKind(kind), typed=given, problems=error.problems)
    except Refused as error:
        refused = [FieldProblem("", error.code, str(error))]
        return _form(request, entity, FieldKind(kind), typed=given, problems=refused, status=409)
    sentence = _("The field is there: in forms, lists, filters, files and the API.")
    if kind in DERIVED_KINDS:
        sentence = _("The field is there. The values of all records are being worked out in the background.")
    messages.success(request, sentence)
    return HttpResponseRedirect(f"{FIELDS}/{made.pk}")


def _kinds(request: ActorRequest, entity: Entity) -> HttpResponse:
    address = f"{FIELDS}/{entity.name}/new"
    context = {
        "title": _("New field: %(what)s") % {"what": entity.labels},
        "text": _("What is it to hold? This cannot be changed later."),
        "nothing": "",
        "kinds": [
            {"label": each.label, "help": each.help, "icon": each.icon, "url": f"{address}?kind={kind.value}"}
            for kind, each in KINDS.items()
        ],
        "crumbs": [Crumb(_("Fields of our own"), FIELDS), Crumb(_("New field"))],
    }
    return render(request, "derived/own_field_kinds.html", context)


def _sources(request: ActorRequest, entity: Entity) -> HttpResponse:
    """Let one say first which records are added up: what can be said of them depends on it."""
    address = f"{FIELDS}/{entity.name}/new?kind={FieldKind.ROLLUP.value}"
    context = {
        "title": _("New roll-up: %(what)s") % {"what": entity.labels},
        "text": _("Which records are to be added up? This cannot be changed later."),
        "nothing": _(
            "No records link to this kind yet. Make a field of the kind “Link” that leads here first."
        ),
        "kinds": [
            {
                "label": each.label,
                "help": "",
                "icon": each.entity.icon if each.entity else "link",
                "url": f"{address}&source={each.key}",
            }
            for each in sources_of(entity)
        ],
        "crumbs": [Crumb(_("Fields of our own"), FIELDS), Crumb(_("New field"))],
    }
    return render(request, "derived/own_field_kinds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: ActorRequest, field_id: int) -> HttpResponse:
    """Show what a definition says, or change it."""
    defining.refuse_others(request.actor)
    held = defining.definition(field_id)
    entity, kind = defining.adaptable_named(held.entity), FieldKind(held.kind)
    if request.method != "POST":
        return _form(request, entity, kind, held=held)
    given = _given(request, kind, entity, held)
    if "share" in request.POST:
        return _share(request, entity, held)
    if "up" in request.POST or "down" in request.POST:
        return _form(request, entity, kind, held=held, typed=_moved(given, request.POST))
    if "try" in request.POST:
        return _form(
            request, entity, kind, held=held, typed=given, **tried(entity, kind.value, given, held, request)
        )
    try:
        defining.alter(field_id, given, version=_version(request), actor=request.actor)
    except InvalidValues as error:
        return _form(request, entity, kind, held=held, typed=given, problems=error.problems)
    except Refused as error:
        refused = [FieldProblem("", error.code, str(error))]
        if isinstance(error, defining.DefinitionChanged):
            refused += _saved_meanwhile(defining.definition(field_id), given)
        return _form(request, entity, kind, held=held, typed=given, problems=refused, status=409)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(FIELDS)


def _share(request: ActorRequest, entity: Entity, held: CustomField) -> HttpResponse:
    """Make a list of the field's options, and lead there."""
    try:
        name = defining.share_options(held.pk, version=_version(request), actor=request.actor)
    except Refused as error:
        problem = error.problems[0].message if isinstance(error, InvalidValues) else str(error)
        refused = [FieldProblem("", error.code, problem)]
        return _form(request, entity, FieldKind(held.kind), held=held, problems=refused, status=409)
    messages.success(request, _("Other fields can take their options from this list now."))
    return HttpResponseRedirect(f"{CHOICES}/{name}")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def take(request: ActorRequest, field_id: int, verb: str) -> HttpResponse:
    """Tell what uses a field before it is retired or deleted; do that, or bring it back, when confirmed."""
    defining.refuse_others(request.actor)
    held = defining.definition(field_id)
    if verb not in _STEPS:
        raise NotFound
    if request.method != "POST":
        return _asked(request, held, verb)
    typed = request.POST.get("typed", "").strip()
    if verb == "delete" and typed.casefold() != held.label.casefold():
        problem = _("Type the name of the field, “%(field)s”, so that none is deleted by mistake.")
        return _asked(request, held, verb, problem % {"field": held.label}, status=422)
    try:
        if verb == "delete":
            defining.delete(field_id, version=_version(request), actor=request.actor)
        else:
            step = defining.retire if verb == "retire" else defining.restore
            step(field_id, version=_version(request), actor=request.actor)
    except Refused as error:
        return _asked(request, held, verb, str(error), status=409)
    messages.success(request, str(_STEPS[verb]) % {"field": held.label})
    return HttpResponseRedirect(FIELDS)


#: What is said when a step is done.
_STEPS: Mapping[str, Label] = {
    "retire": gettext_lazy("“%(field)s” is no longer used. Its values stay where they are."),
    "restore": gettext_lazy("“%(field)s” is in use again, with its values."),
    "delete": gettext_lazy("“%(field)s” is deleted. Its values are being removed in the background."),
}


def _asked(
    request: ActorRequest, held: CustomField, verb: str, problem: str = "", *, status: int = 200
) -> HttpResponse:
    titles = {
        "retire": _("Retire “%(field)s”"),
        "restore": _("Use “%(field)s” again"),
        "delete": _("Delete “%(field)s”"),
    }
    context = {
        "title": titles[verb] % {"field": held.label},
        "is_delete": verb == "delete",
        "is_retire": verb == "retire",
        "button": {"delete": _("Delete"), "retire": _("Stop using it"), "restore": _("Use again")}[verb],
        "held": held,
        "uses": _used(uses_of(held)),
        "problem": problem,
        "action": f"{FIELDS}/{held.pk}/{verb}",
        "back_url": f"{FIELDS}/{held.pk}",
        "crumbs": [
            Crumb(_("Fields of our own"), FIELDS),
            Crumb(held.label, f"{FIELDS}/{held.pk}"),
            Crumb(titles[verb] % {"field": held.label}),
        ],
    }
    return render(request, "derived/own_field_gone.html", context, status=status)


def _used(uses: Uses) -> list[dict[str, str]]:
    """Say what uses a field; nothing is said of what there is none of, but for the values."""
    records = f"{so(uses.records)}+" if uses.is_more else so(uses.records)
    said = [
        (_("Records with a value"), records),
        (_("Kept views"), ", ".join(uses.views)),
        (_("Remembered import mappings"), so(uses.mappings) if uses.mappings else ""),
        (_("Indexes"), ", ".join(uses.indexes)),
        (_("Roles with a limit on it"), ", ".join(uses.roles)),
        (_("Forms with a place for it"), ", ".join(uses.forms)),
        (_("Formulas and roll-ups that follow from it"), ", ".join(uses.followers)),
    ]
    return [{"label": label, "value": value} for label, value in said if value]


def _version(request: ActorRequest) -> int:
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    return version


def _given(
    request: ActorRequest, kind: FieldKind, entity: Entity, held: CustomField | None
) -> dict[str, Any]:
    """Read what the form sent, as `defining` takes it."""
    post = request.POST
    if kind in DERIVED_KINDS:
        named = {} if held is not None else {"key": post.get("key", "")}
        words = {name: post.get(name, "") for name in ("label", "help")}
        return {**words, **named, **said_of_following(post, kind, held)}
    wanted = post.get("required", Required.NEVER.value)
    given: dict[str, Any] = {
        "label": post.get("label", ""),
        "help": post.get("help", ""),
        "required": wanted,
        "required_kinds": post.getlist("required_kinds") if wanted == Required.KINDS else [],
        "required_by": post.getlist("required_by"),
        "searched": bool(post.get("searched")),
    }
    if kind is not FieldKind.LINK:
        given["default"] = bool(post.get("default")) if kind is FieldKind.FLAG else _default_sent(post, kind)
    if held is None:
        given["key"] = post.get("key", "")
    if kind in WITH_OPTIONS:
        given["options"] = _options_sent(post)
        if held is None:
            given["list_name"] = post.get("list_name", "")
    if kind in WITH_LIMITS:
        given |= {name: post.get(name, "") for name in ("least", "most")}
    if kind is FieldKind.DECIMAL:
        given["digits"] = post.get("digits", "")
    if kind is FieldKind.LINK and held is None:
        given["to"] = post.get("to", "")
    return given


def _moved(given: Mapping[str, Any], post: Any) -> dict[str, Any]:
    """Move one option up or down among those that the form sent; nothing is kept before it is saved."""
    step, code = (-1, post["up"]) if "up" in post else (1, post["down"])
    options = list(given.get("options") or [])
    place = next((place for place, each in enumerate(options) if each.get("code") == code), None)
    if place is not None and 0 <= place + step < sum(1 for each in options if each.get("code")):
        options[place], options[place + step] = options[place + step], options[place]
    return {**given, "options": options, "focus": f"{'up' if step < 0 else 'down'}:{code}"}


def _default_sent(post: Any, kind: FieldKind) -> Any:
    text = post.get("default", "").strip()
    return [each.strip() for each in text.split(",") if each.strip()] if kind is FieldKind.CHOICES else text


def _options_sent(post: Any) -> list[dict[str, Any]]:
    """Read the known options with their words, then the new ones, a line each."""
    labels, retired = post.getlist("option_label"), set(post.getlist("option_retired"))
    known = [
        {"code": code, "label": labels[place] if place < len(labels) else "", "is_retired": code in retired}
        for place, code in enumerate(post.getlist("option_code"))
    ]
    return [*known, *({"label": line} for line in post.get("new_options", "").splitlines() if line.strip())]


def _form(
    request: ActorRequest,
    entity: Entity,
    kind: FieldKind,
    *,
    held: CustomField | None = None,
    typed: Mapping[str, Any] | None = None,
    problems: Sequence[FieldProblem] = (),
    status: int = 422,
    samples: Sequence[Mapping[str, Any]] | None = None,
) -> HttpResponse:
    values = defaultdict(str, typed if typed is not None else _values(held))
    if isinstance(values["default"], list):
        values["default"] = ", ".join(values["default"])  # as it was typed
    errors: dict[str, str] = defaultdict(str)
    for each in problems:
        errors[each.field] = errors[each.field] or str(each.message)
    options = values.get("options") or []
    title = held.label if held else _("New field: %(what)s") % {"what": KINDS[kind].label}
    context = {
        "title": title,
        "held": held,
        "kind": kind.value,
        "is_flag": kind is FieldKind.FLAG,
        "may_be_searched": kind in SEARCHABLE,
        "is_decimal": kind is FieldKind.DECIMAL,
        "is_choices": kind is FieldKind.CHOICES,
        "asks_to": kind is FieldKind.LINK and held is None,
        "has_default": kind not in (FieldKind.LINK, FieldKind.FLAG, *DERIVED_KINDS),
        "is_following": kind in DERIVED_KINDS,
        "following": shown_of_following(entity, kind, held, values) if kind in DERIVED_KINDS else None,
        "functions": FUNCTIONS,
        "samples": samples,
        "is_retired": held is not None and held.state == FieldState.RETIRED,
        "kind_label": KINDS[kind].label,
        "values": values,
        "errors": errors,
        "problems": [
            Problem(each.message, CONTROLS.get(each.field, ""), f"f-{each.field}" if each.field else "")
            for each in problems
        ],
        "action": f"{FIELDS}/{held.pk}" if held else f"{FIELDS}/{entity.name}/new",
        **option_parts(kind, held),
        "focus": values.get("focus", ""),
        "options": [each for each in options if each.get("code")],
        "new_options": "\n".join(each["label"] for each in options if not each.get("code")),
        "has_limits": kind in WITH_LIMITS,
        "targets": [{"value": each.name, "label": each.labels} for each in all_entities()],
        "required_choices": _required_choices(entity),
        "record_kinds": [{"value": code, "label": label} for code, label in kinds_of(entity).items()],
        "steps": [{"value": each.verb, "label": each.label} for each in entity.actions],
        "indexes": _indexes(entity, held) if held else [],
        "indexes_url": INDEXES,
        "retire_url": f"{FIELDS}/{held.pk}/{_turn(held)}" if held else "",
        "delete_url": f"{FIELDS}/{held.pk}/delete" if held else "",
        "back_url": FIELDS,
        "crumbs": [Crumb(_("Fields of our own"), FIELDS), Crumb(title)],
    }
    return render(request, "derived/own_field.html", context, status=status if problems else 200)


def _saved_meanwhile(held: CustomField, typed: Mapping[str, Any]) -> list[FieldProblem]:
    """Show beside what was typed what somebody else saved, so that saving again takes nothing back unseen."""
    saved = _values(held)
    words = {Required.NEVER.value: _("Never"), Required.ALWAYS.value: _("Always, of new records")}
    names = ("label", "help", "default", "least", "most", "formula", "where", "what", "of")
    shown = {name: str(saved.get(name) or "") for name in names}
    mine = {name: _as_typed(typed.get(name)) for name in shown}
    found = [name for name in shown if name in typed and shown[name] != mine[name]]
    if "required" in saved and saved["required"] != typed.get("required"):
        found.append("required")
        shown["required"] = words.get(saved["required"], _("Of new records of some kinds"))
    options = [each["label"] for each in saved["options"]]
    if "options" in typed and options != [each["label"] for each in typed["options"]]:
        found.append("options")
        shown["options"] = ", ".join(options)
    sentence = _("Saved now: “%(value)s”.")
    return [FieldProblem(name, "stale", sentence % {"value": shown[name]}) for name in found]


def _as_typed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")


def _turn(held: CustomField) -> str:
    return "restore" if held.state == FieldState.RETIRED else "retire"


def _required_choices(entity: Entity) -> list[dict[str, Any]]:
    found = [
        {"value": Required.NEVER.value, "label": _("Never")},
        {"value": Required.ALWAYS.value, "label": _("Always, of new records")},
    ]
    if kinds_of(entity):
        found.append({"value": Required.KINDS.value, "label": _("Of new records of some kinds")})
    return found


def _values(held: CustomField | None) -> dict[str, Any]:
    """Give what the controls of a definition show."""
    if held is None:
        return {"required": Required.NEVER.value, "required_kinds": [], "required_by": [], "options": []}
    field = field_of(held)
    if held.kind in DERIVED_KINDS:
        return {"label": held.label, "help": held.help, "key": held.key, "options": [], **written(held)}
    values: dict[str, Any] = {
        "label": held.label,
        "help": held.help,
        "key": held.key,
        "required": held.required,
        "required_kinds": held.required_kinds,
        "required_by": held.required_by,
        "searched": held.searched,
        "options": held.options,
        "list_name": held.limits.get("list", ""),
        **held.limits,
    }
    default = field.default if field else None
    if default is not None and field is not None:
        words = held.kind in (FieldKind.CHOICE, FieldKind.CHOICES)
        shown = field.show(default).replace(" · ", ", ") if words else field.entered(default)
        values["default"] = default if held.kind == FieldKind.FLAG else shown
    return values


def _indexes(entity: Entity, held: CustomField) -> list[dict[str, Any]]:
    """List what lists can be made quick for by this field: which stand, which can be asked for."""
    found = []
    for plan in all_plans(entity):
        if plan.field.name == f"{OWN}{held.key}":
            words = _("Order and filter") if plan.method == "btree" and plan.operators else ""
            words = words or (_("Order") if plan.purpose == "sort" else _("Filter"))
            found.append({"words": words, "is_there": is_there(plan), "url": offer_url([plan])})
    return found
