"""What the page of a lead tells of its handover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.handovers import choices, queries
from duyen.modules.handovers.words import HandoverState


def handover(_actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell of the last handover of a lead: who, to whom, what became of it; nothing where there is none."""
    held = queries.last_of(row["id"])
    if held is None:
        return {}
    people, units = queries.names_of([held.by_id, held.to_id, held.answered_by_id], [held.unit_id])
    state = HandoverState(held.state)
    return {
        "by": people.get(held.by_id, ""),
        "to": people.get(held.to_id or 0) or units.get(held.unit_id, ""),
        "note": held.note,
        "handed_at": held.handed_at,
        "due_at": held.due_at if state is HandoverState.WAITING else None,
        "is_late": state is HandoverState.WAITING and held.due_at < now(),
        "due_kind": "down" if held.due_at < now() else "sub",
        "state": choices.STATES[state],
        "tone": choices.TONES[state],
        "answered_by": people.get(held.answered_by_id or 0, ""),
        "answer": held.answer,
    }
