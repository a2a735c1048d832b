"""The weights that hold, kept as a setting; and whether every row has been worked out with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from duyen.entities.completeness.declaring import Completeness
from duyen.entities.completeness.rules import Weights
from duyen.foundation.access.actor import Actor
from duyen.foundation.fields.versions import bump_version
from duyen.foundation.settings.company import keep_setting, setting, settings_of

WEIGHTS, COMPUTED = "completeness.weights", "completeness.computed"
#: The advisory lock between those who write rows with the weights that hold and the one who changes them.
_TURN = 0x636F6D70
#: By kind, then by the name of the item.
Kept = Mapping[str, Mapping[str, int]]


def weights_of(scored: Completeness) -> Weights:
    """Give the weights that hold: what the company decided, else what was declared."""
    return _decided(scored, setting(WEIGHTS))


def weights_and_state(scored: Completeness) -> tuple[Weights, bool]:
    """Give the weights that hold, and whether every row was worked out with them, by one question."""
    told = settings_of(WEIGHTS, COMPUTED)
    weights = _decided(scored, told[WEIGHTS])
    return weights, bool(told[COMPUTED].get(scored.family) == digest(scored, weights))


def _decided(scored: Completeness, setting_kept: Mapping[str, Kept]) -> Weights:
    kept = setting_kept.get(scored.family, {})
    return {
        kind.code: tuple(
            int(kept.get(kind.code, {}).get(item.name, item.weight(kind.code))) for item in scored.items
        )
        for kind in scored.kinds
    }


def declared_weights(scored: Completeness) -> Weights:
    """Give the weights that were declared."""
    return {kind.code: tuple(item.weight(kind.code) for item in scored.items) for kind in scored.kinds}


def hold_weights(scored: Completeness) -> Weights:
    """Give the weights for a write; they cannot be changed before its transaction ends.

    Otherwise rows written with the old weights could appear behind a recomputation.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_TURN])
    return weights_of(scored)


def keep_weights(scored: Completeness, weights: Weights, *, actor: Actor) -> bool:
    """Keep other weights, in the trail; tells whether they differ. Must run inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
    if weights == weights_of(scored):
        return False
    told = {
        kind: {item.name: weight for item, weight in zip(scored.items, given, strict=True)}
        for kind, given in weights.items()
    }
    kept: dict[str, Any] = {**setting(WEIGHTS), scored.family: told}
    keep_setting(WEIGHTS, kept, actor=actor)
    bump_version()  # which fields of the company's own count is part of what an entity is
    return True


def digest(scored: Completeness, weights: Weights) -> str:
    """Give a short name of all that a score follows from."""
    told = json.dumps([scored.inputs, sorted(weights.items())], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def is_settled(scored: Completeness) -> bool:
    """Tell whether every row was worked out with the weights that hold."""
    return weights_and_state(scored)[1]


def settle(scored: Completeness, weights: Weights, *, actor: Actor) -> None:
    """Note that every row was worked out with these weights."""
    with transaction.atomic():
        keep_setting(COMPUTED, {**setting(COMPUTED), scored.family: digest(scored, weights)}, actor=actor)
