"""What makes a record complete: the weights by field and kind, and what other ones would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.completeness.declaring import Completeness
from duyen.entities.completeness.effect import Effect, effect_of
from duyen.entities.completeness.recomputing import all_scored, scored_named, with_candidates
from duyen.entities.completeness.rules import BANDS, Standing, Weights
from duyen.entities.completeness.weights import declared_weights, is_settled, weights_of
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.registry import all_entities
from duyen.kernel.errors import FieldProblem
from duyen.modules.administration.actions import may_weigh, read_weights, weigh
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@page
def completeness(request: ActorRequest) -> HttpResponse:
    """Show the weights; tell what those typed would do, put the first ones back, or keep them."""
    if not may_weigh(request.actor):
        raise NotAllowed(why=_("what makes a record complete is for administrators to decide."))
    scored = _chosen(request)
    if request.method != "POST":
        return _form(request, scored, _typed(scored, weights_of(scored)))
    if "reset" in request.POST:
        weights = declared_weights(scored)
        return _form(request, scored, _typed(scored, weights), weights=weights)
    weights, typed, problems = read_weights(scored, request.POST.dict())
    if problems or "preview" in request.POST:
        return _form(request, scored, typed, problems=problems, weights=None if problems else weights)
    job = weigh(scored, request.POST.dict(), actor=request.actor)
    text = _("Saved. Scores are being worked out again.") if job else _("Nothing was changed.")
    messages.success(request, text)
    return HttpResponseRedirect(f"/settings/completeness?of={scored.family}")


def _chosen(request: ActorRequest) -> Completeness:
    known = [with_candidates(each) for each in all_scored()]
    name = request.POST.get("of") or request.GET.get("of") or (known[0].family if known else "")
    found = next((each for each in known if each.family == name), None)
    if found is None:
        raise NotFound
    return found


def _typed(scored: Completeness, weights: Weights) -> dict[str, str]:
    return {
        f"{kind}:{item.name}": str(weight)
        for kind, given in weights.items()
        for item, weight in zip(scored.items, given, strict=True)
    }


def _form(
    request: ActorRequest,
    scored: Completeness,
    typed: Mapping[str, str],
    *,
    problems: Sequence[FieldProblem] = (),
    weights: Weights | None = None,
) -> HttpResponse:
    wrong = {each.field for each in problems}
    fields = next((each.by_name for each in all_entities() if _is(each.completeness, scored)), None)
    kinds = scored.kinds
    context = {
        "scored": scored,
        "others": [each for each in all_scored() if each.family != scored.family],
        "kinds": [each.label for each in kinds],
        "lines": [
            {
                "label": scored.label_of(item, fields),
                "cells": [
                    {
                        "name": f"{kind.code}:{item.name}",
                        "label": f"{scored.label_of(item, fields)}, {kind.label}",
                        "value": typed.get(f"{kind.code}:{item.name}", ""),
                        "is_wrong": f"{kind.code}:{item.name}" in wrong,
                    }
                    for kind in kinds
                ],
            }
            for item in scored.items
        ],
        "sums": [_sum(scored, kind.code, typed) for kind in kinds],
        "problems": [{"message": each.message, "label": "", "id": f"f-{each.field}"} for each in problems],
        "is_settled": is_settled(scored_named(scored.family)),
        "effect": _told(effect_of(scored, weights_of(scored), weights)) if weights is not None else None,
        "crumbs": [Crumb(_("Completeness"))],
    }
    return render(request, "administration/completeness.html", context, status=422 if problems else 200)


def _is(one: Completeness | None, other: Completeness) -> bool:
    return one is not None and one.family == other.family


def _sum(scored: Completeness, kind: str, typed: Mapping[str, str]) -> int:
    cells = (typed.get(f"{kind}:{item.name}", "") for item in scored.items)
    return sum(int(cell) for cell in cells if cell.isdecimal() and len(cell) < 4)


def _told(effect: Effect) -> dict[str, Any]:
    """Put an effect into words and numbers."""
    bands = band_labels()
    return {
        "is_sample": effect.is_sample,
        "looked_at": effect.looked_at,
        "total": effect.scaled(effect.looked_at) if effect.is_sample else effect.total,
        "bands": [
            {"label": label, "before": effect.scaled(before), "after": effect.scaled(after)}
            for label, before, after in zip(bands, effect.before.bands, effect.after.bands, strict=True)
        ],
        "before": _mean(effect.before),
        "after": _mean(effect.after),
        "moves": [
            {"from": bands[was], "to": bands[will], "count": effect.scaled(count), "is_up": will > was}
            for (was, will), count in sorted(effect.moves.items())
        ],
    }


def _mean(standing: Standing) -> float | None:
    return None if standing.mean is None else round(standing.mean, 1)


def band_labels() -> list[str]:
    """Name the bands by their scores."""
    return [f"{low}–{high - 1}%" for low, high in pairwise((*BANDS, 101))]
