"""Which records people watch."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Watch(models.Model):
    """One person wants to be told what others change on one record.

    `entity` is the record's family, so that a customer who is a contact too is watched once. `is_own` tells
    that it came by itself, because she made the record.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    is_own = models.BooleanField(default=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "entity", "record_id"], name="a_record_is_watched_once_by_a_person"
            ),
        ]
        indexes = [
            models.Index(fields=["entity", "record_id", "user"], name="watchers_of_a_record"),
            models.Index(fields=["user", "-id"], name="watched_latest_first"),
        ]
