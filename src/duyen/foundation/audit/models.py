"""The trail: who changed what, from which value to which, when, and through which door."""

from __future__ import annotations

from django.db import models

#: The kind of an entry that tells of a look at something, not of a change: see `trail.note_opened`.
OPENED = "O"


class History(models.Model):
    """One changed row. Written only by the database's own trigger; never changed, never deleted.

    `changes` maps a column to [old, new]; of something opened it holds what was told about it. The
    table is partitioned by month (see the migration), so nothing may point at it. `root_*` is the
    record on whose page the entry is shown.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    operation = models.BigIntegerField()
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    root_entity = models.CharField(max_length=60)
    root_id = models.BigIntegerField()
    kind = models.CharField(max_length=1)
    verb = models.CharField(max_length=60)
    record_version = models.IntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=160)
    on_behalf_of = models.BigIntegerField(null=True)
    door = models.CharField(max_length=12)
    changes = models.JSONField(null=True)
    note = models.CharField(max_length=500)

    class Meta:
        managed = False
        db_table = "history"


class Verification(models.Model):
    """One look at the seals: up to which one, its digest, how many entries, and what was wrong there.

    `is_whole` says that every seal of that moment was looked at, in this run and those before it.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    through = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    entries = models.BigIntegerField()
    is_whole = models.BooleanField()
    fault = models.CharField(max_length=32)


class Follower(models.Model):
    """How far one follower of the trail has read: every entry up to `position` is worked through.

    `at_once` is how many entries it gets in its next chunk. After a failure it stands at one, `failures`
    counts the tries at that entry, and `again_at` is when the next one is due.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    position = models.BigIntegerField()
    at_once = models.IntegerField()
    failures = models.IntegerField(default=0)
    problem = models.TextField(default="")
    again_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="a_follower_stands_in_one_place")]


class SetAside(models.Model):
    """An entry that a follower could not work through: it went on without it, and the check tells of it."""

    id = models.BigAutoField(primary_key=True)
    follower = models.CharField(max_length=60)
    entry_id = models.BigIntegerField()
    problem = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "entry_id"], name="an_entry_is_set_aside_once")
        ]
