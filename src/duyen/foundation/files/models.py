"""Files of records, each with its versions. Contents lie outside the database, by a version's key."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from duyen.foundation.files.words import Place, Preview, Scan
from duyen.foundation.records import Stamped


class File(Stamped):
    """A file of one record, by the record's family and id; `current` is the number of the version that holds.

    In the bin it stays with all its versions. `party_id` is the party to which the record belongs.
    """

    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    party_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    current = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(record_id__gt=0), name="a_file_names_a_record"),
            models.CheckConstraint(condition=Q(current__gt=0), name="a_file_has_a_version"),
        ]
        indexes = [
            models.Index(
                fields=["entity", "record_id", "-id"],
                condition=Q(deleted_at=None),
                name="files_of_a_record",
            ),
            models.Index(
                fields=["entity", "record_id", "-id"],
                condition=Q(deleted_at__isnull=False),
                name="files_of_a_record_in_the_bin",
            ),
        ]


class FileVersion(models.Model):
    """One content that a file has or had. It never changes; a restored one becomes the newest by a new row.

    `key` finds the content in its `place`; two versions may share one. `sha256` is of the content, in
    hexadecimal, `size` in bytes, `ending` without its dot. `threat` is what the scanner found.
    """

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(File, models.CASCADE, related_name="versions", db_index=False)
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    party_id = models.BigIntegerField(null=True)
    number = models.IntegerField()
    name = models.CharField(max_length=200)
    ending = models.CharField(max_length=12)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=4, choices=[(each.value, each.value) for each in Place])
    key = models.CharField(max_length=80)
    scan = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Scan])
    threat = models.CharField(max_length=200, default="")
    scanned_at = models.DateTimeField(null=True)
    preview = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Preview])
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="a_version_of_a_file_is_numbered_once"),
        ]
        indexes = [
            models.Index(fields=["entity", "record_id"], name="versions_of_a_record"),
            models.Index(fields=["key"], name="versions_by_key"),
            models.Index(
                fields=["id"], condition=Q(scan__in=["pending", "unscanned"]), name="versions_to_scan"
            ),
        ]
