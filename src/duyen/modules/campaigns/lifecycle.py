"""The states of a campaign and the commands between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Label, Text
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.foundation.access.actor import Actor
from duyen.modules.campaigns import choices
from duyen.modules.campaigns.words import CampaignState

_REASON = Text("end_reason", pgettext_lazy("campaign", "Why it is called off"), required=True, max_length=300)


def _has_first_day(row: Mapping[str, Any]) -> Label | None:
    return None if row["starts_on"] else _("it has no first day yet. Give it one.")


def _reason(_actor: Actor, _row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"end_reason": asked["end_reason"]}


def _no_reason(_actor: Actor, _row: Mapping[str, Any], _asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"end_reason": ""}


LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("campaign", "State"),
    choices.STATES,
    [
        Command(
            "start",
            _("Start the campaign"),
            from_=[CampaignState.DRAFT],
            to=CampaignState.RUNNING,
            guards=[_has_first_day],
            icon="play",
        ),
        Command(
            "complete",
            _("Complete the campaign"),
            from_=[CampaignState.RUNNING],
            to=CampaignState.COMPLETED,
            icon="check",
        ),
        Command(
            "call_off",
            _("Call the campaign off"),
            from_=[CampaignState.DRAFT, CampaignState.RUNNING],
            to=CampaignState.CANCELLED,
            asks=[_REASON],
            icon="ban",
            sets=_reason,
        ),
        Command(
            "take_up",
            _("Take the campaign up again"),
            from_=[CampaignState.COMPLETED, CampaignState.CANCELLED],
            to=CampaignState.RUNNING,
            guards=[_has_first_day],
            icon="undo-2",
            sets=_no_reason,
        ),
    ],
    since="state_since",
)
