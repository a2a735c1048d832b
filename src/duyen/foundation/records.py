"""The columns that every kept thing has, so that all of them can be locked, traced and owned alike."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Stamped(models.Model):
    """A row that knows who made and changed it, and how often it was changed.

    `version` rises by one with every change and guards against a stale save.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class Binned(Stamped):
    """A row that a bin keeps when it is deleted: since when, by whom, and why if that was said."""

    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    delete_reason = models.CharField(max_length=500, default="")

    class Meta:
        abstract = True


class Record(Binned):
    """A business record: numbered, owned by a person and a unit, kept when it is deleted.

    `custom` holds the values of the company's own fields by their ids, `derived` those that follow from
    others by a formula: no version, no moment of change and no entry of the trail tells of these.
    """

    code = models.CharField(max_length=40)
    code_unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    source_channel = models.CharField(max_length=20)
    custom = models.JSONField(default=dict)
    derived = models.JSONField(default=dict)

    class Meta:
        abstract = True
