"""Keep a note on top of the timelines that it stands on, or no longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.writing import update_row
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity
from duyen.modules.activities.words import ActivityKind

Row = Mapping[str, Any]


def _is_loose(row: Row) -> bool:
    return row["kind"] == ActivityKind.NOTE and not row["is_pinned"]


def _is_pinned(row: Row) -> bool:
    return row["kind"] == ActivityKind.NOTE and bool(row["is_pinned"])


@action("activities.pin", label=_("Pin to the top"), icon="pin", fits=_is_loose)
def pin(*, actor: Actor, row: Row) -> Row:
    """Let a note stand above all that happened."""
    return _set(actor, row, is_pinned=True)


@action("activities.unpin", label=_("Unpin"), icon="pin-off", fits=_is_pinned)
def unpin(*, actor: Actor, row: Row) -> Row:
    """Let a note stand where it was written."""
    return _set(actor, row, is_pinned=False)


def _set(actor: Actor, row: Row, *, is_pinned: bool) -> Row:
    columns = {
        "is_pinned": is_pinned,
        "version": int(row["version"]) + 1,
        "updated_at": now(),
        "updated_by_id": actor.user_id,
    }
    update_row(Activity, row["id"], columns)
    return {**row, **columns}
