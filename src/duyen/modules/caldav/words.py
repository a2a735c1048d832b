"""Words of calendars elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A calendar there, and what of it is synchronised."""

    url: str
    events: bool
    tasks: bool

    def holds(self, *, is_task: bool) -> bool:
        """Tell whether entries of this kind belong here."""
        return self.tasks if is_task else self.events
