"""Words of calendars elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

#: Appointments older than this are not brought into a calendar that has never seen them.
SINCE = dt.timedelta(days=30)
#: What has been is the past: cleared away there, it stays here.
PAST = dt.timedelta(days=1)
#: How the addresses begin of entries that are made here, below their calendar.
MADE_HERE = "/duyen-"


@dataclass(frozen=True)
class Place:
    """A calendar there, and what of it is synchronised."""

    url: str
    events: bool
    tasks: bool

    def holds(self, *, is_task: bool) -> bool:
        """Tell whether entries of this kind belong here."""
        return self.tasks if is_task else self.events
