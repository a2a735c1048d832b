"""Say the groups of a report in words: one query for each kind of linked records, however many groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.fields import Field, Link
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.entities.reports.declared import By, Step
from duyen.entities.reports.reading import Told
from duyen.entities.reports.statement import field_of
from duyen.foundation.access.actor import Actor


def name_keys(told: Told, actor: Actor) -> list[dict[Any, str]]:
    """Give the words of each value by level; a record out of the reader's sight has none of its own."""
    return [
        _named(
            field_of(told.entity, by.field),
            by,
            {line.keys[depth] for line in told.lines if len(line.keys) > depth},
            actor,
        )
        for depth, by in enumerate(told.report.groups)
    ]


def _named(field: Field, by: By, keys: set[Any], actor: Actor) -> dict[Any, str]:
    known = keys - {None}
    if isinstance(field, Link):
        linked = labels(actor, entity_named(field.to), known)
        words: Mapping[Any, str] = {key: each.label or each.code for key, each in linked.items()}
        found = {key: words.get(key) or _("Not open to you") for key in known}
    elif by.step is not None:
        found = {key: stretch_in_words(key, by.step) for key in known}
    elif by.bands:
        found = {key: band_in_words(key, by.bands) for key in known}
    else:
        found = {key: field.show(key) for key in known}
    return {**found, None: _("Not filled in")}


def band_in_words(least: int, bands: Sequence[int]) -> str:
    """Say the stretch of numbers that begins at one of the bounds: 0–7, 8–30, from 31."""
    above = [each for each in bands if each > least]
    return f"{least}–{min(above) - 1}" if above else _("%(least)s and more") % {"least": least}


def stretch_in_words(first: dt.date, step: Step) -> str:
    """Say the month, quarter or year that begins on a day: 11/2026, quarter 4/2026, 2026."""
    match step:
        case Step.MONTH:
            return f"{first:%m/%Y}"
        case Step.QUARTER:
            return _("Quarter %(quarter)s/%(year)s") % {
                "quarter": (first.month + 2) // 3,
                "year": first.year,
            }
    return str(first.year)
