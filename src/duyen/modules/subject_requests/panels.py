"""The proof that a person was erased, beside the request that asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.personal.erasing import digest_of
from duyen.entities.personal.holding import tables
from duyen.foundation.access.actor import Actor
from duyen.modules.subject_requests.queries import erasure_of


def proof_of(_actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell when and by whom the person was erased, what became of how many rows, and what stays by law."""
    proof = erasure_of(row)
    if proof is None:
        return {"proof": None}
    labels = {each.name: each.label for each in tables()}
    counted = [
        (labels[name], sum(counts.values())) for name, counts in proof.counted.items() if labels.get(name)
    ]
    return {"proof": proof, "counted": counted, "is_whole": proof.digest == digest_of(proof)}
