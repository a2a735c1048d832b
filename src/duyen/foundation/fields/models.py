"""The definitions by which a company adapts its records: one version over all of them, and its own fields."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from duyen.foundation.fields.words import FieldKind, FieldState, Required
from duyen.foundation.records import Stamped


def _choices(words: type[FieldKind] | type[Required] | type[FieldState]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]


class DefinitionsVersion(models.Model):
    """One number that is another one after every change of a definition; see `versions`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_definitions_version"),
        ]


class CustomField(Stamped):
    """One field of the company's own on the records of `entity`; its values stand under its id in `custom`.

    `key` is its name in addresses, files and the API, and never changes; `label` may at any time. `options`
    are those of a choice: objects with `code`, `label` and, where nobody may choose it any more,
    `is_retired`. `limits` are what its kind may be told: `least`, `most`, `digits`, `to` (the entity that a
    link leads to); of what follows from others its `result`, what it `reads`, and the `formula`, or of a
    roll-up `source`, `what`, `of`, `by`, `where`. `default` is the value of a new record as JSON.
    `required_kinds` are the kinds of record that need a value, `required_by` the commands that do.
    """

    entity = models.CharField(max_length=60)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=_choices(FieldKind))
    label = models.CharField(max_length=80)
    help = models.CharField(max_length=300, default="", blank=True)
    default = models.JSONField(null=True)
    required = models.CharField(max_length=8, choices=_choices(Required), default=Required.NEVER.value)
    required_kinds = models.JSONField(default=list)
    required_by = models.JSONField(default=list)
    searched = models.BooleanField(default=False)
    options = models.JSONField(default=list)
    limits = models.JSONField(default=dict)
    place = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=_choices(FieldState), default=FieldState.ACTIVE.value)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "key"], name="a_key_names_one_field_of_an_entity"),
        ]


class Computed(models.Model):
    """That every row was worked out by one definition: `digest` names all that its value follows from."""

    field_id = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=16)


class DueValue(models.Model):
    """A value that has still to be worked out again.

    Of the record itself, or, where `link` names one, of all that link by it to a record; up to `last` that is
    done.
    """

    id = models.BigAutoField(primary_key=True)
    field_id = models.BigIntegerField()
    link = models.CharField(max_length=60, default="")
    record_id = models.BigIntegerField()
    last = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["field_id", "link", "record_id"], name="due_values_of_a_field")]
