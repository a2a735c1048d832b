"""How a deal is closed, put aside and taken up again: its states, the commands, what stands against each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Amount, Choice, Day, Flag, Label, Link, Links, LongText
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.entities.writing import update_row
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.modules.opportunities import approvals, choices, queries, rules
from duyen.modules.opportunities.actions.competitors import met
from duyen.modules.opportunities.models import Encounter
from duyen.modules.opportunities.path import days_by_stage
from duyen.modules.opportunities.settings import PAPER_NEEDED
from duyen.modules.opportunities.words import UNDER_WAY, DealState, Lack

#: The right to do what a seller may not: take a lost deal up again, take one back from a late stage.
CONFIRM = "confirm"
_LACKS = {
    Lack.STAGE: mark("a deal is not won from “%(stage)s”. Move it on first."),
    Lack.LINE: mark("no product is entered."),
    Lack.PAPER: mark("no paper is attached. Attach the quote or contract that the customer accepted."),
}
_NOTE = LongText("close_note", pgettext_lazy("opportunity", "What happened"))


def _bar(row: Mapping[str, Any]) -> list[tuple[Label, str]]:
    """Give the stages of the pipeline and, at their end, how the deal was closed."""
    stages = queries.stages_of(row["pipeline_id"])
    places = [each.id for each in stages]
    here = places.index(row["stage_id"]) if row["stage_id"] in places else -1
    is_under_way = row["state"] in UNDER_WAY
    passed = here + 1 if row["state"] == DealState.WON else here
    days = days_by_stage(row)
    found: list[tuple[Label, str]] = [
        (
            _with_days(each.name, days.get(each.id)),
            "ok" if place < passed else "now" if place == here and is_under_way else "",
        )
        for place, each in enumerate(stages)
    ]
    if is_under_way:
        return [*found, (_("Won or lost"), "")]
    option = choices.STATES.held().by_code.get(row["state"])
    return [*found, (option.label if option else row["state"], "now")]


def _with_days(name: str, days: int | None) -> str:
    if days is None:
        return name
    told = ngettext("%(stage)s · %(count)s day", "%(stage)s · %(count)s days", days)
    return told % {"stage": name, "count": days}


def _against_winning(row: Mapping[str, Any]) -> Iterator[str]:
    """Say all that a deal lacks to be won, one sentence each."""
    here = queries.stage_of(row)
    if here is None:
        return
    has_paper = not setting(PAPER_NEEDED) or queries.has_paper(row["id"])
    for lack in rules.against_winning(here, has_line=bool(row["line_count"]), has_paper=has_paper):
        yield gettext(_LACKS[lack]) % {"stage": here.name}


def _won(_actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    amount = asked["actual_amount"]
    for rival in asked["beaten"]:
        _refuse_unknown("beaten", rival)
    met_at_all = sorted({*row["competitor_ids"], *asked["beaten"]})
    _refuse(rules.problems_of_beaten(met_at_all, is_nobody=asked["no_rival"]))
    return {
        "competitor_ids": met_at_all,
        "win_reason": asked["win_reason"],
        "actual_amount": amount.amount if amount else row["amount"],
        "closed_on": _day(row, asked["closed_on"]),
        "close_note": asked["close_note"],
        "probability": rules.CERTAINTY[DealState.WON],
    }


def _lost(_actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    winner = asked["lost_to"]
    if winner is not None:
        _refuse_unknown("lost_to", winner)
    gap = asked["price_gap"]
    met_now = row["competitor_ids"]
    return {
        "lost_to_id": winner,
        "competitor_ids": rules.with_id(met_now, winner) if winner else met_now,
        "loss_reason": asked["loss_reason"],
        "price_gap": gap.amount if gap else None,
        "closed_on": _day(row, asked["closed_on"]),
        "close_note": asked["close_note"],
        "probability": rules.CERTAINTY[DealState.LOST],
    }


def _refuse_unknown(field: str, competitor_id: int) -> None:
    """Refuse a competitor that is not there. Raises InvalidValues."""
    if not queries.competitor_exists(competitor_id):
        told = _("There is no such record, or it is not open to you. Choose another one.")
        raise InvalidValues([FieldProblem(field, "link", told)])


def _name_beaten(_actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Enter those who were beaten and whom nobody had entered; who stands there is beaten too."""
    for rival in asked["beaten"]:
        if not queries.meets(row["id"], rival):
            met(row, rival)


