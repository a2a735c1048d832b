"""Try a rule on last month's leads: who would have got how many, and what nobody would have got."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.assignments import choices, queries
from duyen.modules.assignments.models import AssignmentRule
from duyen.modules.assignments.rules import Outcome, Standing, assign
from duyen.modules.assignments.words import Left
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url, record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

DAYS = 30
#: So many of last month's leads are tried at most, the oldest first; the page says so.
MOST = 20_000
_SHOWN = 20


@dataclass(frozen=True)
class Share:
    """What one person would have got, and what of these leads is theirs today."""

    name: str
    would: int
    has: int


@dataclass(frozen=True)
class Trial:
    """What becomes of last month's leads: by person, by rule, what is left, and some of them."""

    count: int
    is_cut: bool
    shares: Sequence[Share]
    by_rule: Sequence[tuple[str, bool, int]]
    left: Sequence[tuple[Any, int]]
    first: Sequence[tuple[Any, str, str]]


def try_rule(rule_id: int, *, actor: Actor) -> Trial:
    """Try all rules that are on, and this one, on the leads of the last 30 days that the actor may see.

    As if everybody had been there and began with none: what counts is how the rules share, not what was.
    """
    rows = queries.rules_on(with_rule=rule_id)
    people = queries.able({person for each in rows for person in each.user_ids})
    found = queries.captured(actor, now() - dt.timedelta(days=DAYS), MOST + 1)
    is_cut, found = len(found) > MOST, found[:MOST]
    outcomes = list(assign(queries.as_rules(rows, people), (lead for lead, _owner in found), Standing()))
    would = Counter(each.person for each in outcomes if each.person is not None)
    has = Counter(owner for _lead, owner in found if owner is not None)
    names = queries.names_of(would.keys() | people)
    by_rule = Counter(each.rule for each in outcomes if each.person is not None)
    left = Counter(each.left for each in outcomes if each.left is not None)
    return Trial(
        count=len(found),
        is_cut=is_cut,
        shares=[Share(name, would[person], has[person]) for person, name in names.items()],
        by_rule=[(each.name, each.pk == rule_id, by_rule[each.pk]) for each in rows],
        left=[(choices.LEFT[reason], left[reason]) for reason in Left if left[reason]],
        first=_first(actor, _ordered(outcomes, rule_id), rows, names),
    )


def _ordered(outcomes: Sequence[Outcome], rule_id: int) -> Sequence[Outcome]:
    """Give the outcomes to show: those of the rule that is tried before the others, each as they came."""
    return sorted(outcomes, key=lambda each: each.rule != rule_id)[:_SHOWN]


def _first(
    actor: Actor, outcomes: Sequence[Outcome], rows: Sequence[AssignmentRule], names: dict[int, str]
) -> list[tuple[Any, str, str]]:
    known = labels(actor, entity_named("leads"), {each.lead for each in outcomes})
    rules = {each.pk: each.name for each in rows}
    return [
        (
            known.get(each.lead),
            rules.get(each.rule, "") if each.rule else "",
            names.get(each.person, "") if each.person else str(choices.LEFT[each.left]) if each.left else "",
        )
        for each in outcomes
    ]


@require_safe
@page
def show_trial(request: ActorRequest, record_id: int) -> HttpResponse:
    """Show what a rule would have done with last month's leads. It changes nothing."""
    entity = opened(request, "assignment_rules")
    row = row_of(entity, request.actor, record_id)
    context = {
        "rule": row,
        "days": DAYS,
        "most": MOST,
        "trial": try_rule(record_id, actor=request.actor),
        "edit_url": f"{record_url(entity, record_id)}/edit",
        "may_change": request.actor.may("assignment_rules", "change"),
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(row["name"], record_url(entity, record_id)),
            Crumb(_("Trial")),
        ],
    }
    return render(request, "assignments/trial.html", context)


urlpatterns: list[URLPattern] = [
    path("assignment_rules/<int:record_id>/try", show_trial, name="assignment_trial"),
]
