"""Commissions: what a deal brings to those who helped to win it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Binned, Record
from duyen.foundation.sqlfields import searched_text, searched_with_code, sort_key_of
from duyen.modules.commissions.words import CommissionState


class Plan(models.Model):
    """What of a deal is shared out: a rate in per cent of a basis or a fixed amount, or why nothing is due.

    `party_id` is the customer's, copied; `total` is in đồng, as the deal stands.
    """

    id = models.BigAutoField(primary_key=True)
    opportunity = models.OneToOneField("opportunities.Opportunity", models.CASCADE, related_name="+")
    party_id = models.BigIntegerField()
    basis = models.CharField(max_length=12, default="")
    rate = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    fixed_amount = models.BigIntegerField(null=True)
    total = models.BigIntegerField(null=True)
    none_due = models.CharField(max_length=300, default="")
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(none_due="") | Q(rate__gt=0) | Q(fixed_amount__gt=0),
                name="a_plan_says_what_is_shared_or_why_not",
            ),
        ]


class Commission(Record):
    """One beneficiary's share of what a deal brings; sums are đồng.

    Owner, unit and `party_id` are the deal's, copied. `employee` is the account of the beneficiary where
    there is one, and `beneficiary` the name. `split` is the share in per cent. `base` and `amount` follow
    from the deal until the commission is accrued. `confirmed_from` is whoever changed it last before that.
    """

    opportunity = models.ForeignKey(
        "opportunities.Opportunity", models.PROTECT, related_name="+", db_index=False
    )
    party_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=16)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    beneficiary = models.CharField(max_length=200)
    name_key = sort_key_of("beneficiary")
    taxed_as = models.CharField(max_length=16)
    split = models.DecimalField(max_digits=5, decimal_places=2)
    condition = models.CharField(max_length=16, default="")
    months = models.SmallIntegerField(null=True)
    note = models.TextField(default="")
    state = models.CharField(max_length=12, default=CommissionState.PLANNED.value)
    state_since = models.DateTimeField()
    base = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    accrued_on = models.DateField(null=True)
    confirmed_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    paid_on = models.DateField(null=True)
    payment_ref = models.CharField(max_length=80, default="")
    pit_withheld = models.BigIntegerField(null=True)
    paid_amount = models.BigIntegerField(null=True)
    clawback_reason = models.CharField(max_length=300, default="")
    search = searched_with_code("beneficiary")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="a_commission_code_is_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CommissionState]),
                name="a_commission_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(split__gt=0, split__lte=100), name="a_share_is_a_part_of_the_whole"
            ),
            models.CheckConstraint(
                condition=~Q(state=CommissionState.PAID.value)
                | Q(paid_on__isnull=False, paid_amount=F("amount") - F("pit_withheld")),
                name="what_is_paid_is_the_amount_without_its_tax",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="commissions_by_age"),
            models.Index(fields=["name_key", "id"], name="commissions_by_beneficiary"),
            models.Index(fields=["owner", "created_at", "id"], name="commissions_of_an_owner"),
            models.Index(fields=["unit", "created_at", "id"], name="commissions_of_a_unit"),
            models.Index(fields=["opportunity", "id"], name="commissions_of_a_deal"),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="commissions_in_the_bin",
            ),
            GinIndex(OpClass(F("search"), "gin_trgm_ops"), name="commissions_by_any_part"),
            GinIndex(fields=["state", "kind", "taxed_as"], name="commissions_by_class"),
        ]


class WithholdingRule(Binned):
    """What the company says of the tax that is withheld from a day on; it stands above the law of that day.

    `percent` of each payment of at least `least` đồng to a person without a labour contract.
    """

    source_channel = models.CharField(max_length=20, default="")
    custom = models.JSONField(default=dict)
    derived = models.JSONField(default=dict)
    since = models.DateField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    least = models.BigIntegerField()
    basis = models.CharField(max_length=300)
    search = searched_text(F("basis"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100, least__gte=0),
                name="what_is_withheld_is_a_part_of_a_payment",
            ),
        ]
        indexes = [models.Index(fields=["since", "id"], name="withholding_rules_by_day")]
