"""My queue of leads, and the calling session: one lead at a time, an outcome by one key, then the next."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Choice, Option
from duyen.entities.fields.base import EMPTY
from duyen.entities.idempotency import Answer, KeyReused, answer_once
from duyen.entities.labels import link_labels
from duyen.entities.performing import NotNow
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.entities.timelines.declared import Asked
from duyen.entities.timelines.reading import subject_of, timeline
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, FieldLevel
from duyen.kernel.clock import now, today
from duyen.kernel.dates import DateError, read_date, show_moment
from duyen.kernel.endings import read_ending
from duyen.kernel.errors import DomainError
from duyen.modules.calling import choices, queries, rules
from duyen.modules.calling.actions import Call, MovedMeanwhile, Noted, TakenMeanwhile, note_call
from duyen.modules.calling.rules import Place, Queue
from duyen.modules.calling.words import Outcome, Turn
from duyen.modules.consents.actions import ContactDenied
from duyen.modules.consents.queries import Permission, contact_permission
from duyen.modules.consents.words import Channel, Purpose
from duyen.modules.leads import panels as of_leads
from duyen.modules.leads.queries import ends_by_name
from duyen.modules.leads.words import LeadState, Reason
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.sent_forms import fingerprint
from duyen.surfaces.web.pages.shown import shown
from duyen.surfaces.web.pages.state import address_of_list
from duyen.surfaces.web.shell import Crumb

ADDRESS = "/leads/calling"
LEAD = "calling/lead.html"
#: So many leads that were passed are known to a session, and so many last entries stand beside a lead.
_MOST_PASSED, _LAST = 50, 5
_SHOWN = 50
#: How the button of an outcome looks, where it is not like the others.
_KINDS = {Outcome.REACHED: "primary", Outcome.REFUSED: "danger"}
#: What needs a time has its button beside where the time is typed.
_BESIDE_TIME = (Outcome.CALL_BACK, Outcome.NURTURE)
#: What one has to know to speak, in this order.
_FACTS = (
    "score",
    *(
        "need",
        "products",
        "budget",
        "wanted_by",
        "current_provider",
        "provider_until",
        "source",
        "source_detail",
    ),
    *("campaign", "referrer", "addresses", "industry", "note", "tags", "first_due_at", "next_action_on"),
)
_TYPED = ("said", "when", "reason", "need", "budget", "wanted_by", "is_decider", "is_feasible")
#: What a call may tell of a lead, beside what the page shows.
_LEARNED = ("need", "budget", "wanted_by", "is_decider", "is_feasible")


def may_open(actor: Actor) -> bool:
    """Tell whether the actor works on leads and notes calls."""
    return actor.user_id is not None and actor.may("leads", CHANGE) and actor.may("activities", CREATE)


class NotInQueue(NotFound):
    """The lead is nobody's, somebody else's, or not open to the actor."""

    code = "not_in_queue"
    sentence = gettext_lazy("This lead is not in your queue: it went to somebody else. Go on with the next.")


@dataclass(frozen=True)
class Number:
    """A number that may be called, or not, with the rule."""

    phone: str
    found: Permission


@dataclass(frozen=True)
class Trail:
    """The leads that a session passed, the last one last."""

    passed: tuple[int, ...] = ()

    @classmethod
    def read(cls, text: str) -> Trail:
        found = (number_in(each) for each in text.split(","))
        return cls(tuple(each for each in found if each)[-_MOST_PASSED:])

    def beyond(self, lead_id: int) -> Trail:
        return Trail((*(each for each in self.passed if each != lead_id), lead_id)[-_MOST_PASSED:])

    def url(self, place: object = "next") -> str:
        query = urlencode({"was": ",".join(map(str, self.passed))}) if self.passed else ""
        return f"{ADDRESS}/{place}" + (f"?{query}" if query else "")

    @property
    def back_url(self) -> str:
        return replace(self, passed=self.passed[:-1]).url(self.passed[-1]) if self.passed else ""

    @property
    def was(self) -> str:
        return ",".join(map(str, self.passed))


def _open(request: ActorRequest) -> Actor:
    if not may_open(request.actor):
        raise NotAllowed(why=_("your role gives no right to work on leads and note calls."))
    return request.actor


# --- My queue ---------------------------------------------------------------------------------------------


@require_safe
@page
def overview(request: ActorRequest) -> HttpResponse:
    """Show whom to call next, who was promised a call later today, and what was done."""
    actor = _open(request)
    queue = queries.queue(actor)
    context = {
        "now": [_line(each) for each in queue.now[:_SHOWN]],
        "later": [_line(each) for each in queue.later],
        "count": len(queue.now),
        "is_cut": len(queue.now) > _SHOWN,
        "begin_url": Trail().url() if queue.now else "",
        "leads_url": address_of_list(entity_named("leads"), "mine"),
        "crumbs": [Crumb(entity_named("leads").labels, "/leads"), Crumb(_("Calling"))],
        **_done(actor),
    }
    return render(request, "calling/queue.html", context)


def _line(place: Place) -> dict[str, Any]:
    lead, temperature = place.lead, entity_named("leads").field("temperature")
    is_late = place.turn in (Turn.FIRST, Turn.PROMISED) and place.at < now()
    return {
        "title": lead.name,
        "text": " · ".join(filter(None, (temperature.show(lead.temperature), lead.company))),
        "url": Trail().url(lead.id),
        "turn": choices.TURNS[place.turn],
        "at": None if place.turn is Turn.OPEN else place.at,
        "is_late": is_late,
        "is_day": place.turn is Turn.DUE,
    }


def _done(actor: Actor) -> dict[str, int]:
    done = queries.done_today(actor)
    unreached = {rules.LOGGED[each] for each in Outcome if each not in rules.SPOKEN}
    reached = sum(count for outcome, count in done.items() if outcome and outcome not in unreached)
    return {"done": sum(done.values()), "reached": reached}


@require_safe
@page
def go_on(request: ActorRequest) -> HttpResponse:
    """Open the most urgent lead that this session has not passed."""
    actor, trail = _open(request), Trail.read(request.GET.get("was", ""))
    following = _next_of(queries.queue(actor), trail)
    if following is None:
        messages.success(request, _("That is all for now: nobody else waits for a call."))
        return HttpResponseRedirect(ADDRESS)
    return HttpResponseRedirect(trail.url(following))


def _next_of(queue: Queue, trail: Trail) -> int | None:
    return next((each.lead.id for each in queue.now if each.lead.id not in trail.passed), None)


# --- One lead ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def call(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Show what one has to know to speak to a lead, or note what came of the call."""
    actor = _open(request)
    trail = Trail.read((request.POST if request.method == "POST" else request.GET).get("was", ""))
    if request.method == "POST":
        return _note(request, lead_id, trail)
    row = row_of(entity_named("leads"), actor, lead_id)
    if row["owner_id"] != actor.user_id:
        raise NotInQueue
    return _lead(request, row, trail, {}, {})


