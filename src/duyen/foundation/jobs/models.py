"""Background work as people see it: what it is, who asked for it, and how far it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class JobState(models.TextChoices):
    """Where a job stands; the three last are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(models.Model):
    """One piece of background work, asked for once, carried out in chunks."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    label = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=12, default=JobState.QUEUED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, null=True)  # noqa: DJ001 - absent, not empty, where a caller gave none
    arguments = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    rejected = models.BigIntegerField(default=0)
    rejected_file = models.CharField(max_length=300, default="")
    result = models.JSONField(default=dict)
    problem = models.TextField(default="")
    wants_cancel = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="a_job_key_starts_one_job")]
        indexes = [models.Index(fields=["-created_at", "-id"], name="jobs_newest_first")]
