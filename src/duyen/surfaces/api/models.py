"""What a program shows instead of a password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiToken(models.Model):
    """A secret with which a program acts as one user, kept as a keyed digest only.

    `prefix` is the open beginning by which people tell their tokens apart. `scopes` are the words of what
    it may be used for; none means all that its user may.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80, default="")
    scopes = ArrayField(models.CharField(max_length=121), default=list)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="a_token_opens_for_one_user"),
        ]
