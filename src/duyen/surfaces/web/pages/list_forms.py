"""The small forms of a list: a condition, several orders, the columns. Each sends an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities.beside import shown_fields
from duyen.entities.fields import Label
from duyen.entities.paging import MOST_SORTED
from duyen.entities.sorting import MOST_ORDERS, indexed, sortable
from duyen.entities.views.state import MOST_COLUMNS, Column
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages import filter_forms
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.list_frame import columns_of, orders, read_known_orders
from duyen.surfaces.web.pages.list_state import read_state
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.state import ListState
from duyen.surfaces.web.shell import Crumb

#: What the forms send: the field of a condition, the columns, the orders with their directions.
FIELD, CHOSEN, BY, TOWARDS = "field", "col", "by", "towards"


def with_sent(request: ActorRequest, state: ListState) -> ListState | None:
    """Take in what one of the small forms sent; nothing where none was sent. Raises BadRequest."""
    query = request.GET
    if FIELD in query:
        sent = filter_forms.sent_condition(state.entity, request.actor, query)
        at, beside = query.get(filter_forms.AT, ""), query.get(filter_forms.BESIDE, "")
        return state.with_part(sent, at=at, beside=beside)
    if CHOSEN in query:
        chosen = [Column.read(each) for each in query.getlist(CHOSEN)[:MOST_COLUMNS]]
        usual = [Column(name) for name in state.listing.columns]
        return state.showing(columns=() if chosen == usual else tuple(chosen))
    if BY in query:
        pairs = zip(query.getlist(BY)[:MOST_ORDERS], query.getlist(TOWARDS)[:MOST_ORDERS], strict=False)
        words = dict.fromkeys(("-" if towards == "down" else "") + by for by, towards in pairs if by)
        return state.ordered(",".join(words))
    return None


@page
def filter_form(request: ActorRequest, entities: str) -> HttpResponse:
    """Show the small form for one condition, or the fields to choose from."""
    entity = opened(request, entities)
    state = read_state(request, entity)
    path = request.GET.get(FIELD, "")
    context: dict[str, Any] = {"entity": entity, "list_url": list_url(entity)}
    if path:
        context["form"] = filter_forms.filter_form(state, path, request.actor, request.GET)
    else:
        put = [
            (name, request.GET[name])
            for name in (filter_forms.AT, filter_forms.BESIDE)
            if name in request.GET
        ]
        context["usual"], context["all_url"] = (
            filter_forms.usual_fields(state, request.actor),
            state.url("filter"),
        )
        context["groups"] = filter_forms.all_fields(state, request.actor, put)
        context["is_alternative"] = filter_forms.BESIDE in request.GET
    return _small(request, state, "derived/filter.html", "filter" if path else "fields", context)


@dataclass(frozen=True)
class OrderLine:
    """One line of the form for several orders."""

    number: int
    by: str
    is_descending: bool


@page
def sort_form(request: ActorRequest, entities: str) -> HttpResponse:
    """Show the form for several orders at once."""
    entity = opened(request, entities)
    state = read_state(request, entity)
    current = read_known_orders(state, request.actor)
    lines = [OrderLine(place + 1, each.sort.name, each.descending) for place, each in enumerate(current)]
    lines += [OrderLine(number, "", is_descending=False) for number in range(len(lines) + 1, MOST_ORDERS + 1)]
    context = {
        "entity": entity,
        "list_url": list_url(entity),
        "present": state.ordered("").pairs,
        "orders": orders(state, request.actor),
        "all_url": state.url("sort"),
        "lines": lines,
        "sorts": sortable(entity, state.listing, request.actor),
        "indexed": [str(each.label).lower() for each in indexed(entity, state.listing, request.actor)],
        "most": so(MOST_SORTED),
    }
    return _small(request, state, "derived/sort.html", "form", context)


@dataclass(frozen=True)
class ColumnChoice:
    """One field that a list may show."""

    name: str
    label: Label
    value: str
    is_shown: bool
    is_fixed: bool


@page
def column_form(request: ActorRequest, entities: str) -> HttpResponse:
    """Show the form that chooses and orders the columns."""
    entity = opened(request, entities)
    state = read_state(request, entity)
    context = {
        "entity": entity,
        "list_url": list_url(entity),
        "present": state.showing(columns=()).pairs,
        "choices": _column_choices(state, request.actor),
        "usual_url": state.showing(columns=()).url(),
    }
    return _small(request, state, "derived/columns.html", "form", context)


def _column_choices(state: ListState, actor: Actor) -> list[ColumnChoice]:
    shown = columns_of(state, actor)
    named = {field.name for field, _width in shown}
    rest = [(each, 0) for each in shown_fields(state.entity, actor).values() if each.name not in named]
    return [
        ColumnChoice(
            field.name,
            field.label,
            str(Column(field.name, width)),
            field.name in named,
            field.name == state.entity.title,
        )
        for field, width in [*shown, *rest]
    ]


def _small(
    request: ActorRequest, state: ListState, template: str, block: str, context: dict[str, Any]
) -> HttpResponse:
    """Answer with the form alone for a popover, or with a page of its own."""
    if is_fragment(request):
        into = request.headers.get("HX-Target", "")
        framed = {"dlg": f"{block}_dialog", "filter-menu": "menu", "order-menu": "menu"}.get(into, block)
        return HttpResponse(render_block(request, template, framed, context))
    words: Sequence[Crumb] = [Crumb(state.entity.labels, state.url()), Crumb(_("What the list shows"))]
    return render(request, template, context | {"crumbs": words})
