"""Reads of requests: who answers them, what was done for one, when a unit works."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from duyen.entities.models import Erasure
from duyen.entities.personal import copying
from duyen.foundation.access.models import RoleRight
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.org.models import Position
from duyen.kernel.clock import today
from duyen.modules.leads.queries import owner_of, speaker_of, ties_of_speakers
from duyen.modules.parties.queries import standings
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.words import OPEN, RequestKind, RequestState

Row = Mapping[str, Any]
ENTITY, FULFIL = "subject_requests", "fulfil"
#: The right without which nobody copies or erases.
NEEDS = (ENTITY, FULFIL)


def those_who_answer() -> set[int]:
    """Give the ids of those who may answer requests, by a position that holds today."""
    roles = RoleRight.objects.filter(entity=ENTITY, verb=FULFIL).values("role_id")
    held = Position.objects.filter(role_id__in=roles, since__lte=today(), user__is_active=True)
    return set(held.exclude(until__lt=today()).values_list("user_id", flat=True))


def person_of(row: Row) -> tuple[str, int] | None:
    """Give whose data a request is about: the entity and the id; of a lead whoever speaks in it."""
    if row["customer_id"]:
        return "customers", row["customer_id"]
    if row["contact_id"]:
        return "contacts", row["contact_id"]
    speaker = speaker_of(row["lead_id"]) if row["lead_id"] else None
    return ("customers", speaker) if speaker else None


def keeper_of(row: Row) -> tuple[str, int, int] | None:
    """Give the record in which a correction is made: its entity, its id and whoever owns it."""
    if row["lead_id"]:
        owner = owner_of(row["lead_id"])
        return ("leads", row["lead_id"], owner) if owner else None
    found = person_of(row)
    owner = standings([found[1]])[found[1]]["owner_id"] if found else None
    return (*found, owner) if found and owner else None


def corrections_on(*, customer: int | None = None, lead: int | None = None) -> list[SubjectRequest]:
    """Give the corrections that somebody asked for, proved and waits for, the oldest first; of one record.

    A customer and a contact are one person: `customer` is the id of either.
    """
    about = Q(lead_id=lead) if lead else Q(customer_id=customer) | Q(contact_id=customer)
    rows = SubjectRequest.objects.filter(about, kind=RequestKind.CORRECT.value, deleted_at=None)
    return list(rows.filter(state=RequestState.VERIFIED.value).order_by("due_at", "pk"))


def is_about_erasing(row: Row) -> bool:
    """Tell whether a request is one to erase."""
    return bool(row["kind"] == RequestKind.DELETE)


def restricts(row: Row) -> bool:
    """Tell whether a request is one to restrict that was granted."""
    return bool(row["kind"] == RequestKind.RESTRICT and row["state"] == RequestState.DONE)


def restrictions_on(party_ids: Collection[int]) -> dict[int, SubjectRequest]:
    """Give by party the restriction that stands on it, the latest one."""
    ids = list(party_ids)
    leads = ties_of_speakers(ids)
    about = Q(customer_id__in=ids) | Q(contact_id__in=ids) | Q(lead_id__in=leads.values("pk"))
    standing = list(_standing().filter(about).order_by("answered_at", "pk"))
    asked = [each.lead_id for each in standing if each.lead_id]
    by_lead = dict(leads.filter(pk__in=asked).values_list("pk", "party_id")) if asked else {}
    return {
        each.customer_id or each.contact_id or by_lead.get(each.lead_id or 0, 0): each for each in standing
    }


def _standing() -> QuerySet[SubjectRequest]:
    rows = SubjectRequest.objects.filter(kind=RequestKind.RESTRICT.value, deleted_at=None)
    return rows.filter(state=RequestState.DONE.value, lifted_at=None)


def ties_of_needed() -> QuerySet[SubjectRequest, Any]:
    """Tie open requests, and restrictions that stand, to whom they are about, for statements of others.

    Its columns are customer_id, contact_id and lead_id.
    """
    stands = Q(kind=RequestKind.RESTRICT.value, state=RequestState.DONE.value, lifted_at=None)
    is_open = Q(state__in=[each.value for each in OPEN])
    rows = SubjectRequest.objects.filter(is_open | stands, deleted_at=None).order_by()
    return rows.values("customer_id", "contact_id", "lead_id")


def restricted_people() -> list[int]:
    """Give the parties on which a restriction stands; few at any time."""
    rows = list(_standing().order_by("pk").values_list("customer_id", "contact_id", "lead_id"))
    leads = [lead for _customer, _contact, lead in rows if lead]
    speakers = (
        dict(ties_of_speakers(None).filter(pk__in=leads).values_list("pk", "party_id")) if leads else {}
    )
    found = (customer or contact or speakers.get(lead or 0) for customer, contact, lead in rows)
    return [person for person in found if person]


def was_copied(row: Row) -> bool:
    """Tell whether a copy was written for a request."""
    jobs = Job.objects.filter(kind=copying.KIND, state=JobState.DONE, arguments__reason=row["code"])
    return jobs.exists()


def erasure_of(row: Row) -> Erasure | None:
    """Give the proof that the person of a request was erased, or that it is under way."""
    found = person_of(row)
    held = Erasure.objects.filter(family="parties", record_id=found[1] if found else 0)
    return held.order_by("pk").first()
