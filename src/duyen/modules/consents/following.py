"""Consents follow their party to another owner or unit, whoever writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.registry import entity_named
from duyen.entities.writing import update_row
from duyen.modules.consents.models import Consent

_WHOSE = ("owner_id", "unit_id")


class _Parties(Companion):
    """Lets the consents of a party go with it."""

    columns = _WHOSE

    def born(self, rows: Sequence[Columns]) -> None:
        """A new party has no consents."""

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        settle([pk for pk, row in after.items() if row != before[pk]])


def settle(party_ids: Sequence[int]) -> None:
    """Let the consents of some parties have the owner and unit that their parties have."""
    rows = Consent.objects.filter(party_id__in=list(party_ids)).order_by("pk")
    columns = ("id", *_WHOSE, *(f"party__{each}" for each in _WHOSE))
    for row in rows.values(*columns) if party_ids else ():
        whose = {each: row[f"party__{each}"] for each in _WHOSE}
        if any(row[each] != whose[each] for each in _WHOSE):
            update_row(Consent, row["id"], whose)


def follow_merged(_names: Sequence[str], party_ids: Sequence[int]) -> None:
    """Let consents that came with a merge, or went back with its undoing, be of whose party they are now."""
    settle(party_ids)


def follow() -> None:
    """Begin to follow; once, at start-up."""
    accompany(entity_named("customers").model, _Parties())
