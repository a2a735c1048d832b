"""Record an absence for somebody else, and end it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities import absences
from duyen.entities.actions import action
from duyen.entities.fields import Label, Text
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.absences import NotAway
from duyen.foundation.org.absences import end_absence as end

Row = Mapping[str, Any]


def _open_to_all(row: Row) -> Label | None:
    return None if row["is_active"] else _("this person is locked.")


@action(
    "users.record_absence",
    label=_("Record an absence"),
    asks=absences.FIELDS,
    icon="calendar-off",
    why_not=_open_to_all,
)
def record_absence(
    *, actor: Actor, row: Row, since: dt.date, until: dt.date, deputy: int, note: str = ""
) -> Row:
    """Record that a person is away, and who stands in for her. Raises InvalidValues."""
    absences.record_absence(row["id"], actor=actor, since=since, until=until, deputy=deputy, note=note)
    return row


@action(
    "users.end_absence",
    label=_("End an absence"),
    asks=[Text("absence", _("Number of the absence"), required=True, max_length=18)],
    icon="calendar-off",
    part="absence",
)
def end_absence(*, actor: Actor, row: Row, absence: str) -> Row:
    """End an absence of a person at once. Raises NotAway."""
    if not absence.isdecimal():
        raise NotAway
    end(row["id"], int(absence), actor=actor)
    return row