def _note(request: ActorRequest, lead_id: int, trail: Trail) -> HttpResponse:
    """Note the call once for each form, and open the next lead."""
    actor, sent = request.actor, {name: request.POST.get(name, "").strip() for name in _TYPED}
    outcome = _outcome(request.POST.get("outcome", ""))
    errors: dict[str, str] = {}
    if outcome is None:
        errors["outcome"] = _("Choose what came of the call.")
    when = _when(sent["when"], errors)
    call = None
    if outcome is not None and not errors:
        call = Call(
            outcome=outcome,
            phone=request.POST.get("phone", ""),
            said=sent["said"],
            when=when,
            reason=sent["reason"],
            learned=_learned(request) if outcome is Outcome.QUALIFIED else {},
        )
    if call is None:
        return _again(request, lead_id, trail, sent, errors)

    def give() -> Answer:
        noted = note_call(lead_id, call, actor=actor, state=request.POST.get("state", ""))
        at = noted.again_at.isoformat() if noted.again_at else ""
        return Answer(HTTPStatus.OK, {"again_at": at, "has_other_number": noted.has_other_number})

    key = request.POST.get("key", "") or str(uuid.uuid4())
    try:
        kept = answer_once(
            actor=actor, key=key, fingerprint=fingerprint(request, f"call {lead_id}"), give=give
        )
    except InvalidValues as error:
        return _again(
            request, lead_id, trail, sent, {each.field: str(each.message) for each in error.problems}
        )
    except NotNow as error:
        lacking = " ".join(str(each.message) for each in error.reasons)
        return _again(request, lead_id, trail, sent, {"lacks": lacking})
    except ContactDenied as error:
        return _again(request, lead_id, trail, sent, {"outcome": said(error)})
    except KeyReused:
        messages.warning(request, _("This call was noted already. Nothing was noted twice."))
        return HttpResponseRedirect(trail.beyond(lead_id).url())
    except (NotFound, TakenMeanwhile, MovedMeanwhile) as error:
        return _gone(request, lead_id, trail, sent, error)
    again_at = dt.datetime.fromisoformat(kept.body["again_at"]) if kept.body["again_at"] else None
    return _noted(request, lead_id, trail, call, Noted(again_at, kept.body["has_other_number"]))


