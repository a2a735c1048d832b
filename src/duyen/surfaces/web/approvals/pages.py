"""The list of requests for approval, one of them, and what is decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.entities.approvals import deciding
from duyen.entities.approvals.asking import withdraw
from duyen.entities.approvals.errors import ReasonNeeded
from duyen.entities.approvals.people import may_decide_anything
from duyen.entities.approvals.reading import Seen, Which, count_to_decide, one, requests
from duyen.entities.approvals.rules import State
from duyen.entities.approvals.telling import STATE_WORDS
from duyen.entities.errors import InvalidValues, NotFound, StaleVersion
from duyen.entities.fields import Label
from duyen.entities.guards import as_sentence
from duyen.entities.labels import labels, link_labels
from duyen.entities.performing import read_arguments, step_called
from duyen.entities.stale import changes_since
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import DELETE
from duyen.kernel.errors import DomainError
from duyen.surfaces.web.approvals.addresses import APPROVALS, request_url
from duyen.surfaces.web.approvals.shown import line
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.shown import plain, shown
from duyen.surfaces.web.shell import Crumb

_AT_ONCE = 50
_TABS: Mapping[Which, Label] = {
    Which.TO_DECIDE: gettext_lazy("For you to decide"),
    Which.MINE: gettext_lazy("Asked for by you"),
    Which.ALL: gettext_lazy("All within your rights"),
}


def _first(actor: Actor) -> Which:
    """Begin with what waits for her; where nothing does, with what she asked for herself."""
    if may_decide_anything(actor) and (
        count_to_decide(actor, most=0) or not requests(actor, Which.MINE, limit=0)
    ):
        return Which.TO_DECIDE
    return Which.MINE


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """List requests: those that were asked for, else the ones that concern the reader first."""
    asked = request.GET.get("which", "")
    which = Which(asked) if asked in tuple(Which) else _first(request.actor)
    state = request.GET.get("state", "")
    chosen = State(state) if state in tuple(State) and which is not Which.TO_DECIDE else None
    before = number_in(request.GET.get("before", ""))
    found = requests(request.actor, which, state=chosen, before=before, limit=_AT_ONCE)
    lines = [line(each) for each in found[:_AT_ONCE]]
    more = f"{_address(which, chosen)}&before={lines[-1]['id']}" if len(found) > _AT_ONCE else ""
    context = {
        "lines": lines,
        "tabs": [
            {"label": label, "url": _address(each), "is_current": each is which}
            for each, label in _TABS.items()
        ],
        "which": which.value,
        "states": [
            {"value": each.value, "label": as_sentence(str(word))} for each, word in STATE_WORDS.items()
        ]
        if which is not Which.TO_DECIDE
        else [],
        "state": state,
        "is_to_decide": which is Which.TO_DECIDE,
        "is_narrowed": chosen is not None,
        "all_url": _address(which),
        "more_url": more,
        "crumbs": [Crumb(_("Approvals"))],
    }
    return render(request, "approvals/list.html", context)


def _address(which: Which, state: State | None = None) -> str:
    return f"{APPROVALS}?which={which.value}" + (f"&state={state.value}" if state else "")


@require_safe
@page
def read(request: ActorRequest, request_id: int) -> HttpResponse:
    """Show one request: what is asked for, about what, and what changed since."""
    return _page(request, one(request.actor, request_id))


@require_http_methods(["POST"])
@page
def grant(request: ActorRequest, request_id: int) -> HttpResponse:
    """Grant a request for the record as the page showed it."""
    told = one(request.actor, request_id)
    version = number_in(request.POST.get("version", "")) or 0
    answer = request.POST.get("answer", "")
    try:
        decided = deciding.grant(request_id, actor=request.actor, version=version, answer=answer)
    except StaleVersion as error:
        again = _("%(who)s changed the record meanwhile. Look at what changed, then decide.") % error.params
        return _page(request, one(request.actor, request_id), again, answer=answer, status=409)
    if decided.problem is not None:
        stuck = _("It was not done: %(why)s") % {"why": _why(decided.problem)}
        return _page(request, one(request.actor, request_id), stuck, answer=answer, status=409)
    done = _("Granted and done: %(step)s.") % {"step": str(told.step).lower()}
    messages.success(request, done)
    return HttpResponseRedirect(APPROVALS)


def _why(problem: DomainError) -> str:
    """Say why a granted step could not be taken: of values what is wrong with each."""
    if isinstance(problem, InvalidValues) and problem.problems:
        return " ".join(str(each.message) for each in problem.problems)
    return str(problem)


@require_POST
@page
def refuse(request: ActorRequest, request_id: int) -> HttpResponse:
    """Refuse a request with its reason."""
    try:
        deciding.refuse(request_id, actor=request.actor, answer=request.POST.get("answer", ""))
    except ReasonNeeded as error:
        return _page(request, one(request.actor, request_id), wanting=str(error), status=422)
    messages.success(request, _("Refused. The one who asked is told why."))
    return HttpResponseRedirect(APPROVALS)


@require_POST
@page
def take_back(request: ActorRequest, request_id: int) -> HttpResponse:
    """Take back a request of one's own."""
    withdraw(request_id, actor=request.actor)
    messages.success(request, _("Taken back. Nothing is decided any more."))
    return HttpResponseRedirect(f"{APPROVALS}?which={Which.MINE.value}")


