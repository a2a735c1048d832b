"""What rights a role had before they were last changed, read back from the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duyen.entities.undo import UNDO_DAYS
from duyen.foundation.access.words import FieldLevel, Reach
from duyen.foundation.audit.models import OPENED, History
from duyen.kernel.clock import now
from duyen.modules.administration import queries

GIVEN = "roles.set_rights"


@dataclass(frozen=True)
class Before:
    """The rights and limits of a role before a change, who changed them, and when."""

    rights: Mapping[tuple[str, str], Reach]
    limits: Mapping[tuple[str, str], FieldLevel]
    who: str
    at: dt.datetime


def rights_before(role_id: int) -> Before | None:
    """Give what a role had before its rights were changed; none where that was not the last step on it.

    What no kind of record knows any more is left out.
    """
    steps = History.objects.filter(root_entity="roles", root_id=role_id).exclude(kind=OPENED)
    last = steps.order_by("-operation", "-id").first()
    if last is None or last.verb != GIVEN or last.at < now() - dt.timedelta(days=UNDO_DAYS):
        return None
    rights: dict[tuple[str, str], str] = dict(queries.rights_of_role(role_id))
    limits: dict[tuple[str, str], str] = dict(queries.field_rights_of_role(role_id))
    entries = list(steps.filter(operation=last.operation).order_by("id"))
    for row in entries:
        if row.kind == "I" and row.entity == "role_rights":
            rights.pop(_key(row, 1, "verb"), None)
        elif row.kind == "I" and row.entity == "field_rights":
            limits.pop(_key(row, 1, "field"), None)
    for row in entries:
        if row.kind == "D" and row.entity == "role_rights":
            rights[_key(row, 0, "verb")] = _told(row)["reach"][0]
        elif row.kind == "D" and row.entity == "field_rights":
            limits[_key(row, 0, "field")] = _told(row)["level"][0]
    known, fields = queries.known_rights(), queries.known_fields()
    return Before(
        {key: Reach(reach) for key, reach in rights.items() if key in known},
        {key: FieldLevel(level) for key, level in limits.items() if key in fields},
        last.actor_name,
        last.at,
    )


def _told(row: History) -> Mapping[str, Any]:
    return row.changes or {}


def _key(row: History, side: int, what: str) -> tuple[str, str]:
    told = _told(row)
    return str(told["entity"][side]), str(told[what][side])