def _outcome(code: str) -> Outcome | None:
    return Outcome(code) if code in frozenset(Outcome) else None


def _when(typed: str, errors: dict[str, str]) -> dt.datetime | None:
    """Read when to call again: a day, a time, or both."""
    if not typed:
        return None
    ending = read_ending(f"x {typed}", now=now())
    try:
        day = ending.day or read_date(typed, today=today())
    except DateError as error:
        errors["when"] = said(error)
        return None
    return rules.moment_of(day, ending.time)


def _learned(request: ActorRequest) -> dict[str, object]:
    """Read what the call told that a qualified lead needs; what the page did not ask for stays."""
    leads, actor = entity_named("leads"), request.actor
    known = {each.name for each in leads.writable(actor)}
    asked = [name for name in request.POST.getlist("asks") if name in _LEARNED and name in known]
    found: dict[str, object] = {}
    for name in asked:
        typed = request.POST.get(name, "").strip()
        found[name] = bool(typed) if name.startswith("is_") else typed or None
    if found.get("need", "") is None:
        found["need"] = ""
    return found


def _noted(request: ActorRequest, lead_id: int, trail: Trail, call: Call, noted: Noted) -> HttpResponse:
    words = {"outcome": choices.OUTCOMES[call.outcome]}
    if noted.again_at is not None:
        words["at"] = show_moment(noted.again_at)
        messages.success(request, _("Noted: %(outcome)s. Next call %(at)s.") % words)
    else:
        messages.success(request, _("Noted: %(outcome)s.") % words)
    if noted.has_other_number:
        messages.info(request, _("They have another number: try that one."))
        return HttpResponseRedirect(trail.url(lead_id))
    return HttpResponseRedirect(trail.beyond(lead_id).url())


def _again(
    request: ActorRequest, lead_id: int, trail: Trail, sent: Mapping[str, str], errors: Mapping[str, str]
) -> HttpResponse:
    """Show the page again with what was typed and what stands against it."""
    try:
        row = row_of(entity_named("leads"), request.actor, lead_id)
    except NotFound as error:
        return _gone(request, lead_id, trail, sent, error)
    if row["owner_id"] != request.actor.user_id:
        taken = TakenMeanwhile(name=queries.name_of(row["owner_id"]) or _("nobody"))
        return _gone(request, lead_id, trail, sent, taken)
    return _lead(request, row, trail, sent, errors)


def _gone(
    request: ActorRequest, lead_id: int, trail: Trail, sent: Mapping[str, str], error: DomainError
) -> HttpResponse:
    """Say that the lead is another one's, or stands elsewhere by now; what was typed is not lost."""
    is_hidden = isinstance(error, NotFound)
    context = {
        "why": said(NotInQueue()) if is_hidden else said(error),
        "said": sent.get("said", ""),
        "next_url": trail.beyond(lead_id).url(),
        "open_url": "" if is_hidden else record_url(entity_named("leads"), lead_id),
        "crumbs": [Crumb(_("Calling"), ADDRESS), Crumb(_("Gone meanwhile"))],
    }
    status = HTTPStatus.NOT_FOUND if is_hidden else HTTPStatus.CONFLICT
    return render(request, "calling/gone.html", context, status=status)


