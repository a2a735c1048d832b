"""When something outside this process last went well, and when it last failed."""

from __future__ import annotations

from django.db import models


class Mark(models.Model):
    """The last success and the last failure of one thing, such as sending mail; no word of what was sent."""

    name = models.CharField(max_length=60, primary_key=True)
    good_at = models.DateTimeField(null=True)
    bad_at = models.DateTimeField(null=True)
    bad_kind = models.CharField(max_length=80, default="")