def _page(
    request: ActorRequest,
    told: Seen,
    problem: str = "",
    *,
    wanting: str = "",
    answer: str = "",
    status: int = 200,
) -> HttpResponse:
    actor, asked = request.actor, told.request
    row = _row(told, actor)
    context = {
        "each": line(told),
        "title": told.step,
        "problem": problem,
        "wanting": wanting,
        "answer": answer,
        "version": told.record_version or 0,
        "reasons": list(told.limit.reasons(actor, row, asked.arguments))
        if told.limit and told.tells and row
        else [],
        "given": _given(told, row, actor),
        "changes": _changes(told, row, actor) if told.is_waiting else [],
        "changed_by": _changed_by(told, row) if told.is_waiting else "",
        "grant_url": request_url(asked.pk, "grant"),
        "refuse_url": request_url(asked.pk, "refuse"),
        "withdraw_url": request_url(asked.pk, "withdraw"),
        "crumbs": [Crumb(_("Approvals"), APPROVALS), Crumb(told.step)],
    }
    return render(request, "approvals/request.html", context, status=status)


def _row(told: Seen, actor: Actor) -> Mapping[str, Any] | None:
    try:
        return row_of(told.entity, actor, told.request.record_id, deleted=None)
    except NotFound:
        return None


def _given(told: Seen, row: Mapping[str, Any] | None, actor: Actor) -> list[dict[str, Any]]:
    """Give in words what the step was asked with."""
    if row is None or told.request.verb == DELETE or not told.tells:
        return []
    arguments = told.request.arguments
    try:
        step = step_called(told.entity, told.request.verb)
        values = read_arguments(step, arguments)
    except DomainError:
        others = arguments.get("others") or []
        return _merged(told, others, actor) if others else []
    columns = {
        column: value
        for each in step.asks
        for column, value in each.store(values[each.name]).items()
        if values[each.name] not in (None, "")
    }
    linked = link_labels(actor, [each for each in step.asks if each.columns[0] in columns], [columns])
    return [
        {"label": each.label, "value": shown(each, values[each.name], linked, actor)}
        for each in step.asks
        if values[each.name] not in (None, "", (), []) and each.name != step.part
    ]


def _merged(told: Seen, others: list[int], actor: Actor) -> list[dict[str, Any]]:
    named = labels(actor, told.entity, [int(each) for each in others])
    words = [each.label or each.code or f"#{each.id}" for each in named.values()]
    return [{"label": _("Goes into it"), "value": ", ".join(words)}]


def _changes(told: Seen, row: Mapping[str, Any] | None, actor: Actor) -> list[dict[str, Any]]:
    """Name the fields that changed since it was asked for, as they were and as they are."""
    if row is None or int(row["version"]) == told.request.record_version:
        return []
    entity = told.entity
    _who, base = changes_since(entity, row["id"], told.request.record_version)
    values = entity.values(row)
    fields = [
        each for each in entity.readable(actor) if each.name in base and base[each.name] != values[each.name]
    ]
    was = {column: value for each in fields for column, value in each.store(base[each.name]).items()}
    linked = link_labels(actor, fields, [row, {**row, **was}])
    return [
        {
            "label": each.label,
            "was": plain(each, base[each.name], linked) or "—",
            "now": plain(each, values[each.name], linked) or "—",
        }
        for each in fields
    ]


def _changed_by(told: Seen, row: Mapping[str, Any] | None) -> str:
    if row is None or int(row["version"]) == told.request.record_version:
        return ""
    who, _base = changes_since(told.entity, row["id"], told.request.record_version)
    return who or "?"
