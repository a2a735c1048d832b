"""The calls of handovers: what waits for an answer, handing over, accepting, returning, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.bulk.steps import BulkStep, check, take
from duyen.entities.calls import Asked, Call, Sample, Shape
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.fields import Choice, Link, Links, LongText, Moment, Option, Text, Whole
from duyen.entities.performing import NotNow
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel
from duyen.kernel.errors import FieldProblem
from duyen.modules.handovers import choices, home, queries, rules
from duyen.modules.handovers.actions import HAND_TO, NAME, AnsweredAlready, answer
from duyen.modules.handovers.models import Handover
from duyen.modules.handovers.words import HandoverState, Step
from duyen.modules.leads.words import LeadState

Row = dict[str, Any]
TO_ANSWER, HANDED = "to_answer", "handed"
#: What is told of the lead itself: to whoever decides about it, whoever owns it.
_TOLD = ("name", "company", "need", "source", "temperature")

_HANDOVER = Shape(
    "Handover",
    "One lead, handed over from somebody to a person or a unit. Of the lead it tells what whoever decides "
    "needs to know, and no number; fields that the reader's role does not show are empty.",
    (
        Whole("id", "Id", required=True),
        Link("lead", _("Lead"), to="leads", required=True),
        Text("name", _("Name")),
        Text("company", pgettext_lazy("handover", "Company")),
        LongText("need", _("Need")),
        Text("source", _("Source")),
        Text("temperature", _("Temperature")),
        Choice(
            "state",
            _("State"),
            required=True,
            options=tuple(Option(state, label) for state, label in choices.STATES.items()),
        ),
        Link("by", _("Handed over by"), to="users", required=True),
        Link("to", _("To whom"), to="users"),
        Link("unit", _("Unit"), to="units", required=True),
        Text("note", _("What they should know"), required=True),
        Moment("handed_at", _("Handed over at"), required=True),
        Moment("due_at", _("To be answered by"), required=True),
        Moment("answered_at", _("Answered at")),
        Link("answered_by", _("Answered by"), to="users"),
        Text("answer", _("Reason"), required=True),
    ),
)
_MADE = Shape("HandoversMade", "What was handed over, in the order of the leads.", lists={"items": _HANDOVER})
_WHICH = Choice(
    "which",
    pgettext_lazy("handover", "Which ones"),
    options=(
        Option(TO_ANSWER, _("Those that wait for my answer")),
        Option(HANDED, _("Those that I handed over")),
    ),
)
_NOTE = Text("note", _("Reason"), max_length=rules.MOST_LETTERS)


class NotHanded(NotNow):
    """Something stands against handing over some of several leads; the reasons say which and why."""

    code = "not_handed_over"
    sentence = _("%(count)s of these leads cannot be handed over. Nothing was changed.")

    def __init__(self, reasons: Sequence[FieldProblem]) -> None:
        Refused.__init__(self, count=len(reasons))
        self.reasons = tuple(reasons)


# --- Reading -----------------------------------------------------------------------------------------------


def _refuse_blind(actor: Actor) -> None:
    if not home.fits(actor):
        raise NotAllowed(why=_("your role gives no right to work on leads."))


def _list(asked: Asked) -> list[Row]:
    _refuse_blind(asked.actor)
    if asked.values["which"] == HANDED:
        held = queries.handed_by(asked.actor, before=asked.after)
    else:
        held = queries.to_answer(asked.actor, after=asked.after)
    return _rows(list(held[: asked.limit + 1]), asked.actor)


def _one(asked: Asked) -> Row:
    _refuse_blind(asked.actor)
    return _row(asked.actor, asked.id)


def _row(actor: Actor, handover_id: int) -> Row:
    held = queries.open_to(actor).filter(pk=handover_id).first()
    if held is None:
        raise NotFound
    return _rows([held], actor)[0]


def _rows(held: Sequence[Handover], actor: Actor) -> list[Row]:
    leads, entity = queries.facts_of([each.lead_id for each in held]), entity_named(NAME)
    shown = [name for name in _TOLD if entity.level(actor, name) is not FieldLevel.HIDDEN]
    columns = [each.attname for each in Handover._meta.concrete_fields]
    return [
        {
            **dict.fromkeys(_TOLD),
            **{name: leads.get(each.lead_id, {}).get(name) for name in shown},
            **{name: getattr(each, name) for name in columns},
        }
        for each in held
    ]


# --- Writing -----------------------------------------------------------------------------------------------


def _hand(asked: Asked) -> dict[str, Any]:
    """Hand over all of the leads that are named, or none."""
    _refuse_blind(asked.actor)
    leads, entity = asked.values["leads"], entity_named(NAME)
    step = BulkStep(HAND_TO.verb, {name: asked.values[name] for name in ("owner", "unit", "note")})
    check(entity, step, actor=asked.actor)
    with transaction.atomic():
        done = take(entity, step, leads, actor=asked.actor, seen={})
        against = [(each.id, each.error) for each in done.outcomes if each.error is not None]
        if len(leads) == 1 and against:
            raise against[0][1]
        if against:
            raise NotHanded([FieldProblem(f"leads.{pk}", why.code, str(why)) for pk, why in against])
        made = queries.waiting_of(leads)
    return {"ids": [made[each] for each in leads]}


def _show_made(actor: Actor, kept: dict[str, Any]) -> Row:
    held = {each.pk: each for each in queries.open_to(actor).filter(pk__in=kept["ids"])}
    return {"items": _rows([held[each] for each in kept["ids"] if each in held], actor)}


def _answer(step: Step) -> Any:
    def run(asked: Asked) -> dict[str, Any]:
        _refuse_blind(asked.actor)
        note = asked.values.get("note", "")
        return {"id": answer(asked.id, step, actor=asked.actor, note=note).pk}

    return run


def _show(actor: Actor, kept: dict[str, Any]) -> Row:
    return _row(actor, kept["id"])


# --- Examples ----------------------------------------------------------------------------------------------


def _to_read(actor: Actor) -> Sample | None:
    held = queries.open_to(actor).order_by("pk").first()
    return Sample(held.pk) if held and home.fits(actor) else None


def _to_hand(actor: Actor) -> Sample | None:
    rows = entity_named(NAME).rows(actor, CHANGE).filter(state=LeadState.NEW).order_by("pk")
    waiting = Handover.objects.filter(state=HandoverState.WAITING.value).values("lead_id")
    found = rows.exclude(pk__in=waiting).values_list("pk", "unit_id").first()
    if found is None or not home.fits(actor):
        return None
    return Sample(values={"leads": [found[0]], "unit": found[1], "note": str(_("Asked at our stand"))})


def _to_answer(actor: Actor) -> Sample | None:
    held = queries.to_answer(actor).first()
    return Sample(held.pk) if held and home.fits(actor) else None


def _to_return(actor: Actor) -> Sample | None:
    found = _to_answer(actor)
    return Sample(found.id, {"note": str(_("Outside of our area"))}) if found else None


def _to_withdraw(actor: Actor) -> Sample | None:
    held = queries.handed_by(actor).filter(state=HandoverState.WAITING.value).first()
    return Sample(held.pk) if held and home.fits(actor) else None


_ABOUT_ALL: dict[str, Any] = {"entity": NAME, "needs": CHANGE}
_ABOUT_ONE: dict[str, Any] = {**_ABOUT_ALL, "method": "POST", "gives": _HANDOVER, "show": _show}
CALLS = (
    Call(
        name="list_handovers",
        method="GET",
        path="/handovers",
        label=_("List leads that were handed over"),
        about="Those that wait for the caller's answer, the first due first; or those that she handed over, "
        "the newest first.",
        gives=_HANDOVER,
        run=_list,
        asks=(_WHICH,),
        is_list=True,
        **_ABOUT_ALL,
    ),
    Call(
        name="read_handover",
        method="GET",
        path="/handovers/{id}",
        label=_("Read one handover"),
        about="Open to whoever handed the lead over, and to those who may answer or answered.",
        gives=_HANDOVER,
        run=_one,
        sample=_to_read,
        **_ABOUT_ALL,
    ),
    Call(
        name="create_handovers",
        method="POST",
        path="/handovers",
        label=_("Hand leads over for acceptance"),
        about="Hands up to 50 new leads over to a person, or to whoever works on leads in a unit: all of "
        "them, or none. They stay with whoever hands them over until each is accepted. More of them, and "
        "those of a filter, are handed over by `POST /leads/bulk` with the verb `hand_to`.",
        gives=_MADE,
        run=_hand,
        asks=(Links("leads", _("Leads"), to=("leads",), required=True), *HAND_TO.asks),
        status=HTTPStatus.CREATED,
        show=_show_made,
        refuses=(NotNow, NotHanded),
        sample=_to_hand,
        **_ABOUT_ALL,
    ),
    Call(
        name="accept_handover",
        path="/handovers/{id}/accept",
        label=_("Accept a lead that was handed over"),
        about="The lead is the caller's from now on, and the clock of the first contact starts.",
        run=_answer(Step.ACCEPT),
        refuses=(AnsweredAlready,),
        sample=_to_answer,
        **_ABOUT_ONE,
    ),
    Call(
        name="return_handover",
        path="/handovers/{id}/return",
        label=_("Return a lead that was handed over"),
        about="The lead stays with whoever handed it over, who is told the reason.",
        run=_answer(Step.RETURN),
        asks=(_NOTE,),
        refuses=(AnsweredAlready,),
        sample=_to_return,
        **_ABOUT_ONE,
    ),
    Call(
        name="withdraw_handover",
        path="/handovers/{id}/withdraw",
        label=_("Withdraw what you handed over"),
        about="Takes back what the caller handed over, as long as nobody answered.",
        run=_answer(Step.WITHDRAW),
        refuses=(AnsweredAlready,),
        sample=_to_withdraw,
        **_ABOUT_ONE,
    ),
)
