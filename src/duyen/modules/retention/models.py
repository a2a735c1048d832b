"""The record of each night on which leads were erased because nobody uses them."""

from __future__ import annotations

from django.db import models


class Night(models.Model):
    """One run: by which rule, how many leads it erased, how many it had to leave as they were.

    A first one `is_notice`: it erases nobody, tells what will be erased from the next night on, and counts
    that in `due`. `due` is how many were due at the beginning, counted up to a bound.
    """

    id = models.BigAutoField(primary_key=True)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    day = models.DateField()
    months = models.SmallIntegerField()
    most = models.IntegerField()
    is_notice = models.BooleanField(default=False)
    due = models.IntegerField(default=0)
    erased = models.IntegerField(default=0)
    left_alone = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="retention_nights_by_age")]
