"""Writes of the parties module that the engine's own steps do not cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.modules.parties.models import PartyInRole
from duyen.modules.parties.words import PartyRole


def take_up_role(role: PartyRole, rows: Sequence[Mapping[str, Any]]) -> None:
    """Open a role for parties that were just made; the mask on the party says the same."""
    name, since = role.name, today()
    ids = next_ids(PartyInRole, len(rows))
    insert_rows(
        PartyInRole,
        [
            {"id": row_id, "party_id": row["id"], "role": name, "since": row.get("known_since") or since}
            for row_id, row in zip(ids, rows, strict=True)
        ],
    )


def born_customers(_actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make new parties customers."""
    take_up_role(PartyRole.CUSTOMER, rows)


def born_contacts(_actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make new parties contacts."""
    take_up_role(PartyRole.CONTACT, rows)
