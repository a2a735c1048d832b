"""What the page of an import says of new leads: how many may be somebody known."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duyen.entities.importing.findings import Finding
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel
from duyen.modules.leads import queries
from duyen.modules.leads.words import OPEN, Known

ADDRESS = "/leads/known"


def perhaps_known(actor: Actor, job_id: int, since: dt.datetime, until: dt.datetime) -> Finding | None:
    """Tell how many of the leads that an import made wait for somebody to say whom they are."""
    leads = entity_named("leads")
    if leads.level(actor, "perhaps_known") is FieldLevel.HIDDEN or not actor.may("leads", CHANGE):
        return None
    count = queries.perhaps_known(actor).filter(created_at__range=(since, until)).count()
    if not count:
        return None
    still_open = [each.value for each in OPEN]
    asked = [
        ["perhaps_known", "in", [Known.PERHAPS.value]],
        ["state", "in", still_open],
        ["created_at", "between", [since.isoformat(), until.isoformat()]],
    ]
    address = f"/leads?{urlencode({'list': 'known', 'filter': json.dumps({'and': asked})})}"
    sentence = ngettext(
        "%(count)s of the new leads may be somebody known. Nothing was joined by itself.",
        "%(count)s of the new leads may be somebody known. Nothing was joined by itself.",
        count,
    )
    return Finding(
        sentence % {"count": count},
        address,
        f"{ADDRESS}?{urlencode({'import': job_id})}",
        _("Decide one after the other"),
    )
