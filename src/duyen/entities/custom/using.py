"""What uses a field of the company's own, told before it is retired or deleted; and its values taken away."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from duyen.entities.custom.columns import COLUMN, DERIVED
from duyen.entities.custom.defining import PURGE, adaptable_named
from duyen.entities.derived.reading import followers_of
from duyen.entities.entity import Entity
from duyen.entities.fields.base import OWN
from duyen.entities.indexes.asking import row_words
from duyen.entities.models import CompanyIndex, ImportMapping, SavedView
from duyen.entities.sql import name
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import DERIVED_KINDS, FieldState
from duyen.foundation.jobs.running import Run, job_kind
from duyen.foundation.layouts.models import Layout

#: Counting stops here.
MOST_COUNTED = 10_000
_CHUNK = 2_000


@dataclass(frozen=True)
class Uses:
    """How many records hold a value (`is_more`: at least so many), and who else speaks of the field."""

    records: int
    is_more: bool
    views: list[str]
    mappings: int
    indexes: list[str]
    roles: list[str]
    #: Whose forms have a place for it of their own: roles, and everybody.
    forms: list[str]
    #: Formulas and roll-ups that follow from it.
    followers: list[str]

    @property
    def is_nothing(self) -> bool:
        others = (self.views, self.mappings, self.indexes, self.roles, self.forms, self.followers)
        return not (self.records or any(others))


def uses_of(held: CustomField) -> Uses:
    """Find what uses a field; counting records stops at MOST_COUNTED."""
    entity, field = adaptable_named(held.entity), f"{OWN}{held.key}"
    records = _count(entity, held)
    mappings = ImportMapping.objects.filter(entity=held.entity).values_list("columns", flat=True)
    indexes = CompanyIndex._default_manager.filter(entity=held.entity, field=field).order_by("pk")
    rights = FieldRight.objects.filter(entity=held.entity, field=field).order_by("role__name")
    return Uses(
        records=min(records, MOST_COUNTED),
        is_more=records > MOST_COUNTED,
        views=[
            each.name
            for each in SavedView.objects.filter(deleted_at=None).order_by("name")
            if _names(each, field)
        ],
        mappings=sum(1 for columns in mappings if field in json.dumps(columns)),
        indexes=[row_words(each) for each in indexes],
        roles=list(rights.values_list("role__name", flat=True).distinct()),
        forms=_forms(held.entity, field),
        followers=_followers(held),
    )


def _followers(held: CustomField) -> list[str]:
    others = CustomField.objects.exclude(state=FieldState.DELETED).order_by("entity", "place", "pk")
    return [each.label for each in followers_of(held.entity, f"{OWN}{held.key}", list(others))]


def _column(held: CustomField) -> str:
    """Name the column of the table in which the values of a field stand."""
    return DERIVED if held.kind in DERIVED_KINDS else COLUMN


def _forms(entity: str, field: str) -> list[str]:
    """Name whose arranged forms speak of the field; of one that is gone they pass it over."""
    layouts = Layout.objects.filter(entity=entity).order_by("role__name", "pk").select_related("role")
    return [
        each.role.name if each.role else _("Everybody")
        for each in layouts
        if field in each.hidden
        or any(field in line for section in each.form for line in section.get("lines", ()))
    ]


def _count(entity: Entity, held: CustomField) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {name(entity.table)}"
            f" WHERE jsonb_exists({_column(held)}, %s)"
            f" LIMIT {MOST_COUNTED + 1}) k",
            [str(held.pk)],
        )
        return int(cursor.fetchone()[0])


def _names(view: SavedView, field: str) -> bool:
    """Tell whether a view speaks of the field, of its own entity or through a link."""
    told = json.dumps(view.state)
    return f'"{field}"' in told or f'"{field}:' in told or f'"-{field}"' in told or f'.{field}"' in told


@job_kind(PURGE)
def purge(run: Run) -> None:
    """Take the values of a deleted field out of the records, chunk by chunk; the trail keeps them."""
    held = CustomField.objects.filter(pk=run.job.arguments["field"], state=FieldState.DELETED).first()
    if held is None:
        return
    entity = adaptable_named(held.entity)
    done = run.job.done
    while True:
        with transaction.atomic():
            trail.begin(run.actor(), "custom_fields.purge")
            taken = _take_away(entity.table, _column(held), str(held.pk))
            done += taken
            run.save(done=done)
        if taken < _CHUNK:
            return


def _take_away(table: str, column: str, key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {name(table)} SET {column} = {column} - %s::text"
            f" WHERE id IN (SELECT id FROM {name(table)} WHERE jsonb_exists({column}, %s) ORDER BY id"
            f" LIMIT {_CHUNK} FOR NO KEY UPDATE)",
            [key, key],
        )
        return int(cursor.rowcount)
