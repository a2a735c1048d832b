"""Tell in the trail who carried out what, how much and why: law 91/2025/QH15 asks to know that later."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.exporting.asking import Asked
from duyen.entities.history import name_verbs
from duyen.entities.trail_lines import name_families
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail

#: Under which name the trail tells of files that leave the house.
EXPORTS = "exports"
BEGUN, TAKEN, FETCHED = "exports.begin", "exports.take", "exports.fetch"
EVERYTHING_BEGUN, EVERYTHING_TAKEN = "exports.begin_everything", "exports.take_everything"
EVERYTHING_FETCHED = "exports.fetch_everything"

name_families({EXPORTS: _("Export")})
name_verbs(
    {
        BEGUN: _("Began to export"),
        TAKEN: _("Exported"),
        FETCHED: _("Fetched an exported file"),
        EVERYTHING_BEGUN: _("Began to export everything"),
        EVERYTHING_TAKEN: _("Exported everything"),
        EVERYTHING_FETCHED: _("Fetched the file with everything"),
    }
)


def note(actor: Actor, verb: str, asked: Asked, **more: Any) -> None:
    """Note one moment of an export: `entries` how many rows, `whole` whether it came to its end."""
    trail.note_opened(actor, verb, entity=EXPORTS, note=asked.purpose, told={"asked": _told(asked), **more})


def _told(asked: Asked) -> dict[str, str]:
    view = asked.view
    told = {
        "kind": asked.entity,
        "format": asked.format,
        "words": view.q,
        "filter": json.dumps(view.filter, ensure_ascii=False) if view.filter else "",
        "columns": ", ".join(asked.columns),
        "chosen": str(len(asked.ids)) if asked.ids is not None else "",
        "bin": "1" if view.deleted else "",
    }
    return {name: value for name, value in told.items() if value}
