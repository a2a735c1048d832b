"""A score comes to stand when its lead is qualified or given up (process §2.1)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from duyen.entities.registry import entity_named
from duyen.entities.sql import name
from duyen.kernel.clock import now
from duyen.modules.scoring import queries
from duyen.modules.scoring.models import FrozenScore
from duyen.modules.scoring.reckoning import parts_of
from duyen.modules.scoring.rules import score_of
from duyen.modules.scoring.ties import LEADS


def freeze(lead_ids: Collection[int]) -> None:
    """Keep the scores of some leads with their parts as they are now. The trail is open.

    Without a model in force there is nothing to keep.
    """
    model = queries.model_in_force() if lead_ids else None
    if model is None:
        return
    criteria, moment = queries.criteria_of(model.pk), now()
    kept = [
        FrozenScore(
            lead_id=lead_id,
            score_model=model,
            score=score_of(points),
            parts=[[each.name, part] for each, part in zip(criteria, points, strict=True) if part],
            at=moment,
        )
        for lead_id, points in sorted(parts_of(lead_ids, criteria).items())
    ]
    FrozenScore.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["lead_id"],
        update_fields=["score_model", "score", "parts", "at"],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {name(entity_named(LEADS).table)} t SET score = v.score"
            " FROM unnest(%s::bigint[], %s::smallint[]) v(id, score) WHERE t.id = v.id",
            [[each.lead_id for each in kept], [each.score for each in kept]],
        )
