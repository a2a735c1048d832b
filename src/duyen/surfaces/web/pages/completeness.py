"""The panel that says how complete a record is, and leads to what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.completeness.missing import Lacking, told_of
from duyen.entities.completeness.rules import band
from duyen.entities.entity import Entity
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.pages.forms import settable
from duyen.surfaces.web.pages.shown import Drawn

TEMPLATE = "derived/completeness.html"
_TONES = ("red", "amber", "green")
#: So many missing things are told; the form shows the rest.
_MOST = 6


def completeness_panels(
    entity: Entity, row: Mapping[str, Any], actor: Actor, *, edit_url: str
) -> list[Drawn]:
    """Give the panel, or none where there is no score or the reader may not see it."""
    told = told_of(entity, row, actor=actor)
    if told is None:
        return []
    open_fields = {each.name for each in settable(entity, actor, is_new=False)} if edit_url else set()
    content = {
        "value": told.value,
        "tone": _TONES[band(told.value)] if told.value is not None else "gray",
        "is_settled": told.is_settled,
        "missing": [
            {
                "label": each.label,
                "points": each.points,
                "url": _url(each, edit_url, open_fields),
            }
            for each in told.lacking[:_MOST]
        ],
        "more": max(len(told.lacking) - _MOST, 0),
    }
    return [Drawn(_("Completeness"), TEMPLATE, content)]


def _url(each: Lacking, edit_url: str, open_fields: set[str]) -> str:
    """Lead to the control of the first field that the reader may set."""
    name = next((name for name in each.fields if name in open_fields), "")
    return f"{edit_url}#f-{name}" if name else ""
