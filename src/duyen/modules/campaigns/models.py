"""Campaigns: what the company does for a while to win customers or to keep them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Record
from duyen.foundation.sqlfields import searched_text, sort_key_of
from duyen.modules.campaigns.words import CampaignState


class Campaign(Record):
    """A campaign from one day to another, both included; `budget` is in đồng, and none is decided yet."""

    name = models.CharField(max_length=200)
    name_key = sort_key_of("name")
    search = searched_text(F("name"), F("code"))
    kind = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=12, default=CampaignState.DRAFT.value)
    state_since = models.DateTimeField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    budget = models.BigIntegerField(null=True)
    objective = models.TextField(default="")
    note = models.TextField(default="")
    end_reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="a_campaign_code_is_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CampaignState]),
                name="a_campaign_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_campaign_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0), name="a_budget_is_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="campaigns_by_name"),
            models.Index(fields=["starts_on", "id"], name="campaigns_by_their_first_day"),
            models.Index(fields=["created_at", "id"], name="campaigns_by_age"),
            models.Index(fields=["owner", "name_key", "id"], name="campaigns_of_an_owner"),
            models.Index(fields=["unit", "name_key", "id"], name="campaigns_of_a_unit"),
        ]
