"""Records that are open to one more person by name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Share(models.Model):
    """One record shared with one person, to read or to change, until a day or for good."""

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    may_change = models.BooleanField(default=False)
    until = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "record_id", "user"], name="a_record_is_shared_once_with_a_person"
            ),
            models.CheckConstraint(condition=Q(record_id__gt=0), name="a_share_names_a_record"),
        ]
