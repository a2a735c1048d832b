"""A score comes to stand when its lead is qualified or given up (process §2.1)."""

from __future__ import annotations

from django.db import connection

from duyen.entities.registry import entity_named
from duyen.entities.sql import name
from duyen.kernel.clock import now
from duyen.modules.scoring import queries
from duyen.modules.scoring.models import FrozenScore
from duyen.modules.scoring.reckoning import parts_of
from duyen.modules.scoring.rules import score_of
from duyen.modules.scoring.ties import LEADS


def freeze(lead_id: int) -> None:
    """Keep the score of a lead with its parts as they are now. The trail is open.

    Without a model in force there is nothing to keep.
    """
    model = queries.model_in_force()
    if model is None:
        return
    criteria = queries.criteria_of(model.pk)
    points = parts_of([lead_id], criteria)[lead_id]
    score = score_of(points)
    parts = [[each.name, part] for each, part in zip(criteria, points, strict=True) if part]
    FrozenScore.objects.update_or_create(
        lead_id=lead_id, defaults={"score_model": model, "score": score, "parts": parts, "at": now()}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {name(entity_named(LEADS).table)} SET score = %s WHERE id = %s", [score, lead_id]
        )