def _lead(
    request: ActorRequest,
    row: Mapping[str, Any],
    trail: Trail,
    sent: Mapping[str, str],
    errors: Mapping[str, str],
) -> HttpResponse:
    actor, leads = request.actor, entity_named("leads")
    party_id = ends_by_name(row["id"])["party_id"] or 0
    purpose = rules.purpose_of_call(row["purpose"])
    phones = row["phones"] if _sees(actor, "phones") else ()
    numbers = [
        Number(each, contact_permission(party_id, Channel.CALL, purpose, address=each)) for each in phones
    ]
    callable_ = [each.phone for each in numbers if each.found.is_allowed]
    is_open = row["state"] in rules.CALLED
    context = {
        "row": row,
        "title": leads.title_of(row),
        "who": [each for each in (_show(actor, row, name) for name in ("job_title", "company")) if each],
        "honorific": _show(actor, row, "honorific"),
        "badges": _badges(actor, row),
        "is_open": is_open,
        "given_up_for": _show(actor, row, "disqualify_reason")
        if row["state"] == LeadState.DISQUALIFIED
        else "",
        "numbers": numbers,
        "callable": callable_,
        "has_several": len(callable_) > 1,
        "phone": request.POST.get("phone", "") or next(iter(callable_), ""),
        "may_note": is_open and bool(callable_),
        "is_asked_for": purpose is Purpose.SERVICE,
        "advertising": contact_permission(party_id, Channel.CALL, Purpose.MARKETING)
        if purpose is Purpose.SERVICE
        else None,
        "outcomes": [
            {
                "code": each.value,
                "label": choices.OUTCOMES[each],
                "key": str(number),
                "kind": _KINDS.get(each, ""),
            }
            for number, each in enumerate(Outcome, start=1)
            if each in rules.outcomes_in(row["state"]) and each not in _BESIDE_TIME
        ],
        "may_nurture": Outcome.NURTURE in rules.outcomes_in(row["state"]),
        "is_qualifying": request.POST.get("outcome", "") == Outcome.QUALIFIED or None,
        "tries": queries.tries(row["id"]),
        "many": rules.MANY_TRIES,
        "reasons": _reasons(),
        "asks": {each.name: True for each in leads.writable(actor) if each.name in _LEARNED},
        "sent": _typed(row, sent),
        "errors": {name: errors.get(name, "") for name in (*_TYPED, "outcome", "lacks", "phone")},
        "others": [
            text for name, text in errors.items() if name not in {*_TYPED, "outcome", "lacks", "phone"}
        ],
        "facts": _facts(actor, row),
        "raw": of_leads.as_given(actor, row),
        "last": _last(actor, row),
        "matches": of_leads.matches(actor, row),
        "key": str(uuid.uuid4()),
        "was": trail.was,
        "here": trail.url(row["id"]),
        "skip_url": trail.beyond(row["id"]).url(),
        "back_url": trail.back_url,
        "pause_url": ADDRESS,
        "open_url": record_url(leads, row["id"]),
        "crumbs": [Crumb(_("Calling"), ADDRESS), Crumb(leads.title_of(row))],
        **_done(actor),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, LEAD, context, status=status)


def _badges(actor: Actor, row: Mapping[str, Any]) -> list[Option]:
    fields = [entity_named("leads").field(name) for name in ("state", "temperature") if _sees(actor, name)]
    found = (each.option(row[each.name]) for each in fields if isinstance(each, Choice))
    return [each for each in found if each is not None]


def _sees(actor: Actor, name: str) -> bool:
    return entity_named("leads").level(actor, name) is not FieldLevel.HIDDEN


def _show(actor: Actor, row: Mapping[str, Any], name: str) -> str:
    field = entity_named("leads").field(name)
    value = field.load(row)
    return field.show(value) if _sees(actor, name) and value not in EMPTY else ""


def _facts(actor: Actor, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what is known of a lead and open to the reader, as label and value."""
    leads = entity_named("leads")
    fields = [leads.field(name) for name in _FACTS if _sees(actor, name)]
    linked = link_labels(actor, fields, [row])
    held = ((field, field.load(row)) for field in fields)
    found: list[tuple[Any, Markup]] = [
        (field.label, shown(field, value, linked, actor)) for field, value in held if value not in EMPTY
    ]
    return [{"label": label, "value": value} for label, value in found]


def _reasons() -> list[dict[str, Any]]:
    """List why somebody may have no interest; what other keys say is left out."""
    field = entity_named("leads").field("disqualify_reason")
    left_out = {each.value for each in Reason}
    offered: Sequence[Any] = field.held.offered if isinstance(field, Choice) else ()
    return [{"value": each.code, "label": each.label} for each in offered if each.code not in left_out]


def _typed(row: Mapping[str, Any], sent: Mapping[str, str]) -> dict[str, Any]:
    """Give what the form holds: what was typed, or what the lead knows already."""
    if sent:
        return dict(sent)
    known = {name: row[name] for name in _LEARNED}
    return {**dict.fromkeys(_TYPED, ""), **known, "reason": "NO_NEED"}


def _last(actor: Actor, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the last entries of the timeline in short."""
    subject = subject_of(entity_named("leads"), row, actor=actor)
    found = timeline(subject, actor=actor, asked=Asked(), limit=_LAST)
    return [
        {
            "title": each.told.title,
            "text": " · ".join(filter(None, (each.told.who, each.told.text))),
            "at": each.at,
        }
        for each in found.entries
    ]
