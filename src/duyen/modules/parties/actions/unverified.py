"""Parties that leads alone know: made by intake, changed with their lead, until they become more than that.

They have the role LEAD and are not verified. No list, count, search or scan for duplicates shows them: each
of these asks for a role in which a party is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duyen.entities.completeness.scoring import score_changed, score_new
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_rows
from duyen.kernel.clock import now
from duyen.modules.parties.actions.roles import open_role
from duyen.modules.parties.models import Party
from duyen.modules.parties.words import PartyRole


def know_unverified(rows: Sequence[Mapping[str, Any]], *, alike: Mapping[str, Any]) -> list[int]:
    """Keep parties of which no more is known than what somebody said of herself; give their ids in order.

    `rows` hold columns of parties: kind, name, owner and unit, and `code` with `code_unit_id`, by which
    nobody will know them; `alike` holds the stamps. The trail must be open.
    """
    ids = next_ids(Party, len(rows))
    shared = {**alike, "role_mask": int(PartyRole.LEAD), "verified": False}
    made = [{**row, "id": row_id} for row, row_id in zip(rows, ids, strict=True)]
    score_new(entity_named("customers").completeness, made, shared)
    insert_rows(Party, made, alike=shared)
    open_role(PartyRole.LEAD, made)
    return ids


def change_unverified(changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Write columns of parties that are still only leads; one that is more by now stays as it is."""
    rows = Party.objects.filter(pk__in=list(changes), verified=False).order_by("pk")
    held: list[dict[str, Any]] = [{**row} for row in rows.select_for_update(no_key=True).values()]
    told = [(row, changes[row["id"]]) for row in held]
    scored = score_changed(entity_named("customers").completeness, told)
    kinds: dict[tuple[str, ...], dict[int, Mapping[str, Any]]] = {}
    for row, columns in zip(held, scored, strict=True):
        kinds.setdefault(tuple(sorted(columns)), {})[row["id"]] = columns
    for part in kinds.values():
        update_rows(Party, part, alike={"updated_at": now()})
