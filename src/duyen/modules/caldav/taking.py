"""Take what a calendar says into an activity, by the commands that people have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.modules.activities.ics import COLUMNS
from duyen.modules.activities.words import OPEN, ActivityState
from duyen.modules.caldav.comparing import STATE, Said, values_of


def take_fields(actor: Actor, entity: str, row: Mapping[str, Any], there: Said, names: Iterable[str]) -> None:
    """Bring the named fields of an activity, by its columns, to what the calendar says, its state too.

    One in the bin comes back: a change weighs more than a deletion, nothing that somebody still works with is
    lost. Raises InvalidValues, NotAllowed, StaleVersion, NotNow.
    """
    names, version = set(names), row["version"]
    if row["deleted_at"] is not None:
        version = standard.restore(entity_named(entity), row["id"], actor=actor).version
    if values := values_of(there, names):
        standard.change(entity_named(entity), row["id"], actor=actor, values=values, version=version)
    if STATE in names:
        reach(actor, entity, row["id"], ActivityState(row["state"]), ActivityState(there[STATE]))


def row_of(actor: Actor, activity_id: int | None) -> Mapping[str, Any] | None:
    """Give the columns of an activity of somebody's, from the bin too."""
    if activity_id is None:
        return None
    rows = entity_named("activities").rows(actor, deleted=None).filter(pk=activity_id)
    columns = (*COLUMNS, "owner_id", "deleted_at", "created_at", "series_id", "occurrence")
    return rows.values(*columns).order_by("pk").first()


def reach(actor: Actor, name: str, record_id: int, state: ActivityState, wanted: ActivityState) -> None:
    """Bring an activity to the state in which it stands there, by its commands."""
    entity = entity_named(name)
    if state is wanted or (state in OPEN and wanted is ActivityState.PLANNED):
        return
    if state not in OPEN:
        perform(entity, "reopen", record_id, actor=actor, arguments={})
    verb, asked = {
        ActivityState.DONE: ("finish", {}),
        ActivityState.CANCELLED: ("cancel", {"note": _("Cancelled in the calendar")}),
        ActivityState.STARTED: ("start", {}),
        ActivityState.PLANNED: ("", {}),
    }[wanted]
    if verb:
        perform(entity, verb, record_id, actor=actor, arguments=asked)
