"""Ask again each night whom open leads may be: customers come and go after a lead was taken in."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from duyen.entities.writing import update_row
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.modules.leads import queries
from duyen.modules.leads.models import Lead
from duyen.modules.leads.perhaps_known import like_somebody, telling_keys
from duyen.modules.leads.words import Known

#: So many leads are looked at together.
_CHUNK = 2_000
VERB = "leads.look_again"


def look_again() -> int:
    """Mark the open leads that may be somebody known by now, clear those like nobody any more; count both.

    Of whom somebody said that it is a new one, that stays.
    """
    actor, last, count = system_actor("Leads", door=Door.JOB), 0, 0
    while rows := queries.to_look_at(last, most=_CHUNK):
        last = rows[-1]["pk"]
        ends = [(row["own_party_id"], row["own_firm_id"]) for row in rows]
        found = like_somebody([telling_keys(row) for row in rows], ends)
        should = {row["pk"]: Known.PERHAPS.value if place in found else "" for place, row in enumerate(rows)}
        moved = [row["pk"] for row in rows if row["perhaps_known"] != should[row["pk"]]]
        count += _mark(actor, {row_id: should[row_id] for row_id in moved})
    return count


def _mark(actor: Actor, told: dict[int, str]) -> int:
    """Write marks of leads for which somebody did not decide meanwhile."""
    if not told:
        return 0
    with transaction.atomic():
        trail.begin(actor, VERB)
        open_ones: Collection[int] = queries.hold_undecided(told)
        for row_id in open_ones:
            update_row(Lead, row_id, {"perhaps_known": told[row_id]})
    return len(open_ones)