def _name_winner(actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Mark who won: a competitor that nobody had entered is entered with it."""
    winner = asked["lost_to"]
    if winner is None:
        return
    _no_winner(actor, row, asked)
    held = [each for each in queries.encounters_of(row["id"]) if each["competitor_id"] == winner]
    if held:
        update_row(Encounter, held[0]["id"], {"is_winner": True})
    else:
        met(row, winner, is_winner=True)


def _cancelled(_actor: Actor, _row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "cancel_reason": asked["cancel_reason"],
        "close_note": asked["close_note"],
        "closed_on": today(),
        "probability": rules.CERTAINTY[DealState.CANCELLED],
    }


def _held(_actor: Actor, _row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    _refuse(rules.problems_of_hold(asked["resume_on"], today()))
    return {"resume_on": asked["resume_on"]}


def _resumed(_actor: Actor, _row: Mapping[str, Any], _asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"resume_on": None}


def _was_closed_lately(row: Mapping[str, Any]) -> Label | None:
    if row["closed_on"] is None or rules.may_reopen(row["closed_on"], today()):
        return None
    return _("it was lost more than 12 months ago. Make a new one.")


def _reopened(_actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    there = rules.restart_stage(queries.stages_of(row["pipeline_id"]))
    return {
        "stage_id": there.id,
        "stage_since": now(),
        "probability": there.probability,
        "closed_on": None,
        "loss_reason": "",
        "lost_to_id": None,
        "price_gap": None,
        "close_note": asked["close_note"],
    }


def _no_winner(_actor: Actor, row: Mapping[str, Any], _asked: Mapping[str, Any]) -> None:
    for each in queries.encounters_of(row["id"]):
        if each["is_winner"]:
            update_row(Encounter, each["id"], {"is_winner": False})


def _day(row: Mapping[str, Any], given: dt.date | None) -> dt.date:
    """Give the day on which a deal was closed: today where nobody said. Raises InvalidValues."""
    closed_on = given or today()
    entered = row["created_at"].astimezone(ZONE).date()
    _refuse(rules.problems_of_closing(closed_on, today(), entered=entered))
    return closed_on


def _refuse(problems: Iterable[FieldProblem]) -> None:
    told = [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
    if told:
        raise InvalidValues(told)


_CLOSED_ON = Day("closed_on", _("Closed on"), help=_("Left empty, today."))

LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("opportunity", "State"),
    choices.STATES,
    [
        Command(
            "win",
            pgettext_lazy("opportunity", "Close as won"),
            from_=[DealState.OPEN],
            to=DealState.WON,
            asks=[
                Choice("win_reason", _("Why we won"), required=True, options=choices.WIN_REASONS),
                Links(
                    "beaten",
                    _("Competitors beaten"),
                    to=("competitors",),
                    help=_("Beside those who stand on the deal."),
                ),
                Flag("no_rival", _("There was no competitor")),
                Amount(
                    "actual_amount", _("Actual amount"), help=_("Without VAT. Left empty, that of the deal.")
                ),
                _CLOSED_ON,
                _NOTE,
            ],
            guards=[_against_winning],
            icon="trophy",
            tone="primary",
            sets=_won,
            then=_name_beaten,
        ),
        Command(
            "lose",
            pgettext_lazy("opportunity", "Close as lost"),
            from_=list(UNDER_WAY),
            to=DealState.LOST,
            asks=[
                Choice("loss_reason", _("Why we lost"), required=True, options=choices.LOSS_REASONS),
                Link("lost_to", _("Competitor who won"), to="competitors"),
                Amount(
                    "price_gap",
                    _("How much cheaper they were"),
                    help=_("Over the whole contract, where it is known."),
                ),
                _CLOSED_ON,
                _NOTE,
            ],
            icon="thumbs-down",
            approval=approvals.LOSS,
            sets=_lost,
            then=_name_winner,
        ),
        Command(
            "cancel",
            pgettext_lazy("opportunity", "Cancel the opportunity"),
            from_=list(UNDER_WAY),
            to=DealState.CANCELLED,
            asks=[
                Choice(
                    "cancel_reason", _("Why it is cancelled"), required=True, options=choices.CANCEL_REASONS
                ),
                _NOTE,
            ],
            icon="ban",
            approval=approvals.CANCELLATION,
            sets=_cancelled,
        ),
        Command(
            "hold",
            pgettext_lazy("opportunity", "Put on hold"),
            from_=[DealState.OPEN],
            to=DealState.ON_HOLD,
            asks=[
                Day(
                    "resume_on",
                    _("Take it up again on"),
                    required=True,
                    help=_("Within 180 days."),
                ),
            ],
            icon="pause",
            sets=_held,
        ),
        Command(
            "resume",
            pgettext_lazy("opportunity", "Take up again"),
            from_=[DealState.ON_HOLD],
            to=DealState.OPEN,
            icon="play",
            sets=_resumed,
        ),
        Command(
            "reopen",
            pgettext_lazy("opportunity", "Reopen the lost opportunity"),
            from_=[DealState.LOST],
            to=DealState.OPEN,
            needs=CONFIRM,
            asks=[LongText("close_note", _("What is new"), required=True)],
            guards=[_was_closed_lately],
            icon="undo-2",
            sets=_reopened,
            then=_no_winner,
        ),
    ],
    since="state_since",
    bar=_bar,
    bar_about="stage",
    at_birth=True,
    heads=("ket qua", "tinh trang", "trang thai"),
)
