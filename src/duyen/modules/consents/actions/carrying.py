"""Let consents go with a person from one party to another: she was known before, or is somebody else."""

from __future__ import annotations

from collections.abc import Collection

from duyen.entities.writing import update_row
from duyen.foundation.audit.models import History
from duyen.modules.consents.following import settle
from duyen.modules.consents.models import Consent


def carry_consents(party_id: int, to: int) -> None:
    """Let the consents of a party be those of another one. The trail is open."""
    _move(Consent.objects.filter(party_id=party_id).values_list("pk", flat=True), to)


def bring_consents_back(party_id: int, to: int) -> None:
    """Let those consents of a party go back that came from `to`, as the trail tells. It is open."""
    held = list(Consent.objects.filter(party_id=party_id).values_list("pk", flat=True))
    entries = History.objects.filter(root_entity="consents", root_id__in=held, changes__has_key="party_id")
    came = {
        record_id
        for record_id, changes in entries.values_list("record_id", "changes")
        if changes and changes["party_id"][0] == to
    }
    _move(sorted(came), to)


def _move(ids: Collection[int], to: int) -> None:
    for each in list(ids):
        update_row(Consent, each, {"party_id": to})
    settle([to])
