"""What a company decides for itself, and the counters behind its record numbers."""

from __future__ import annotations

from django.db import models

from duyen.foundation.records import Stamped


class Setting(Stamped):
    """One decision of the company, by key; a key without a row has its declared default."""

    key = models.CharField(max_length=80)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="a_setting_is_kept_once")]


class Counter(models.Model):
    """The last number given out under one key, such as a table, unit and year."""

    key = models.CharField(max_length=120, primary_key=True)
    last = models.BigIntegerField(default=0)
