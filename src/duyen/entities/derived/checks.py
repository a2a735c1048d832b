"""Whether what is kept still is what follows: found by reckoning anew, and mended on request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from duyen.entities.derived.plans import Plan, all_plans
from duyen.entities.derived.recounting import recount_now, unsettled
from duyen.entities.derived.settling import reckoned
from duyen.entities.sql import name
from duyen.foundation.database.health import Finding, Level
from duyen.foundation.fields.models import Computed, DueValue
from duyen.foundation.fields.versions import kept, pin

#: So many rows are reckoned at once, and so many of a big table in all.
_CHUNK, _MOST = 5_000, 200_000


def check_formulas() -> Iterator[Finding]:
    """Reckon the values of the first rows anew, and tell where they are others than those that are kept."""
    with kept(), transaction.atomic():
        pin()
        plans = all_plans().ordered
        waiting = {each.id for each in unsettled(all_plans())}
        due = set(DueValue.objects.values_list("field_id", flat=True).distinct())
        for plan in plans:
            what = f"{plan.entity.name}.{plan.told.name}"
            if plan.id in waiting or plan.id in due:
                yield Finding(Level.WARNING, f"Field {what} is being worked out; look again later")
                continue
            wrong = len(drift_of(plan))
            if wrong:
                advice = "duyen check --mend works them out"
                yield Finding(Level.WARNING, f"Field {what}: {wrong} values are not what follows; {advice}")
        if plans:
            yield Finding(Level.GOOD, f"Formulas and roll-ups: {len(plans)} in use")


def drift_of(plan: Plan) -> list[int]:
    """List the records of which another value is kept than follows, of a big table among the first rows."""
    found: list[int] = []
    last, seen = 0, 0
    while seen < _MOST:
        ids = _ids_behind(plan, last)
        if not ids:
            return found
        found += _drifted(plan, ids)
        last, seen = ids[-1], seen + len(ids)
    return found


def _ids_behind(plan: Plan, last: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {name(plan.table)} WHERE id > %s ORDER BY id LIMIT %s", [last, _CHUNK]
        )
        return [row[0] for row in cursor.fetchall()]


def _drifted(plan: Plan, ids: Sequence[int]) -> list[int]:
    inner, key = reckoned([plan], ids), str(plan.id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id FROM ({inner.text}) v JOIN {name(plan.table)} t ON t.id = v.id"
            " WHERE nullif(v.patch -> %s, 'null'::jsonb) IS DISTINCT FROM t.derived -> %s ORDER BY t.id",
            [*inner.params, key, key],
        )
        return [row[0] for row in cursor.fetchall()]


def mend_formulas() -> None:
    """Work every value out anew, whatever is kept; readers are told meanwhile that it may be an old one."""
    Computed.objects.all().delete()
    recount_now()
