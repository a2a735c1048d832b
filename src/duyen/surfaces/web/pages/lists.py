"""The list of an entity: its rows that go on as one scrolls, its counts, and its printed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event
from markupsafe import Markup

from duyen.entities import paging
from duyen.entities.beside import load_beside
from duyen.entities.counting import count
from duyen.entities.errors import BadRequest, NotFound
from duyen.entities.indexes.asking import may_keep_indexes, words_for
from duyen.entities.labels import link_labels
from duyen.entities.linking import find_linkable
from duyen.entities.registry import entity_named
from duyen.entities.totals import totals
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import render_block, template_of
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.boards import TEMPLATE as BOARD
from duyen.surfaces.web.pages.boards import board_of, more_cards
from duyen.surfaces.web.pages.calendar import calendar_of
from duyen.surfaces.web.pages.conditions import chips
from duyen.surfaces.web.pages.grid import grid_for
from duyen.surfaces.web.pages.indexes import offer_url
from duyen.surfaces.web.pages.list_forms import with_sent
from duyen.surfaces.web.pages.list_frame import columns_of, frame, total_cells
from duyen.surfaces.web.pages.list_state import Asked, read_asked, read_state, shortened
from duyen.surfaces.web.pages.months import months_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.rows import draw_each, draw_rows
from duyen.surfaces.web.pages.state import AFTER, LANE, ListState

TEMPLATE = "list.html"
#: What the way to further rows weighs at most, where there was none.
_WAY_ON = 1_000
#: A page weighs no more bytes than this (UI.md, budget); what does not fit comes as one scrolls.
MOST_BYTES = 60_000
#: A printed list holds no more rows than this; it says how many were left out.
MOST_PRINTED = 1_000


@page
def show(request: ActorRequest, entities: str) -> HttpResponse:
    """Show a list, the part of it that changed, or its next rows."""
    asked = read_asked(request, opened(request, entities))
    try:
        sent = with_sent(request, asked.state)
    except BadRequest:
        sent = asked.state
    if sent is not None:
        return HttpResponseRedirect(sent.url())
    after = request.GET.get(AFTER) or None
    if asked.state.board is not None and request.GET.get(LANE) and after and is_fragment(request):
        told = _rows(request.actor, asked, after, request.GET[LANE])
        return HttpResponse(render_block(request, BOARD, "more", told))
    if asked.state.shape is not None:
        after = None  # a lane that goes on is no page of its own
    context = _context(request.actor, asked, after)
    if not context["problem"] and after is None:
        short = shortened(request, asked.state, request.actor)
        if short is not None:
            return HttpResponseRedirect(short.url())
    return _answer(request, asked.state, context, is_more=after is not None)


def _context(actor: Actor, asked: Asked, after: str | None) -> dict[str, Any]:
    try:
        if asked.problem:
            raise BadRequest(what=asked.problem)
        return _rows(actor, asked, after)
    except BadRequest as error:
        told = asked.problem or str(error)
        offered = _offered(actor, error)
        return frame(actor, asked) | {"problem": told, "rows": "", "way_on": "", "is_empty": False} | offered


def _offered(actor: Actor, error: BadRequest) -> dict[str, str]:
    """Offer the index that a list was refused for: to build, or to ask an administrator for."""
    plans = getattr(error, "remedies", ())
    return {
        "index_words": words_for(plans[0]) if plans else "",
        "index_url": offer_url(plans) if may_keep_indexes(actor) else "",
    }


def _rows(actor: Actor, asked: Asked, after: str | None, lane: str = "") -> dict[str, Any]:
    state = asked.state
    entity = state.entity
    if lane:
        return more_cards(actor, asked, lane, after or "")
    if state.shape is not None:
        return frame(actor, asked) | {"problem": "", "way_on": "", "rows": ""} | _shaped(actor, asked)
    found = paging.page(entity, state.listing, actor=actor, view=state.view(), after=after)
    columns = [field for field, _width in columns_of(state, actor)]
    load_beside(entity, columns, found.rows)
    linked = link_labels(actor, columns, found.rows)
    around = frame(actor, asked)
    drawn = draw_each(
        entity,
        columns,
        found.rows,
        linked=linked,
        actor=actor,
        selects=around["grid"].selects,
        ticks=not state.in_bin,
    )
    return around | {
        "problem": "",
        **_standing(state, around["width"], found, drawn),
        "found": found,
        "drawn": drawn,
        "is_empty": not found.rows and after is None,
        "is_continued": after is not None,
    }


def _standing(state: ListState, width: int, found: paging.Page, drawn: Sequence[Markup]) -> dict[str, Any]:
    """Give the rows that stand on a page, and below them the way to the next ones."""
    way_on = ""
    if found.next:
        url = state.url(extra=[(AFTER, found.next)])
        way_on = _drawn_alone("more_rows.html", next_url=url, width=width)
    return {"rows": Markup("").join(drawn), "way_on": Markup(way_on)}  # noqa: S704  its template escapes


def _drawn_alone(template: str, **values: object) -> str:
    """Draw what needs nothing that stands around a page."""
    found: Any = loader.get_template(f"derived/{template}")
    return str(found.template.render(**values)).strip()


def _within_budget(request: HttpRequest, state: ListState, template: str, context: dict[str, Any]) -> str:
    """Draw the page of a list with as many of its rows as the budget of a page leaves room for."""
    whole = render_to_string(template, context, request)
    excess = len(whole.encode()) - MOST_BYTES
    drawn: Sequence[Markup] = context.get("drawn", ())
    if excess <= 0 or not drawn:
        return whole
    kept = len(drawn)
    excess += 0 if context["way_on"] else _WAY_ON
    while kept > 1 and excess > 0:
        kept -= 1
        excess -= len(drawn[kept].encode())
    fewer = _standing(state, context["width"], context["found"].cut(kept), drawn[:kept])
    return whole.replace(context["rows"] + context["way_on"], fewer["rows"] + fewer["way_on"])


def _shaped(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Give what the page needs of rows that stand in a shape. Raises BadRequest."""
    if asked.state.calendar is not None:
        return calendar_of(actor, asked)
    return months_of(actor, asked) if asked.state.months is not None else board_of(actor, asked)


