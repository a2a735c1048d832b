"""What becomes of the mail that arrives where leads come in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from duyen.foundation.records import Stamped


class Intake(Stamped):
    """What every lead that comes by mail has: its source and purpose, and the unit where it goes.

    There is one, beside the company's mailbox for leads.
    """

    is_only = models.BooleanField(default=True)
    source = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_only"], condition=Q(is_only=True), name="there_is_one_way_in_by_mail"
            ),
            models.CheckConstraint(condition=Q(is_only=True), name="a_way_in_by_mail_is_the_only_one"),
        ]
