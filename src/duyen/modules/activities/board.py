"""The board of tasks: to do, in progress, done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import ngettext

from duyen.entities.boards.declared import Board, Card, Lane
from duyen.entities.marking import RISK, STALE, Mark
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.activities import queries, rules
from duyen.modules.activities.words import OPEN
from duyen.modules.activities.words import ActivityState as State

#: A task that was begun so many days ago, and not finished since, stands still.
STALE_DAYS = 14
#: Lists leave out what is finished; a board has a lane for it.
ONLY_OPEN = ("open_at", "empty", False)


def marks(_actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Sequence[Mark]]:
    """Warn of what is overdue, and of what was begun long ago; one query for all rows."""
    moment = now()
    found: dict[int, list[Mark]] = {}
    for activity_id, told in queries.standing_of([row["id"] for row in rows]).items():
        state, since = told.pop("state"), told.pop("state_since")
        late_from = rules.overdue_from(told.pop("kind"), **told)
        held = []
        if state in OPEN and late_from is not None and late_from < moment:
            held.append(Mark(RISK, _overdue(moment - late_from), "open_at"))
        if state == State.STARTED and moment - since >= dt.timedelta(days=STALE_DAYS):
            held.append(Mark(STALE, _standing((moment - since).days), "state"))
        found[activity_id] = held
    return found


def _overdue(late: dt.timedelta) -> str:
    if late.days < 1:
        hours = max(1, late.seconds // 3600)
        return ngettext("%(count)s hour overdue", "%(count)s hours overdue", hours) % {"count": hours}
    return ngettext("%(count)s day overdue", "%(count)s days overdue", late.days) % {"count": late.days}


def _standing(days: int) -> str:
    return ngettext("Begun %(count)s day ago", "Begun %(count)s days ago", days) % {"count": days}


BY_STATE = Board(
    by="state",
    lanes=[
        Lane(State.PLANNED, order="open_at", begins={}),
        Lane(State.STARTED, order="open_at"),
        Lane(State.DONE, order="-at"),
    ],
    card=Card(under="party", aside="at", keeper="owner", badge="priority"),
    lifts=[ONLY_OPEN],
)
