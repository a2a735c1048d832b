"""Decide whom a kept view may be given to. Pure: plain values in, plain values out."""

from __future__ import annotations

from duyen.entities.words import Audience
from duyen.foundation.access.rules import ScopeFacts

LONGEST_NAME = 60
#: More views of one kind on one person's tabs are no help to anybody.
MOST_OF_A_PERSON = 100


def may_give_to(audience: Audience, unit_id: int | None, changes: ScopeFacts) -> bool:
    """Tell whether whoever may change the records of `changes` may give a view to `audience`.

    A view for others stands among their tabs, so it is left to those who answer for their records:
    the company's for everybody, a unit's for that unit.
    """
    if audience is Audience.ME:
        return True
    if audience is Audience.ALL:
        return changes.everything
    return changes.everything or unit_id in changes.units
