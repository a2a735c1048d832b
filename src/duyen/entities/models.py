"""What the engine itself keeps: answers given to a request that may come twice, and what was opened."""

from __future__ import annotations

from django.db import models


class GivenAnswer(models.Model):
    """The answer to a request that carried an idempotency key, kept for 24 hours.

    `fingerprint` is a digest of the request: the same key with another request is refused.
    """

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "key"], name="a_key_is_answered_once_per_user"),
        ]
        indexes = [models.Index(fields=["created_at"], name="given_answers_by_age")]


class RecentRecord(models.Model):
    """A record that somebody opened, once each and the last ones alone: her way back, not a trail."""

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "entity", "record_id"], name="a_record_is_recent_once_per_user"
            ),
        ]
