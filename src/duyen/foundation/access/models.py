"""Rights as data: what each role may do with each entity, how far, and which fields it may not."""

from __future__ import annotations

from django.db import models

from duyen.foundation.access.words import FieldLevel, Reach


class RoleRight(models.Model):
    """A role may use one verb (or one action) of one entity, as far as `reach` says."""

    id = models.BigAutoField(primary_key=True)
    role = models.ForeignKey("org.Role", models.CASCADE, related_name="rights")
    entity = models.CharField(max_length=60)
    verb = models.CharField(max_length=40)
    reach = models.CharField(max_length=8, choices=[(reach.value, reach.value) for reach in Reach])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "entity", "verb"], name="a_right_is_given_once"),
        ]


class FieldRight(models.Model):
    """A role may not see, or may only see, one field of one entity."""

    id = models.BigAutoField(primary_key=True)
    role = models.ForeignKey("org.Role", models.CASCADE, related_name="field_rights")
    entity = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=[(level.value, level.value) for level in FieldLevel])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "entity", "field"], name="a_field_right_is_given_once"),
        ]


class SeededEntity(models.Model):
    """An entity whose default rights were handed out once; later changes are the company's own."""

    entity = models.CharField(max_length=60, primary_key=True)
    seeded_at = models.DateTimeField()


class AccessEpoch(models.Model):
    """One number that rises whenever a unit, user, role, position or right changes.

    Resolved rights are kept in memory under it, so that a change works at the next request.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_access_epoch"),
        ]
