"""What warns of leads: that nobody spoke to them in time, and that the day of a talk has passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy

from duyen.entities.marking import RISK, STALE, Mark, Warned
from duyen.entities.sql import Sql
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now, today
from duyen.kernel.dates import show_date, show_moment
from duyen.modules.leads.words import LeadState, Warns

Row = Mapping[str, Any]


def marks(_actor: Actor, rows: Sequence[Row]) -> Mapping[int, Sequence[Mark]]:
    """Warn of leads whose first contact is overdue, and of those that wait for a talk that was promised."""
    moment, day = now(), today()
    found: dict[int, list[Mark]] = {}
    for row in rows:
        if row["state"] == LeadState.ASSIGNED and row["first_due_at"] and row["first_due_at"] < moment:
            words = gettext("First contact was due at %(when)s") % {"when": show_moment(row["first_due_at"])}
            found.setdefault(row["id"], []).append(Mark(RISK, words, "first_due_at", Warns.LATE))
        if row["state"] == LeadState.NURTURING and row["next_action_on"] and row["next_action_on"] < day:
            words = gettext("To be spoken to on %(day)s") % {"day": show_date(row["next_action_on"])}
            found.setdefault(row["id"], []).append(Mark(STALE, words, "next_action_on", Warns.WAITING))
    return found


def _find_late(alias: str) -> tuple[Sql, Sql]:
    indexed = Sql(f"{alias}.first_due_at < %s", (now(),))
    return indexed, Sql(f"{alias}.state = %s", (LeadState.ASSIGNED.value,))


def _find_waiting(alias: str) -> tuple[Sql, Sql]:
    state = Sql(f"{alias}.state = %s", (LeadState.NURTURING.value,))
    return state, Sql(f"{alias}.next_action_on < %s", (today(),))


WARNED = (
    Warned(Warns.LATE, pgettext_lazy("lead", "No contact yet"), "red", _find_late, "state first_due_at"),
    Warned(
        Warns.WAITING,
        pgettext_lazy("lead", "Waits for a talk"),
        "amber",
        _find_waiting,
        "state next_action_on",
    ),
)
