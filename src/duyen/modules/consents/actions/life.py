"""The life of a consent: given, withdrawn whole or by channel, and given again where that was our mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Choice, Several, Text
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.consents import choices
from duyen.modules.consents.actions.refusing import lift, suppress
from duyen.modules.consents.words import Channel, ConsentState, Purpose

Row = Mapping[str, Any]
#: The right to set right what was noted by mistake.
CORRECT = "correct"
#: Purposes whose withdrawal tells that nobody wants to be contacted at these addresses.
_CONTACTING = (Purpose.MARKETING, Purpose.SURVEY)


def _gone(row: Row, asked: Row) -> list[str]:
    """Give the channels that are withdrawn by then: those that were, and those named, or all."""
    named = set(asked["only_channels"] or row["channels"]) | set(row["refused_channels"])
    return [each for each in row["channels"] if each in named]


def _leads_to(_actor: Actor, row: Row, asked: Row) -> str:
    is_over = len(_gone(row, asked)) == len(row["channels"])
    return (ConsentState.WITHDRAWN if is_over else ConsentState.GIVEN).value


def _withdrawn(_actor: Actor, row: Row, asked: Row) -> Row:
    return {
        "withdrawn_at": now(),
        "refused_channels": _gone(row, asked),
        "refused_by": asked["refused_by"],
        "refusal": asked["refusal"] or "",
    }


def _suppressed(_actor: Actor, row: Row, _asked: Row) -> None:
    if row["purpose"] in _CONTACTING:
        channels = [Channel(each) for each in row["refused_channels"]]
        suppress(row["party_id"], channels, refused_by=row["refused_by"], at=row["withdrawn_at"])


def _reinstated(_actor: Actor, _row: Row, asked: Row) -> Row:
    return {"refused_channels": [], "refused_by": "", "refusal": asked["refusal"]}


def _lifted(_actor: Actor, row: Row, _asked: Row) -> None:
    if row["purpose"] in _CONTACTING:
        channels = [Channel(each) for each in row["channels"]]
        lift(row["party_id"], channels, since=row["withdrawn_at"])


LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("consent", "State"),
    choices.STATES,
    [
        Command(
            "withdraw",
            _("Withdraw the consent"),
            from_=[ConsentState.GIVEN],
            to=_leads_to,
            asks=[
                Choice("refused_by", _("How it was withdrawn"), options=choices.REFUSED_BY, required=True),
                Several(
                    "only_channels",
                    _("Only for these channels"),
                    known=lambda: choices.CHANNELS,
                    help=_("Left empty: all of it."),
                ),
                Text("refusal", pgettext_lazy("refusal", "What was said"), max_length=500),
            ],
            icon="ban",
            tone="danger",
            sets=_withdrawn,
            then=_suppressed,
            text=_(
                "From now on nobody is contacted on the ground of this consent, nor at the same address on "
                "another record."
            ),
        ),
        Command(
            "reinstate",
            _("Undo a withdrawal noted by mistake"),
            from_=[ConsentState.WITHDRAWN],
            to=ConsentState.GIVEN,
            needs=CORRECT,
            asks=[Text("refusal", _("Why it was a mistake"), required=True, max_length=500)],
            icon="undo-2",
            sets=_reinstated,
            then=_lifted,
            text=_("Only where the person never withdrew it. Who changed her mind agrees anew."),
        ),
    ],
    since="state_since",
)
