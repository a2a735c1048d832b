"""The step that notes advertising which somebody made by hand: a call, a message from a phone, a letter.

Who advertises by hand is told the rule before she does it, and what she did is noted, forbidden or not
(docs/decisions/a-call-that-was-made-is-noted.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Choice, When
from duyen.entities.pages import Preview
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.consents import choices, queries
from duyen.modules.consents.actions.contacting import note_contact
from duyen.modules.consents.words import Channel, Purpose

Row = Mapping[str, Any]
#: A mail that advertises goes out through Duyên alone, which asks and counts by itself.
_BY_HAND = tuple(each for each in choices.CHANNELS if each.code != Channel.EMAIL)


def noting(entity: str, party_of: Callable[[Row], int]) -> Action:
    """Give the step by which anybody who may read a record notes that she advertised to its party."""

    def note(*, actor: Actor, row: Row, channel: str, at: dt.datetime | None) -> None:
        if at is not None and at > now():
            told = gettext("Note it once it is done. Correct the time.")
            raise InvalidValues([FieldProblem("at", "future", told)])
        note_contact(party_of(row), Channel(channel), Purpose.MARKETING, actor=actor, at=at)

    def may_it(_actor: Actor, row: Row, asked: Row) -> Mapping[str, Any]:
        if not asked.get("channel"):
            return {"found": None}
        channel = Channel(asked["channel"])
        return {"found": queries.contact_permission(party_of(row), channel, Purpose.MARKETING, asked["at"])}

    return Action(
        f"{entity}.note_advertising",
        pgettext_lazy("step", "Note advertising"),
        note,
        needs=READ,
        asks=(
            Choice("channel", pgettext_lazy("advertising", "By which way"), options=_BY_HAND, required=True),
            When("at", pgettext_lazy("advertising", "When"), help=_("Left empty: now.")),
        ),
        icon="megaphone",
        preview=Preview("consents/may_it.html", may_it),
        text=_(
            "For advertising that you made by hand: a call, a message from your phone, a letter. Look first "
            "whether it is allowed; what was done is noted either way, and counts."
        ),
    )
