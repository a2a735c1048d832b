"""What becomes of the mail that arrives where leads come in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from duyen.foundation.records import Stamped


class Intake(Stamped):
    """What every lead has that comes by one of the company's mailboxes for leads.

    That is its source, purpose, campaign and products, and the unit where it goes. A mailbox that was taken
    out keeps this: mails of it may still wait.
    """

    mailbox = models.OneToOneField("messaging.Mailbox", models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, related_name="+", db_index=False
    )
    product_ids = ArrayField(models.BigIntegerField(), default=list)
