"""What every write on a deal needs: whether it is under way, and its new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.registry import entity_named
from duyen.entities.standard import into_bin, write_changes
from duyen.entities.states import InStates
from duyen.foundation.access.actor import Actor
from duyen.modules.opportunities import queries
from duyen.modules.opportunities.words import UNDER_WAY, DealState

NAME = "opportunities"


#: Tells whether a deal is being worked on.
is_open = InStates((DealState.OPEN,))
#: Tells whether a deal is not closed.
is_under_way = InStates(UNDER_WAY)


def written(actor: Actor, row: Mapping[str, Any], columns: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write columns of a locked deal, and give it with its new version: who looked before looks again."""
    return {**row, **columns, "version": write_changes(entity_named(NAME), actor, row, columns)}


def withdraw(deal_id: int, *, actor: Actor, reason: str) -> None:
    """Put a deal into the bin that a step made which is taken back: no right to delete is asked for.

    The trail must be open, and the caller has judged that nobody worked on the deal.
    """
    written(actor, queries.locked(deal_id), into_bin(actor, reason))
