"""The page of handed-over leads: what waits for an answer, and what became of what one handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Choice
from duyen.entities.performing import NotNow
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.clock import now
from duyen.modules.handovers import choices, home, queries, rules
from duyen.modules.handovers.actions import AnsweredAlready, answer
from duyen.modules.handovers.home import ADDRESS
from duyen.modules.handovers.models import Handover
from duyen.modules.handovers.words import HandoverState, Step
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb, OwnPage, put_into_navigation

#: No number of a record is longer.
_DIGITS = 19

_DONE: Mapping[Step, Any] = {
    Step.ACCEPT: pgettext_lazy("handover", "Accepted: the lead is yours, and the clock runs."),
    Step.RETURN: pgettext_lazy("handover", "Returned, with your reason."),
    Step.WITHDRAW: pgettext_lazy("handover", "Withdrawn: the lead stays with you."),
}


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show what waits for an answer, and what one handed over."""
    return _show(request)


def _show(request: ActorRequest, errors: Mapping[int, str] | None = None, note: str = "") -> HttpResponse:
    actor = request.actor
    if not home.fits(actor):
        raise NotAllowed(why=_("your role gives no right to work on leads."))
    waiting = list(queries.to_answer(actor)[: queries.MOST])
    handed = list(queries.handed_by(actor)[: queries.MOST])
    lines = _lines(actor, [*waiting, *handed], errors or {}, note)
    counted = dict.fromkeys(HandoverState, 0)
    for each in handed:
        counted[HandoverState(each.state)] += 1
    context = {
        "waiting": lines[: len(waiting)],
        "handed": lines[len(waiting) :],
        "counts": [
            {"label": choices.STATES[state], "value": counted[state]}
            for state in HandoverState
            if counted[state]
        ],
        "accepted": _accepted(request),
        "most": rules.MOST_LETTERS,
        "leads_url": "/leads",
        "crumbs": [Crumb(entity_named("leads").labels, "/leads"), Crumb(pgettext("handover", "Handed over"))],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "handovers/page.html", context, status=status)


def _accepted(request: ActorRequest) -> dict[str, str] | None:
    """Give the lead that the reader accepted just now, while others wait for her answer still."""
    given = request.GET.get("accepted", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < _DIGITS else 0
    held = queries.accepted_by(request.actor, number)
    if held is None or held.lead_id not in queries.open_leads(request.actor, [held.lead_id]):
        return None
    told = queries.facts_of([held.lead_id])[held.lead_id]
    return {"name": told["name"], "url": record_url(entity_named("leads"), held.lead_id)}


def _lines(
    actor: Actor, held: Sequence[Handover], errors: Mapping[int, str], note: str
) -> list[dict[str, Any]]:
    ids = [each.lead_id for each in held] or [0]
    leads, open_ = queries.facts_of(ids), queries.open_leads(actor, ids)
    people, units = queries.names_of(
        [person for each in held for person in (each.by_id, each.to_id, each.answered_by_id)] or [0],
        [each.unit_id for each in held] or [0],
    )
    entity, moment = entity_named("leads"), now()
    hidden = {name for name in queries.TOLD if entity.level(actor, name) is FieldLevel.HIDDEN}
    found = []
    for each in held:
        told = {name: "" if name in hidden else value for name, value in leads.get(each.lead_id, {}).items()}
        state = entity.field("state")
        option = state.option(told.get("state") or "") if isinstance(state, Choice) else None
        is_waiting = each.state == HandoverState.WAITING
        found.append(
            {
                "id": each.pk,
                "name": told.get("name") or _("A lead that is gone"),
                "url": record_url(entity, each.lead_id) if each.lead_id in open_ else "",
                "facts": " · ".join(
                    filter(
                        None,
                        (
                            told.get("company"),
                            *(_word(name, told.get(name)) for name in ("temperature", "source")),
                        ),
                    )
                ),
                "need": told.get("need") or "",
                "note": each.note,
                "by": people.get(each.by_id, ""),
                "to": people.get(each.to_id or 0) or units.get(each.unit_id, ""),
                "handed_at": each.handed_at,
                "due_at": each.due_at,
                "is_late": is_waiting and each.due_at < moment,
                "due_kind": "down" if each.due_at < moment else "sub",
                "is_waiting": is_waiting,
                "state": choices.STATES[HandoverState(each.state)],
                "tone": choices.TONES[HandoverState(each.state)],
                "answered_by": people.get(each.answered_by_id or 0, ""),
                "answered_at": each.answered_at,
                "answer": each.answer,
                "became": option if each.state == HandoverState.ACCEPTED else None,
                "accept_url": f"{ADDRESS}/{each.pk}/accept",
                "return_url": f"{ADDRESS}/{each.pk}/return",
                "withdraw_url": f"{ADDRESS}/{each.pk}/withdraw",
                "field": f"note-{each.pk}",
                "error": errors.get(each.pk, ""),
                "typed": note if each.pk in errors else "",
            }
        )
    return found


def _word(name: str, value: Any) -> str:
    return entity_named("leads").field(name).show(value) if value else ""


@require_POST
@page
def take_step(request: ActorRequest, handover_id: int, verb: str) -> HttpResponse:
    """Accept, return or withdraw one handover."""
    if not home.fits(request.actor):
        raise NotAllowed(why=_("your role gives no right to work on leads."))
    if verb not in frozenset(Step):
        raise NotFound
    step, note = Step(verb), request.POST.get("note", "").strip()
    address = ADDRESS
    try:
        held = answer(handover_id, step, actor=request.actor, note=note)
    except InvalidValues as error:
        return _show(request, {handover_id: " ".join(str(each.message) for each in error.problems)}, note)
    except (NotNow, AnsweredAlready) as error:
        messages.warning(request, said(error))
    else:
        messages.success(request, str(_DONE[step]))
        if step is Step.ACCEPT:
            address = _after_accepting(request.actor, held)
    return HttpResponseRedirect(address)


def _after_accepting(actor: Actor, held: Handover) -> str:
    """Lead to the lead that is the actor's now, or to what waits still, with a way to it."""
    if queries.to_answer(actor).exists():
        return f"{ADDRESS}?accepted={held.pk}"
    if held.lead_id in queries.open_leads(actor, [held.lead_id]):
        return record_url(entity_named("leads"), held.lead_id)
    return ADDRESS


put_into_navigation(
    OwnPage(
        entity_named("leads").group,
        pgettext_lazy("handover", "Handed over"),
        ADDRESS,
        "inbox",
        home.fits,
        under="/leads",
    )
)

urlpatterns: list[URLPattern] = [
    path("leads/handed-over", show, name="handed_over"),
    path("leads/handed-over/<int:handover_id>/<slug:verb>", take_step, name="handed_over_step"),
]
