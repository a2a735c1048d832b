"""With whom one speaks who speaks to a record: the party itself, or whoever stands behind a lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from duyen.entities.actions import Action
from duyen.modules.consents.actions import noting, refusing

Row = Mapping[str, Any]
_speakers: dict[str, Callable[[Row], int]] = {}


def steps_of(entity: str, party_of: Callable[[Row], int]) -> Sequence[Action]:
    """Give the steps of consents for the records of an entity, whose party `party_of` gives from a row."""
    _speakers[entity] = party_of
    return [refusing(entity, party_of), noting(entity, party_of)]


def speaker_of(entity: str, row: Row) -> int | None:
    """Give the party to whom one speaks; nothing where nobody stands behind such records."""
    party_of = _speakers.get(entity)
    return party_of(row) if party_of else None
