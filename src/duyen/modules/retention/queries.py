"""Which leads nobody uses any more, and what was erased before.

A lead is needed while a consent holds, a deal, a task, a data request or a handover is open, a restriction
stands, or a person touched it since. Every condition is a tie that its module gives, so that all of it is
one statement: it walks down `leads_by_age` and leaves at the bound.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from duyen.entities.models import Erasure
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.models import History
from duyen.foundation.files.models import File
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED
from duyen.foundation.settings.company import setting
from duyen.kernel.day_grid import midnight
from duyen.modules.activities.queries import ties_since
from duyen.modules.consents.queries import ties_of_standing
from duyen.modules.handovers.queries import ties_of_waiting
from duyen.modules.leads import queries as leads
from duyen.modules.opportunities.queries import ties_of_contacts_of_open, ties_of_open
from duyen.modules.retention.models import Night
from duyen.modules.retention.rules import months_before
from duyen.modules.retention.settings import IS_ON, MONTHS, MOST
from duyen.modules.retention.words import ACTOR, KIND
from duyen.modules.subject_requests.queries import ties_of_needed

#: So many are counted for a page; beyond that it says "more than".
COUNTED = 10_000
_LEADS, _PARTIES = "leads", "parties"


@dataclass(frozen=True)
class Rule:
    """What the company decided."""

    is_on: bool
    months: int
    most: int


def rule() -> Rule:
    """Give what holds now."""
    return Rule(bool(setting(IS_ON)), int(setting(MONTHS)), int(setting(MOST)))


def due(day: dt.date, months: int) -> QuerySet[Any]:
    """Give the leads that on a day nobody used for so many months, the oldest first."""
    before = midnight(months_before(day, months))
    standing = ties_of_standing().filter(expires_on__gte=day)
    since = ties_since(before)
    needed = ties_of_needed()
    touched = History.objects.filter(
        root_entity=_LEADS, root_id=OuterRef("pk"), at__gte=before, actor_id__isnull=False
    )
    rows = leads.left_alone(day, before)
    # What the system itself did, taking back or assigning by a rule, is no touch.
    rows = rows.filter(Q(updated_at__lt=before) | Q(updated_by_id=None) & ~Exists(touched))
    against = (
        Erasure.objects.filter(family=_PARTIES, record_id=OuterRef("party_id")),
        standing.filter(party_id=OuterRef("party_id")),
        standing.filter(party_id=OuterRef("firm_id")),
        since.filter(entity=_LEADS, record_id=OuterRef("pk")),
        since.filter(party_id=OuterRef("party_id")),
        ties_of_open().filter(party_id=OuterRef("party_id")),
        ties_of_contacts_of_open().filter(contact_id=OuterRef("party_id")),
        needed.filter(lead_id=OuterRef("pk")),
        needed.filter(customer_id=OuterRef("party_id")),
        needed.filter(contact_id=OuterRef("party_id")),
        ties_of_waiting().filter(lead_id=OuterRef("pk")),
        File.objects.filter(entity=_LEADS, record_id=OuterRef("pk"), created_at__gte=before),
    )
    for each in against:
        rows = rows.filter(~Exists(each))
    return rows.order_by("created_at", "pk")


def count(rows: QuerySet[Any]) -> int:
    """Count some leads, up to one more than is counted."""
    return rows.order_by("created_at", "pk")[: COUNTED + 1].count()


def told_of(actor: Actor, rows: QuerySet[Any], *, most: int) -> list[dict[str, Any]]:
    """Give the first of some leads as far as the actor sees them, those in the bin, too."""
    ids = list(rows.values_list("pk", flat=True)[:most])
    seen = entity_named(_LEADS).rows(actor, deleted=None).filter(pk__in=ids).order_by("created_at", "pk")
    columns = ("id", "code", "name", "state", "disqualify_reason", "created_at", "deleted_at")
    return [{**row} for row in seen.values(*columns)]


def nights(most: int) -> list[Night]:
    """List the latest nights, the last one first."""
    return list(Night.objects.order_by("-began_at", "-pk")[:most])


def has_told() -> bool:
    """Tell whether it was said once, before anybody was erased, what will be."""
    return Night.objects.exists()


def broken_off() -> list[list[Erasure]]:
    """Give the erasures of earlier nights that did not come to their end, those of one operation together."""
    held = Erasure.objects.filter(finished_at=None, by_id=None, by_name=ACTOR).order_by("operation", "pk")
    return [list(part) for _operation, part in groupby(held, key=lambda each: each.operation)]


def unfinished() -> QuerySet[Night]:
    """Give the nights that did not come to their end."""
    return Night.objects.filter(finished_at=None)


def is_under_way() -> bool:
    """Tell whether the work of a night waits or is being done."""
    ids = list(unfinished().values_list("pk", flat=True))
    return (
        bool(ids) and Job.objects.filter(kind=KIND, state__in=UNFINISHED, arguments__night__in=ids).exists()
    )
