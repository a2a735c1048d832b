"""What lies behind deals that come from elsewhere: since when each has stood in its stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.entities.writing import update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.opportunities.models import Opportunity


def note_stage_since(moments: Mapping[int, dt.datetime], *, actor: Actor) -> None:
    """Say since when deals have stood in their stages, by their ids. Only the system knows that of the past.

    Raises NotAllowed.
    """
    if not actor.is_system:
        raise NotAllowed(why=_("only the system opens records with a past."))
    with transaction.atomic():
        trail.begin(actor, "opportunities.note_past")
        told = {deal: {"stage_since": moment} for deal, moment in moments.items()}
        update_rows(Opportunity, told, alike={"updated_at": now()})
