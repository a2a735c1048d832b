"""Keep what a list shows under a name, and look after the views that one keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotFound
from duyen.entities.fields import Label
from duyen.entities.views import saving
from duyen.entities.views.reading import KeptView, may_administer, roles_opened_with, views_of
from duyen.entities.views.state import fitted
from duyen.entities.words import Audience
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.org.queries import role_names, unit_names
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.conditions import chips
from duyen.surfaces.web.pages.list_state import read_state
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.state import VIEW, ListState
from duyen.surfaces.web.shell import Crumb

_AUDIENCES: Mapping[Audience, Label] = {
    Audience.ME: gettext_lazy("Only me"),
    Audience.UNIT: gettext_lazy("A unit and those below it"),
    Audience.ALL: gettext_lazy("Everybody who has this list"),
}


def view_url(entity: Entity, view_id: int) -> str:
    """Give the address of a list as a view shows it."""
    return f"{list_url(entity)}?{VIEW}={view_id}"


@page
def keep(request: ActorRequest, entities: str) -> HttpResponse:
    """Ask for the name of a new view and for whom it is, and keep it."""
    entity = opened(request, entities)
    state = read_state(request, entity)
    problems: Sequence[FieldProblem] = ()
    if request.method == "POST":
        try:
            view = saving.save_view(
                entity,
                actor=request.actor,
                name=request.POST.get("name", ""),
                state=state.shown,
                for_whom=_for_whom(request.POST),
            )
        except InvalidValues as error:
            problems = error.problems
        else:
            if request.POST.get("first"):
                saving.open_with(entity, view.pk, actor=request.actor)
            messages.success(request, _("Saved the view “%(name)s”.") % {"name": view.name})
            return _go(request, view_url(entity, view.pk))
    context = _form(request, entity, state, problems)
    status = 422 if problems else 200
    if is_fragment(request):
        return HttpResponse(render_block(request, "derived/keep_view.html", "dialog", context), status=status)
    return render(request, "derived/keep_view.html", context, status=status)


def _form(
    request: ActorRequest, entity: Entity, state: ListState, problems: Sequence[FieldProblem]
) -> dict[str, Any]:
    told = {each.field: str(each.message) for each in problems}
    audiences, units = _choices(entity, request.actor)
    return {
        "entity": entity,
        "action": state.url("views/new"),
        "cancel_url": state.url(),
        "chips": chips(state, request.actor),
        "name": request.POST.get("name", ""),
        "name_error": told.get("name", ""),
        "audiences": audiences,
        "audience": request.POST.get("audience", Audience.ME.value),
        "units": units,
        "unit": request.POST.get("unit", ""),
        "unit_error": told.get("unit", ""),
        "is_first": bool(request.POST.get("first")),
        "crumbs": [Crumb(entity.labels, state.url()), Crumb(_("Save the view"))],
    }


def _choices(entity: Entity, actor: Actor) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """List to whom this reader may give a view, and which units there are to choose from."""
    changes = actor.scope(entity.name, CHANGE)
    units: list[dict[str, object]] = [
        {"value": str(unit_id), "label": name}
        for unit_id, name in unit_names()
        if changes.everything or unit_id in changes.units
    ]
    offered = [
        Audience.ME,
        *([Audience.UNIT] if units else []),
        *([Audience.ALL] if changes.everything else []),
    ]
    return [{"value": each.value, "label": _AUDIENCES[each]} for each in offered], units


def _for_whom(sent: QueryDict) -> saving.ForWhom:
    text = sent.get("audience", Audience.ME.value)
    try:
        audience = Audience(text)
    except ValueError as error:
        raise BadRequest(what=_("say for whom the view is.")) from error
    unit = sent.get("unit", "")
    is_unit = audience is Audience.UNIT and unit.isascii() and unit.isdecimal() and len(unit) < 19
    return saving.ForWhom(audience, int(unit) if is_unit else None)


def _go(request: ActorRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if is_fragment(request) else HttpResponseRedirect(url)


@dataclass(frozen=True)
class Line:
    """One view on the page where views are looked after."""

    id: int
    name: str
    url: str
    for_whom: Label
    chips: Sequence[object]
    left_out: Sequence[str]
    is_first: bool
    may_change: bool
    audience: str
    unit: str
    roles: Sequence[str]


@page
def manage(request: ActorRequest, entities: str) -> HttpResponse:
    """Show the views that one finds on a list, and what can be done with each."""
    entity = opened(request, entities)
    actor = request.actor
    names, roles = dict(unit_names()), roles_opened_with(entity)
    audiences, units = _choices(entity, actor)
    context = {
        "entity": entity,
        "list_url": list_url(entity),
        "lines": [_line(entity, actor, each, names, roles) for each in views_of(entity, actor)],
        "audiences": audiences,
        "units": units,
        "roles": [{"value": str(role_id), "label": name} for role_id, name in role_names()]
        if may_administer(entity, actor)
        else [],
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(_("Views"))],
    }
    return render(request, "derived/views.html", context)


def _line(
    entity: Entity,
    actor: Actor,
    view: KeptView,
    units: Mapping[int, str],
    roles: Mapping[int, Sequence[str]],
) -> Line:
    shown, left = fitted(view.state, entity, actor)
    whom = units.get(view.unit_id or 0, "") if view.audience is Audience.UNIT else _AUDIENCES[view.audience]
    return Line(
        view.id,
        view.name,
        view_url(entity, view.id),
        whom,
        chips(ListState(entity, shown), actor),
        left,
        view.is_first_for_me,
        view.is_mine_to_change,
        view.audience.value,
        str(view.unit_id or ""),
        roles.get(view.id, ()),
    )


@page
def step(request: ActorRequest, entities: str, view_id: int, step: str) -> HttpResponse:
    """Take one step with a kept view: change, delete, restore, move, open the list with it."""
    entity = opened(request, entities)
    take = _STEPS.get(step)
    if take is None:
        raise NotFound
    if request.method != "POST":
        return HttpResponseRedirect(f"{list_url(entity)}/views")
    told = take(entity, view_id, request)
    if told:
        undo = f"{list_url(entity)}/views/{view_id}/restore" if step == "delete" else ""
        messages.success(request, told, extra_tags=undo)
    back = view_url(entity, view_id) if step in ("save", "restore") else f"{list_url(entity)}/views"
    return _go(request, back)


def _save(entity: Entity, view_id: int, request: ActorRequest) -> str:
    state = read_state(request, entity)
    view = saving.change_view(entity, view_id, actor=request.actor, state=state.shown)
    return _("Saved the view “%(name)s”.") % {"name": view.name}


def _change(entity: Entity, view_id: int, request: ActorRequest) -> str:
    sent = request.POST
    view = saving.change_view(
        entity,
        view_id,
        actor=request.actor,
        name=sent.get("name"),
        for_whom=_for_whom(sent) if "audience" in sent else None,
    )
    return _("Saved the view “%(name)s”.") % {"name": view.name}


def _delete(entity: Entity, view_id: int, request: ActorRequest) -> str:
    view = saving.delete_view(entity, view_id, actor=request.actor)
    return _("Deleted the view “%(name)s”.") % {"name": view.name}


def _restore(entity: Entity, view_id: int, request: ActorRequest) -> str:
    view = saving.restore_view(entity, view_id, actor=request.actor)
    return _("The view “%(name)s” is back.") % {"name": view.name}


def _move(*, earlier: bool) -> Callable[[Entity, int, ActorRequest], str]:
    def take(entity: Entity, view_id: int, request: ActorRequest) -> str:
        saving.move_view(entity, view_id, actor=request.actor, earlier=earlier)
        return ""

    return take


def _first(entity: Entity, view_id: int, request: ActorRequest) -> str:
    saving.open_with(entity, view_id, actor=request.actor)
    return _("The list opens with this view from now on.")


def _not_first(entity: Entity, view_id: int, request: ActorRequest) -> str:
    saving.open_with(entity, None, actor=request.actor)
    return _("The list opens as usual from now on.")


def _first_for_role(entity: Entity, view_id: int, request: ActorRequest) -> str:
    role = request.POST.get("role", "")
    if not (role.isascii() and role.isdecimal() and len(role) < 19):
        raise InvalidValues([FieldProblem("role", "link", _("Choose a role."))])
    saving.open_with(entity, view_id, actor=request.actor, role_id=int(role))
    return _("For this role the list opens with this view, unless a person chose another one.")


_STEPS: Mapping[str, Callable[[Entity, int, ActorRequest], str]] = {
    "save": _save,
    "change": _change,
    "delete": _delete,
    "restore": _restore,
    "earlier": _move(earlier=True),
    "later": _move(earlier=False),
    "first": _first,
    "not_first": _not_first,
    "first_for_role": _first_for_role,
}
