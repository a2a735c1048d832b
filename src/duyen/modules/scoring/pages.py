"""What a points model would change: how many leads go up, down or cross a threshold, with examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Choice, Option
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.modules.leads.words import Temperature
from duyen.modules.scoring import comparing, effect, panels, queries, reading
from duyen.modules.scoring.effect import Effect, Moved
from duyen.modules.scoring.rules import signed
from duyen.modules.scoring.ties import LEADS
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url, record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


@require_safe
@page
def show_effect(request: ActorRequest, record_id: int) -> HttpResponse:
    """Show what a model would do to the leads that the reader may see. It changes nothing."""
    entity = opened(request, "score_models")
    row = row_of(entity, request.actor, record_id)
    if not request.actor.may(LEADS, READ) or not panels.sees(request.actor):
        raise NotAllowed(why=_("the scores of leads are not open to you."))
    conditions = [each.condition for each in queries.criteria_of(record_id) if each.condition]
    if not all(reading.is_open_to(request.actor, json.loads(each)) for each in conditions):
        raise NotAllowed(why=_("a criterion of it looks at what is not open to you."))
    found = effect.effect_of(record_id, actor=request.actor)
    context = {
        "model": row,
        "effect": found,
        "most": effect.MOST,
        "differences": comparing.differences(record_id, request.actor),
        "bands": _bands(found),
        "crossings": _crossings(found),
        "examples": list(_examples(request.actor, found)),
        "record_url": record_url(entity, record_id),
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(row["name"], record_url(entity, record_id)),
            Crumb(_("What it would change")),
        ],
    }
    return render(request, "scoring/effect.html", context)


def _option(temperature: Temperature) -> Option:
    field = entity_named(LEADS).field("temperature")
    option = field.option(temperature.value) if isinstance(field, Choice) else None
    return option or Option(temperature.value, temperature.value)


def _bands(found: Effect) -> Sequence[tuple[Option, int, int]]:
    return [(_option(band), before, after) for band, (before, after) in found.bands.items()]


def _crossings(found: Effect) -> Sequence[tuple[Option, Option, int]]:
    order = list(Temperature)
    told = sorted(found.crossings.items(), key=lambda each: [order.index(band) for band in each[0]])
    return [(_option(was), _option(will), count) for (was, will), count in told]


def _examples(actor: Actor, found: Effect) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    groups = (
        (_("Cross a threshold"), found.crossers),
        (_("Go up most"), found.risers),
        (_("Go down most"), found.fallers),
    )
    known = labels(actor, entity_named(LEADS), {each.id for _title, group in groups for each in group})
    for title, group in groups:
        if group:
            yield title, [_example(each, known.get(each.id)) for each in group]


def _example(each: Moved, label: Any) -> Mapping[str, Any]:
    return {
        "id": each.id,
        "label": label.label if label else f"#{each.id}",
        "before": each.before,
        "after": each.after,
        "change": signed(each.after - each.before),
        "was": _option(each.was),
        "will": _option(each.will),
    }


urlpatterns: list[URLPattern] = [
    path("score_models/<int:record_id>/effect", show_effect, name="score_model_effect"),
]
