"""Leads: everybody who may become a customer, likely or not, with what was said when they came."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Record
from duyen.foundation.sqlfields import searched_with_ways, sort_key_of
from duyen.modules.leads.words import Known, LeadState, Temperature


def _text_array() -> ArrayField[Any, Any]:
    return ArrayField(models.TextField(), default=list)


class Lead(Record):
    """Somebody who may become a customer.

    `raw` is what was given at intake and never changes; the columns beside it are what was made of it.
    `party_id` is who speaks, `firm_id` for which establishment, where one is named. `own_party_id` and
    `own_firm_id` are the parties that intake made: unverified, and changed with the lead as long as it points
    at them. `customer_id` is the customer that the lead belongs to, once there is one; `conversion` says what
    was made when it became one. Money is đồng. `score` are points of 100, `likelihood` is per cent: both
    follow from the rest and are kept by the scoring of leads, none where nothing is worked out.
    `perhaps_known` says that somebody should look whom it may be, or that somebody did and it is a new one.
    """

    raw = models.JSONField(default=dict)
    name = models.CharField(max_length=250)
    name_key = sort_key_of("name")
    kind = models.CharField(max_length=20, default="")
    honorific = models.CharField(max_length=8, default="")
    job_title = models.CharField(max_length=120, default="")
    phones = _text_array()
    phone_notes = models.JSONField(default=dict)
    emails = _text_array()
    email_notes = models.JSONField(default=dict)
    company = models.CharField(max_length=250, default="")
    tax_code = models.CharField(max_length=14, default="")
    personal_id = models.BinaryField(null=True)
    personal_id_mac = models.BinaryField(null=True)
    addresses = models.JSONField(default=list)
    ward_code = models.CharField(max_length=5, default="")
    province_code = models.CharField(max_length=2, default="")
    address_status = models.CharField(max_length=12, default="")
    industry = models.CharField(max_length=40, default="")
    legal_form = models.CharField(max_length=40, default="")
    size_band = models.CharField(max_length=20, default="")
    revenue_band = models.CharField(max_length=20, default="")
    tags = _text_array()
    source = models.CharField(max_length=40, default="")
    source_detail = models.CharField(max_length=200, default="")
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, related_name="+", db_index=False
    )
    referrer_id = models.BigIntegerField(null=True)
    collaborator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=40, default="")
    product_ids = ArrayField(models.BigIntegerField(), default=list)
    need = models.TextField(default="")
    budget = models.BigIntegerField(null=True)
    wanted_by = models.DateField(null=True)
    is_decider = models.BooleanField(default=False)
    is_feasible = models.BooleanField(default=False)
    current_provider = models.ForeignKey(
        "opportunities.Competitor", models.PROTECT, null=True, related_name="+", db_index=False
    )
    provider_until = models.DateField(null=True)
    temperature = models.CharField(max_length=8, default=Temperature.WARM.value)
    note = models.TextField(default="")
    state = models.CharField(max_length=14, default=LeadState.NEW.value)
    state_since = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True)
    first_due_at = models.DateTimeField(null=True)
    reclaim_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    next_action_on = models.DateField(null=True)
    disqualify_reason = models.CharField(max_length=40, default="")
    revisit_on = models.DateField(null=True)
    duplicate_of = models.ForeignKey("Lead", models.PROTECT, null=True, related_name="+", db_index=False)
    reopened = models.SmallIntegerField(default=0)
    party_id = models.BigIntegerField()
    firm_id = models.BigIntegerField(null=True)
    own_party_id = models.BigIntegerField()
    own_firm_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    perhaps_known = models.CharField(max_length=8, default="")
    converted_at = models.DateTimeField(null=True)
    contact_id = models.BigIntegerField(null=True)
    opportunity_id = models.BigIntegerField(null=True)
    conversion = models.JSONField(default=dict)
    score = models.SmallIntegerField(null=True)
    likelihood = models.SmallIntegerField(null=True)
    search = searched_with_ways("name", "company")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="a_lead_code_is_given_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_lead_has_a_name"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in LeadState]), name="a_lead_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=LeadState.CONVERTED.value, customer_id__isnull=False, converted_at__isnull=False
                )
                | Q(converted_at=None) & ~Q(state=LeadState.CONVERTED.value),
                name="a_lead_that_became_a_customer_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(state=LeadState.DISQUALIFIED.value) | ~Q(disqualify_reason=""),
                name="a_lead_is_given_up_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0), name="the_budget_of_a_lead_is_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="leads_by_age"),
            models.Index(fields=["name_key", "id"], name="leads_by_name"),
            models.Index(fields=["owner", "created_at", "id"], name="leads_of_an_owner"),
            models.Index(fields=["unit", "created_at", "id"], name="leads_of_a_unit"),
            models.Index(fields=["first_due_at", "id"], name="leads_by_first_contact"),
            models.Index(F("score").desc(nulls_last=True), F("id").desc(), name="leads_by_score"),
            models.Index(fields=["party_id"], name="leads_of_a_party"),
            # By whom an erasure finds the leads of somebody whose own party was put away.
            models.Index(fields=["own_party_id"], name="leads_of_an_own_party"),
            models.Index(fields=["firm_id"], condition=Q(firm_id__isnull=False), name="leads_of_a_firm"),
            models.Index(
                fields=["customer_id"], condition=Q(customer_id__isnull=False), name="leads_of_a_customer"
            ),
            models.Index(
                fields=["opportunity_id"], condition=Q(opportunity_id__isnull=False), name="leads_of_a_deal"
            ),
            # Few at any time: those of whom somebody should say whom they are.
            models.Index(
                fields=["created_at", "id"],
                condition=Q(perhaps_known=Known.PERHAPS.value),
                name="leads_perhaps_known",
            ),
            # What the clock looks at every few minutes: those that nobody has spoken to yet.
            models.Index(
                fields=["reclaim_at"],
                condition=Q(state=LeadState.ASSIGNED.value),
                name="leads_to_be_taken_back",
            ),
            models.Index(
                fields=["deleted_at", "id"], condition=Q(deleted_at__isnull=False), name="leads_in_the_bin"
            ),
            GinIndex(OpClass(F("search"), "gin_trgm_ops"), name="leads_by_any_part"),
            GinIndex(
                fields=[
                    "state",
                    "temperature",
                    "source",
                    "campaign",
                    "industry",
                    "province_code",
                    "ward_code",
                    "tags",
                ],
                name="leads_by_class",
            ),
        ]
