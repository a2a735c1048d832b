"""The list of an entity: tabs, chips, orders, rows that go on as one scrolls, and its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from duyen.entities import paging
from duyen.entities.counting import count
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, NotAllowed, NotFound
from duyen.entities.fields import Field, Label
from duyen.entities.labels import link_labels
from duyen.entities.linking import find_linkable
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import render_block, template_of
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages import filtering
from duyen.surfaces.web.pages.addresses import list_url, new_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.rows import draw_rows
from duyen.surfaces.web.pages.state import AFTER, ListState
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "list.html"


@dataclass(frozen=True)
class Head:
    """The head of one column: its word, where a click leads, how it is ordered now."""

    label: Label
    url: str = ""
    direction: str = ""
    is_number: bool = False
    is_title: bool = False


@dataclass(frozen=True)
class Choice:
    """One entry of the order menu or of the tabs."""

    label: Label
    url: str
    is_current: bool
    count_url: str = ""
    icon: str = ""


def opened(request: ActorRequest, name: str, verb: str = READ) -> Entity:
    """Find the entity of an address. Raises NotFound when there is none, NotAllowed without the right."""
    try:
        entity = entity_named(name)
    except KeyError as error:
        raise NotFound from error
    if not request.actor.may(entity.name, verb):
        why = _("your role gives no right to %(what)s.") % {"what": str(entity.labels).lower()}
        raise NotAllowed(why=why)
    return entity


@page
def show(request: ActorRequest, entities: str) -> HttpResponse:
    """Show a list, the part of it that changed, or its next rows."""
    entity = opened(request, entities)
    state = ListState.read(entity, request.GET)
    if "field" in request.GET:
        return _with_condition(request, state)
    after = request.GET.get(AFTER) or None
    try:
        context = _context(request.actor, state, after)
    except BadRequest as error:
        context = _frame(request.actor, state) | {
            "problem": str(error),
            "rows": "",
            "next_url": "",
            "is_empty": False,
        }
    return _answer(request, state, context, is_more=after is not None)


def _answer(
    request: ActorRequest, state: ListState, context: dict[str, Any], *, is_more: bool
) -> HttpResponse:
    status = 422 if context["problem"] else 200
    template = template_of(state.entity.name, TEMPLATE)
    if not is_fragment(request):
        response = render(request, template, context, status=status)
    elif is_more:
        response = HttpResponse(render_block(request, template, "rows", context), status=status)
    else:
        is_typed = request.headers.get("HX-Target") == "found"
        block = "found" if is_typed else "list"
        response = HttpResponse(render_block(request, template, block, context), status=status)
        response.headers["HX-Push-Url"] = state.url()
        if is_typed:
            trigger_client_event(response, "recount", {})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _with_condition(request: ActorRequest, state: ListState) -> HttpResponse:
    """Take in what the small form sent, and go to the address that says it."""
    try:
        described = _filter_field(state, request.GET["field"], request.actor)
        added = filtering.condition_from_form(described, request.GET)
    except BadRequest:
        return HttpResponseRedirect(state.url())
    return HttpResponseRedirect(state.with_condition(added).url())


def _filter_field(state: ListState, name: str, actor: Actor) -> Field:
    for each in filtering.offered(state.entity, state.listing.filters, actor):
        if each.name == name:
            return each
    raise BadRequest(what=_("there is no field “%(field)s”.") % {"field": name[:60]})


def _view(state: ListState) -> paging.View:
    conditions = filtering.conditions_for_engine(state)
    return paging.View(q=state.words, filter=conditions, sort=state.order, deleted=state.in_bin)


def _context(actor: Actor, state: ListState, after: str | None) -> dict[str, Any]:
    entity = state.entity
    found = paging.page(entity, state.listing, actor=actor, view=_view(state), after=after)
    columns = _columns(state, actor)
    linked = link_labels(actor, columns, found.rows)
    return _frame(actor, state) | {
        "problem": "",
        "rows": draw_rows(entity, columns, found.rows, linked=linked, actor=actor),
        "next_url": state.url(extra=[(AFTER, found.next)]) if found.next else "",
        "is_empty": not found.rows and after is None,
        "is_continued": after is not None,
    }


def _frame(actor: Actor, state: ListState) -> dict[str, Any]:
    """Give what stands around the rows."""
    entity = state.entity
    columns = _columns(state, actor)
    return {
        "entity": entity,
        "state": state,
        "heads": [_head(state, each) for each in columns],
        "width": len(columns) + 1,
        "tabs": _tabs(state),
        "orders": _orders(state),
        "chips": filtering.chips(state, actor),
        "filters": [
            Choice(each.label, state.url("filter", [("field", each.name)]), is_current=False)
            for each in filtering.offered(entity, state.listing.filters, actor)
        ],
        "clear_url": state.cleared().url(),
        "new_url": new_url(entity) if actor.may(entity.name, CREATE) else "",
        "bin_url": f"{list_url(entity)}?bin=1" if entity.has_bin else "",
        "list_url": list_url(entity),
        "crumbs": _crumbs(state),
        "is_continued": False,
    }


def _crumbs(state: ListState) -> list[Crumb]:
    entity = state.entity
    if state.in_bin:
        return [Crumb(entity.labels, list_url(entity)), Crumb(_("Bin"))]
    return [Crumb(entity.labels)]


def _columns(state: ListState, actor: Actor) -> list[Field]:
    readable = {each.name for each in state.entity.readable(actor)}
    return [state.entity.field(name) for name in state.listing.columns if name in readable]


def _head(state: ListState, field: Field) -> Head:
    """Make a head that orders by its column, and turns the order round when it does so already."""
    sort = next(
        (each for each in state.listing.sorts if each.column == (field.sort or field.columns[0])), None
    )
    is_title = field.name == state.entity.title
    if sort is None:
        return Head(field.label, is_number=_is_number(field), is_title=is_title)
    current, descending = state.sort()
    if current != sort:
        order = f"-{sort.name}" if sort.descending else sort.name
        return Head(field.label, state.ordered(order).url(), "", _is_number(field), is_title)
    order = sort.name if descending else f"-{sort.name}"
    direction = "descending" if descending else "ascending"
    return Head(field.label, state.ordered(order).url(), direction, _is_number(field), is_title)


def _is_number(field: Field) -> bool:
    return field.widget in ("date", "moment", "number")


def _tabs(state: ListState) -> list[Choice]:
    """Make the tabs: every declared list, and the bin while one looks into it."""
    tabs = []
    for listing in state.entity.lists:
        other = ListState(state.entity, listing)
        is_current = listing is state.listing and not state.in_bin
        counted = state if is_current else other
        tabs.append(Choice(listing.label, other.url(), is_current, counted.url("count")))
    if state.in_bin:
        tabs.append(Choice(_("Bin"), state.cleared().url(), is_current=True, count_url=state.url("count")))
    return tabs


def _orders(state: ListState) -> list[Choice]:
    current, is_descending = state.sort()
    found = []
    for sort in state.listing.sorts:
        for descending in (False, True):
            order = f"-{sort.name}" if descending else sort.name
            is_current = sort == current and descending == is_descending
            arrow = "arrow-down" if descending else "arrow-up"
            found.append(Choice(sort.label, state.ordered(order).url(), is_current, icon=arrow))
    return found


@page
def count_rows(request: ActorRequest, entities: str) -> HttpResponse:
    """Answer with the number of rows that a list holds, for its tab."""
    entity = opened(request, entities)
    state = ListState.read(entity, request.GET)
    if not is_fragment(request):
        return HttpResponseRedirect(state.url())
    try:
        found = count(entity, actor=request.actor, view=_view(state))
    except BadRequest:
        return HttpResponse()
    words = so(found.number) + ("+" if found.is_more else "")
    return HttpResponse(render_block(request, template_of(entities, TEMPLATE), "count", {"words": words}))


@page
def filter_form(request: ActorRequest, entities: str) -> HttpResponse:
    """Show the small form that adds a condition on one field."""
    entity = opened(request, entities)
    state = ListState.read(entity, request.GET)
    described = _filter_field(state, request.GET.get("field", ""), request.actor)
    context = {
        "entity": entity,
        "list_url": list_url(entity),
        "form": filtering.filter_form(state, described, request.actor),
        "crumbs": [Crumb(entity.labels, state.url()), Crumb(_("Add a filter"))],
    }
    if is_fragment(request):
        return HttpResponse(render_block(request, "derived/filter.html", "filter", context))
    return render(request, "derived/filter.html", context)


@page
def options(request: ActorRequest, entities: str) -> HttpResponse:
    """Answer a combobox with the records that the typed words find."""
    try:
        entity = entity_named(entities)
    except KeyError as error:
        raise NotFound from error
    if not is_fragment(request):
        return HttpResponseRedirect(list_url(entity))
    # A combobox sends what is typed as `field`_text.
    names = [name for name in request.GET if name == "q" or name.endswith("_text")]
    words = request.GET.get(names[0], "") if names else ""
    found = find_linkable(entity, request.actor, words) if words.strip() else []
    shown: Sequence[dict[str, object]] = [
        {"value": each.id, "label": each.label, "note": each.code} for each in found
    ]
    context = {"options": shown, "prefix": entity.name}
    return HttpResponse(render_block(request, "derived/filter.html", "options", context))
