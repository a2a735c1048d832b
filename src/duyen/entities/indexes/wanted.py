"""What lists could not do for want of an index: counted, so that an administrator sees what is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from duyen.entities.indexes.plans import Plan
from duyen.kernel.clock import now

_COUNT = """
    INSERT INTO entities_wantedindex (entity, field, purpose, times, last_at) VALUES (%s, %s, %s, 1, %s)
    ON CONFLICT (entity, field, purpose) DO UPDATE
    SET times = entities_wantedindex.times + 1, last_at = excluded.last_at
"""


def note_wanted(plans: Sequence[Plan]) -> None:
    """Count that a list was refused which these indexes would have served; of no record, of no reader."""
    if not plans:
        return
    with connection.cursor() as cursor:
        for plan in plans:
            cursor.execute(_COUNT, [plan.entity.name, plan.field.name, plan.purpose.value, now()])
