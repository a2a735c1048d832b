"""Assignment rules: who gets which leads, and what they assigned."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Binned
from duyen.foundation.sqlfields import searched_text, sort_key_of
from duyen.modules.assignments.words import Way


def _codes() -> ArrayField[Any, Any]:
    return ArrayField(models.TextField(), default=list)


def _ids() -> ArrayField[Any, Any]:
    return ArrayField(models.BigIntegerField(), default=list)


class AssignmentRule(Binned):
    """Leads that fit all that is named go to one of `user_ids`; of several rules the first `position` counts.

    What is empty fits every lead; `wards` are named one a line. `unit` is where the leads stand from then on;
    none leaves them where their new owner works.
    """

    name = models.CharField(max_length=200)
    name_key = sort_key_of("name")
    search = searched_text(F("name"))
    position = models.IntegerField(default=100)
    is_on = models.BooleanField(default=False)
    sources = _codes()
    temperatures = _codes()
    provinces = _codes()
    wards = models.TextField(default="")
    product_ids = _ids()
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, related_name="+", db_index=False
    )
    user_ids = _ids()
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    way = models.CharField(max_length=12, default=Way.IN_TURN.value)
    most_open = models.IntegerField(null=True)
    only_in_hours = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["position", "id"], name="assignment_rules_in_order"),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="assignment_rules_in_the_bin",
            ),
        ]


class Assigned(models.Model):
    """One lead that a rule assigned: to whom and when. It tells whose turn it is, and what a rule brought."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(AssignmentRule, models.CASCADE, related_name="+", db_index=False)
    lead_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["rule", "at"], name="what_a_rule_assigned"),
            models.Index(fields=["lead_id"], name="to_whom_a_lead_was_assigned"),
        ]
