"""Requests of persons about their data, with their terms and what proves that they were kept."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Record
from duyen.foundation.sqlfields import searched_with_code, sort_key_of
from duyen.modules.subject_requests.words import RequestState


class SubjectRequest(Record):
    """What one person asks for about her data. `requester` is who asks, in person or for somebody.

    Whose data it is about is the customer, the contact or who speaks in the lead, whichever was chosen.
    `acknowledge_by` and `due_at` are the ends of days. `added_days` is the one extension. A restriction that
    was granted holds until `lifted_at`.
    """

    requester = models.CharField(max_length=200)
    name_key = sort_key_of("requester")
    kind = models.CharField(max_length=12)
    customer_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    lead_id = models.BigIntegerField(null=True)
    received_on = models.DateField()
    received_by = models.CharField(max_length=12)
    wish = models.TextField(default="")
    through_processor = models.BooleanField(default=False)
    acknowledge_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    added_days = models.SmallIntegerField(default=0)
    added_why = models.CharField(max_length=300, default="")
    proven_by = models.CharField(max_length=20, default="")
    proof = models.CharField(max_length=300, default="")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=300, default="")
    state = models.CharField(max_length=12, default=RequestState.RECEIVED.value)
    state_since = models.DateTimeField()
    search = searched_with_code("requester")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="a_data_request_code_is_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RequestState]),
                name="a_data_request_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(customer_id=None, contact_id=None)
                | Q(customer_id=None, lead_id=None)
                | Q(contact_id=None, lead_id=None),
                name="a_data_request_is_about_one_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["VERIFIED", "DONE"]) | ~Q(proven_by=""),
                name="nothing_is_done_before_identity_is_proven",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="data_requests_by_term"),
            models.Index(fields=["created_at", "id"], name="data_requests_by_age"),
            models.Index(fields=["name_key", "id"], name="data_requests_by_requester"),
            models.Index(fields=["owner", "due_at", "id"], name="data_requests_of_an_owner"),
            models.Index(fields=["unit", "due_at", "id"], name="data_requests_of_a_unit"),
            models.Index(fields=["customer_id"], name="data_requests_of_a_customer"),
            models.Index(fields=["contact_id"], name="data_requests_of_a_contact"),
            models.Index(
                fields=["lead_id"], condition=Q(lead_id__isnull=False), name="data_requests_of_a_lead"
            ),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="data_requests_in_the_bin",
            ),
            GinIndex(OpClass(F("search"), "gin_trgm_ops"), name="data_requests_by_any_part"),
            GinIndex(fields=["state", "kind", "received_by"], name="data_requests_by_class"),
        ]