def _answer(
    request: ActorRequest, state: ListState, context: dict[str, Any], *, is_more: bool
) -> HttpResponse:
    status = 422 if context["problem"] else 200
    template = template_of(state.entity.name, TEMPLATE)
    if not is_fragment(request):
        response = HttpResponse(_within_budget(request, state, template, context), status=status)
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


def list_fragment(request: ActorRequest, asked: Asked) -> str:
    """Draw a list again from its first row, as htmx puts it in the place of the one before."""
    template = template_of(asked.state.entity.name, TEMPLATE)
    return render_block(request, template, "list", _context(request.actor, asked, None))


@page
def count_rows(request: ActorRequest, entities: str) -> HttpResponse:
    """Answer with the number of rows that a list holds, for its tab."""
    entity = opened(request, entities)
    if not is_fragment(request):
        return HttpResponseRedirect(read_state(request, entity).url())
    try:
        found = count(entity, actor=request.actor, view=read_state(request, entity).view())
    except BadRequest:
        return HttpResponse()
    words = so(found.number) + ("+" if found.is_more else "")
    return HttpResponse(render_block(request, template_of(entities, TEMPLATE), "count", {"words": words}))


@page
def add_up(request: ActorRequest, entities: str) -> HttpResponse:
    """Answer with the last line of a list: how many rows, and the totals of its columns."""
    entity = opened(request, entities)
    state = read_state(request, entity)
    if not is_fragment(request):
        return HttpResponseRedirect(state.url())
    columns = [field for field, _width in columns_of(state, request.actor)]
    found = totals(entity, actor=request.actor, view=state.view(), fields=columns)
    selects = grid_for(state, columns, request.actor).selects
    context = {"cells": total_cells(columns, found, selects=selects)}
    return HttpResponse(render_block(request, template_of(entities, TEMPLATE), "foot", context))


@page
def print_list(request: ActorRequest, entities: str) -> HttpResponse:
    """Show a list for paper: its columns and rows alone, under what they were chosen by."""
    entity = opened(request, entities)
    state = read_state(request, entity)
    columns = [field for field, _width in columns_of(state, request.actor)]
    view = replace(state.view(), limit=MOST_PRINTED)
    found = paging.page(entity, state.listing, actor=request.actor, view=view)
    load_beside(entity, columns, found.rows)
    linked = link_labels(request.actor, columns, found.rows)
    context = {
        "entity": entity,
        "state": state,
        "name": state.base.name if state.base else "",
        "chips": chips(state, request.actor),
        "heads": [field.label for field in columns],
        "rows": draw_rows(entity, columns, found.rows, linked=linked, actor=request.actor),
        "most": so(MOST_PRINTED) if found.next else "",
        "back_url": state.url(),
    }
    return render(request, "derived/print_list.html", context)


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
    but = {
        number for each in request.GET.get("but", "").split(",") if (number := number_in(each)) is not None
    }
    found = find_linkable(entity, request.actor, words) if words.strip() else []
    found = [each for each in found if each.id not in but]
    shown: Sequence[dict[str, object]] = [
        {"value": each.id, "label": each.label, "note": each.code} for each in found
    ]
    context = {"options": shown, "prefix": entity.name}
    return HttpResponse(render_block(request, "derived/filter.html", "options", context))
