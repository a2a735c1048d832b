"""Won and lost: how deals ended in a period, by what; each number leads to the list of its deals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Day, Field, Link
from duyen.entities.registry import entity_named
from duyen.entities.values import read_fields
from duyen.foundation.access.words import READ
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date
from duyen.kernel.errors import FieldProblem
from duyen.modules.opportunities.actions.deals import NAME
from duyen.modules.opportunities.outcomes import Asked, Condition, Line, Outcomes, Table, may_look, outcomes
from duyen.modules.opportunities.tabs import sees
from duyen.modules.opportunities.words import DealState
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.state import pairs_of
from duyen.surfaces.web.pages.widgets import Place
from duyen.surfaces.web.shell import Crumb

#: A page that nobody asked for a period shows a year.
_USUAL = dt.timedelta(days=364)
_FIELDS: tuple[Field, ...] = (
    Day("since", gettext_lazy("Closed from")),
    Day("until", gettext_lazy("Closed until")),
    Link("unit", gettext_lazy("Unit"), to="units", help=gettext_lazy("With the units below it.")),
    Link("pipeline", gettext_lazy("Pipeline"), to="pipelines"),
)
_WON: Condition = ["state", "in", [DealState.WON.value]]
_LOST: Condition = ["state", "in", [DealState.LOST.value]]
_DECIDED: Condition = ["state", "in", [DealState.WON.value, DealState.LOST.value]]


@dataclass(frozen=True)
class Shown:
    """One line of a table with the lists behind its numbers."""

    line: Line
    url: str
    won_url: str
    lost_url: str
    lost_to_url: str
    percent: int


@dataclass(frozen=True)
class Period:
    """A period that one click asks for."""

    label: Any
    url: str
    is_current: bool


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the form, and how the deals ended that it asks for."""
    actor = request.actor
    if not may_look(actor):
        raise NotAllowed(why=_("your role gives no right to how opportunities ended."))
    fields = [each for each in _FIELDS if not isinstance(each, Link) or actor.may(each.to, READ)]
    fields = [each for each in fields if each.name in ("since", "until") or sees(actor, each.name)]
    sent = forms.read_post(fields, request.GET, actor)
    values, problems = read_fields(fields, sent.raw)
    problems = [*sent.problems, *problems]
    asked = _asked(values)
    if asked.since > asked.until:
        told = _("The period ends before it begins. Correct one of the two days.")
        problems.append(FieldProblem("until", "before", told))
    typed = {**sent.typed, "since": sent.typed["since"] or show_date(asked.since)}
    typed["until"] = sent.typed["until"] or show_date(asked.until)
    place = Place(actor, forms.links_named(actor, fields, typed))
    context: dict[str, Any] = {
        "controls": forms.controls_of(fields, typed, problems, place),
        "problems": forms.listed([each for each in problems if each.field not in typed], fields),
        "periods": _periods(asked, values),
        "crumbs": [Crumb(entity_named(NAME).labels, f"/{NAME}"), Crumb(_("Won and lost"))],
        "found": None,
    }
    if not problems:
        context |= _shown(outcomes(actor, asked), asked)
        context |= {
            "shows_sums": sees(actor, "amount", "actual_amount"),
            "shows_gap": sees(actor, "price_gap"),
        }
    return render(request, "opportunities/outcomes.html", context, status=422 if problems else 200)


def _asked(values: dict[str, Any]) -> Asked:
    until = values.get("until") or today()
    return Asked(
        values.get("since") or until - _USUAL,
        until,
        values.get("unit") or None,
        values.get("pipeline") or None,
    )


def _shown(found: Outcomes, asked: Asked) -> dict[str, Any]:
    """Give what the page draws, with the address of the list behind each number."""
    tables = [
        {
            "name": table.name,
            "title": table.title,
            "has_rivals": any(line.rival for line in table.lines),
            "is_reasons": table.is_reasons,
            "lines": [_linked(line, table, asked) for line in table.lines],
        }
        for table in found.tables
    ]
    return {
        "found": found.whole,
        "stood": found.stood,
        "tables": tables,
        "won_url": _list(asked, [_WON]),
        "lost_url": _list(asked, [_LOST]),
        "all_url": _list(asked, [_DECIDED]),
    }


def _linked(line: Line, table: Table, asked: Asked) -> Shown:
    lost_to: list[Condition] = [["lost_to", "eq", line.rival]] if line.rival else []
    of_all = sum(each.tally.decided for each in table.lines)
    return Shown(
        line,
        _list(asked, [_DECIDED, *line.conditions]),
        _list(asked, [_WON, *line.conditions]),
        _list(asked, [_LOST, *line.conditions]),
        _list(asked, [_LOST, *lost_to]) if lost_to else "",
        round(100 * line.tally.decided / of_all) if of_all else 0,
    )


def _list(asked: Asked, conditions: Sequence[Condition]) -> str:
    pairs = pairs_of([*conditions, *asked.conditions])
    return f"{list_url(entity_named(NAME))}?{urlencode([('list', 'closed'), *pairs])}"


def _periods(asked: Asked, values: dict[str, Any]) -> list[Period]:
    """Offer the periods that are asked for most, with the rest of what was asked."""
    now = today()
    quarter = dt.date(now.year, now.month - (now.month - 1) % 3, 1)
    offered = (
        (pgettext_lazy("period", "This month"), now.replace(day=1)),
        (pgettext_lazy("period", "This quarter"), quarter),
        (pgettext_lazy("period", "This year"), dt.date(now.year, 1, 1)),
        (pgettext_lazy("period", "12 months"), now - _USUAL),
    )
    rest = [(name, values[name]) for name in ("unit", "pipeline") if values.get(name)]
    return [
        Period(
            label,
            "?" + urlencode([("since", show_date(since)), ("until", show_date(now)), *rest]),
            (asked.since, asked.until) == (since, now),
        )
        for label, since in offered
    ]
