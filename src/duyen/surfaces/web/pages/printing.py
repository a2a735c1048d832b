"""A record for paper: what the reader may see of it, with those of its tabs that she chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.layouts.reading import arranged_for, shown_in_order
from duyen.entities.pages import Tab
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages import records, timeline
from duyen.surfaces.web.pages.addresses import HISTORY, print_url, record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.file_tab import tabs_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.shown import Drawn
from duyen.surfaces.web.pages.trail import Told, tell

TEMPLATE = "derived/print_record.html"
#: The history on paper ends after so many steps: the newest tell the most.
_MOST_STEPS = 50


@dataclass(frozen=True)
class Choice:
    """One part of the record that may go on paper."""

    name: str
    label: Label
    is_chosen: bool


@page
def print_record(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show a record for paper; without a choice all but its history."""
    entity = opened(request, entities)
    actor = request.actor
    row = row_of(entity, actor, record_id, deleted=None)
    tabs = shown_in_order([tab for tab in tabs_of(entity) if tab.fits(row)], arranged_for(entity, actor).tabs)
    names = [records.INFO, records.TIMELINE, *(each.name for each in tabs), HISTORY]
    asked = [name for name in request.GET.getlist("part") if name in names]
    chosen = set(asked or names[:-1])
    labels: dict[str, Label] = {
        records.INFO: _("Information"),
        records.TIMELINE: timeline.LABEL,
        **{each.name: each.label for each in tabs},
        HISTORY: _("History"),
    }
    context: dict[str, Any] = {
        "entity": entity,
        **records.head_of(entity, row, actor),
        "parts": records.parts_of(entity, row, actor) if records.INFO in chosen else [],
        "drawn": [
            *_timeline(request, entity, row, is_chosen=records.TIMELINE in chosen),
            *(_tab(each, row, actor) for each in tabs if each.name in chosen),
        ],
        "told": _history(entity, row, actor) if HISTORY in chosen else None,
        "choices": [Choice(name, labels[name], name in chosen) for name in names],
        "here": print_url(entity, record_id),
        "back_url": record_url(entity, record_id),
        "at": now(),
        "who": actor.name,
    }
    return render(request, TEMPLATE, context)


def _timeline(
    request: ActorRequest, entity: Entity, row: Mapping[str, Any], *, is_chosen: bool
) -> list[Drawn]:
    """Draw the newest page of the timeline, without the form above it."""
    if not is_chosen:
        return []
    content = timeline.shown_timeline(request, entity, row) | {"composer": None}
    return [Drawn(timeline.LABEL, timeline.TEMPLATE, content)]


def _tab(tab: Tab, row: Mapping[str, Any], actor: Actor) -> Drawn:
    return Drawn(tab.label, tab.template, tab.content(actor, row))


def _history(entity: Entity, row: Mapping[str, Any], actor: Actor) -> Told:
    return tell(entity, row, actor=actor, before=None, limit=_MOST_STEPS)
