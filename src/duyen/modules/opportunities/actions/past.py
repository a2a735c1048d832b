"""What lies behind deals that come from elsewhere: since when each stood in its stage, and whom it met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.entities.writing import insert_rows, next_ids, update_row, update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.opportunities import queries, stays
from duyen.modules.opportunities.models import Encounter, Opportunity


@dataclass(frozen=True)
class Past:
    """What is known of a deal: `rivals` are the competitors that it met, by id, `lost_to` the one who won.

    `path` are the stages in which it stood before, by id, each with the moment at which it came there.
    """

    stage_since: dt.datetime
    path: Sequence[tuple[int, dt.datetime]] = ()
    rivals: Sequence[int] = ()
    lost_to: int | None = None
    price_gap: int | None = None


def note_past(pasts: Mapping[int, Past], *, actor: Actor) -> None:
    """Say what lies behind deals, by their ids. Only the system knows that of the past.

    Those that name competitors met none before. Raises NotAllowed.
    """
    if not actor.is_system:
        raise NotAllowed(why=_("only the system opens records with a past."))
    with transaction.atomic():
        trail.begin(actor, "opportunities.note_past")
        moment = now()
        since = {deal: {"stage_since": past.stage_since} for deal, past in pasts.items()}
        update_rows(Opportunity, since, alike={"updated_at": moment})
        stays.tell_path({deal: past.path for deal, past in pasts.items() if past.path})
        met = {deal: past for deal, past in pasts.items() if past.rivals}
        for deal, past in met.items():
            ids = sorted(past.rivals)
            told = {"competitor_ids": ids, "lost_to_id": past.lost_to, "price_gap": past.price_gap}
            update_row(Opportunity, deal, told)
        _write_encounters(met, moment.date())


def _write_encounters(met: Mapping[int, Past], day: dt.date) -> None:
    parties = queries.parties_of(met)
    wanted = [(deal, past, rival) for deal, past in met.items() for rival in past.rivals]
    rows = [
        {
            "id": row_id,
            "opportunity_id": deal,
            "party_id": parties[deal],
            "competitor_id": rival,
            "is_winner": rival == past.lost_to,
        }
        for row_id, (deal, past, rival) in zip(next_ids(Encounter, len(wanted)), wanted, strict=True)
    ]
    insert_rows(Encounter, rows, alike={"captured_on": day})
