"""The indexes that the company asked for: what stands, what lists were refused for, what one costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.entities.errors import NotFound, Refused
from duyen.entities.fields import Label
from duyen.entities.indexes.asking import (
    ask_index,
    is_there,
    refuse_others,
    remove_index,
    row_words,
    words_for,
)
from duyen.entities.indexes.costs import cost_of, sizes_of
from duyen.entities.indexes.plans import MOST_INDEXES, Plan, all_plans, made_indexes, plan_named
from duyen.entities.models import CompanyIndex, WantedIndex
from duyen.entities.registry import all_entities
from duyen.entities.words import IndexState
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import INDEXES, job_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_STATES: Mapping[str, tuple[Label, str]] = {
    IndexState.BUILDING: (gettext_lazy("Being built"), "blue"),
    IndexState.READY: (gettext_lazy("In use"), "green"),
    IndexState.FAILED: (gettext_lazy("Broken off"), "red"),
    IndexState.REMOVING: (gettext_lazy("Being removed"), "amber"),
}
_GONE = (gettext_lazy("Gone from the database"), "red")
_MOST_WANTED = 20
_MB = 1024 * 1024


@dataclass(frozen=True)
class Line:
    """One index of the company: what for, how it stands, what it takes."""

    id: int
    words: str
    state: Label
    tone: str
    size: str
    who: str
    at: Any
    job: Job | None
    is_in_work: bool


@dataclass(frozen=True)
class Wanted:
    """What lists were refused for, how often, and where the index is offered."""

    words: str
    times: int
    last_at: Any
    url: str


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the indexes of the company, and what people miss."""
    refuse_others(request.actor)
    lines = _lines()
    names = set(CompanyIndex._default_manager.values_list("name", flat=True))
    wanted = _wanted(names)
    context = {
        "lines": lines,
        "wanted": wanted,
        "groups": _offers(names),
        "most": MOST_INDEXES,
        "new_url": f"{INDEXES}/new",
        "crumbs": [Crumb(_("Indexes"))],
    }
    return render(request, "derived/indexes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: ActorRequest) -> HttpResponse:
    """Show what an index would cost; have it built when that is confirmed."""
    refuse_others(request.actor)
    given = request.POST if request.method == "POST" else request.GET
    plan = plan_named(*_parts(given.get("what", "")))
    if plan is None:
        raise NotFound
    if request.method != "POST":
        return _offer(request, plan, "")
    try:
        job = ask_index(plan.entity, plan.field.name, plan.purpose, actor=request.actor)
    except Refused as refusal:
        return _offer(request, plan, str(refusal))
    return HttpResponseRedirect(job_url(job.pk))


@require_POST
@page
def remove(request: ActorRequest, index_id: int) -> HttpResponse:
    """Have an index removed."""
    remove_index(index_id, actor=request.actor)
    messages.success(request, _("The index is being removed."))
    return HttpResponseRedirect(INDEXES)


def _parts(what: str) -> tuple[str, str, str]:
    entity, _dot, rest = what.partition(".")
    field, _dot, purpose = rest.rpartition(".")
    return entity, field, purpose


def _offer(request: ActorRequest, plan: Plan, problem: str) -> HttpResponse:
    cost = cost_of(plan)
    context = {
        "words": words_for(plan),
        "what": _what(plan),
        "rows": so(cost.rows),
        "size": _size(cost.bytes),
        "seconds": _duration(cost.seconds),
        "has_room": CompanyIndex._default_manager.filter(on_table=plan.table).count() < MOST_INDEXES,
        "is_there": is_there(plan),
        "problem": problem,
        "action": f"{INDEXES}/new",
        "back_url": INDEXES,
        "crumbs": [Crumb(_("Indexes"), INDEXES), Crumb(_("Build an index"))],
    }
    return render(request, "derived/index_new.html", context, status=409 if problem else 200)


def _lines() -> list[Line]:
    rows = list(
        CompanyIndex._default_manager.select_related("job", "created_by").order_by("entity", "field", "pk")
    )
    standing = {name for table in {row.on_table for row in rows} for name in made_indexes(table)}
    sizes = sizes_of([row.name for row in rows])
    return [_line(row, standing, sizes) for row in rows]


def _line(row: CompanyIndex, standing: set[str], sizes: Mapping[str, int]) -> Line:
    is_in_work = row.job is not None and row.job.state in UNFINISHED
    state, tone = _standing(row, is_in_work=is_in_work, stands=row.name in standing)
    return Line(
        id=row.pk,
        words=row_words(row),
        state=state,
        tone=tone,
        size=_size(sizes[row.name]) if row.name in sizes else "—",
        who=row.created_by.full_name if row.created_by else "—",
        at=row.created_at,
        job=row.job,
        is_in_work=is_in_work,
    )


def _standing(row: CompanyIndex, *, is_in_work: bool, stands: bool) -> tuple[Label, str]:
    """Say how an index stands; work on it that broke off without a word is told by its job."""
    if row.state == IndexState.READY:
        return _STATES[row.state] if stands else _GONE
    if is_in_work:
        return _STATES[IndexState.REMOVING if row.state == IndexState.REMOVING else IndexState.BUILDING]
    return _STATES[IndexState.FAILED]


def _wanted(names: set[str]) -> list[Wanted]:
    """List what lists were refused for and has no index yet, the most frequent first."""
    found = []
    for row in WantedIndex._default_manager.order_by("-times", "-last_at")[:_MOST_WANTED]:
        plan = plan_named(row.entity, row.field, row.purpose)
        if plan is not None and plan.name not in names:
            found.append(Wanted(words_for(plan), row.times, row.last_at, offer_url([plan])))
    return found


def _offers(names: set[str]) -> Sequence[tuple[Label, list[tuple[str, str]]]]:
    """List what could be asked for, entity by entity."""
    groups = []
    for entity in all_entities():
        plans = [each for each in all_plans(entity) if each.name not in names]
        options = [(_what(each), words_for(each)) for each in plans]
        if options:
            groups.append((entity.labels, options))
    return groups


def _what(plan: Plan) -> str:
    return f"{plan.entity.name}.{plan.field.name}.{plan.purpose}"


def offer_url(plans: Sequence[Plan]) -> str:
    """Give the address that offers the first of some indexes."""
    return f"{INDEXES}/new?{urlencode({'what': _what(plans[0])})}" if plans else ""


def _size(size: int) -> str:
    if size < _MB:
        return _("%(size)s KB") % {"size": so(max(1, size // 1024))}
    return _("%(size)s MB") % {"size": so(size // _MB)}


def _duration(seconds: int) -> str:
    if seconds < 90:
        return _("%(count)s seconds") % {"count": so(seconds)}
    return _("%(count)s minutes") % {"count": so(round(seconds / 60))}
