"""Leads handed over on the start page: those that wait for an answer, the first due first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.home.declared import Look, Tile, contribute_tiles
from duyen.entities.home.lines import LINES, MOST_LINES, Empty, Line, Lines
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment
from duyen.modules.handovers import queries

ADDRESS = "/leads/handed-over"


def fits(actor: Actor) -> bool:
    """Tell whether the actor works on leads and sees who they are."""
    leads = entity_named("leads")
    return (
        actor.user_id is not None
        and actor.may("leads", CHANGE)
        and leads.level(actor, "name") is not FieldLevel.HIDDEN
    )


def _waiting(look: Look) -> Mapping[str, Any]:
    """Tell which leads wait for an answer."""
    found = list(queries.to_answer(look.actor)[:MOST_LINES])
    leads = queries.facts_of([each.lead_id for each in found] or [0])
    people, _units = queries.names_of([each.by_id for each in found] or [0], [0])
    moment = now()
    lines = [
        Line(
            leads[each.lead_id]["name"],
            ADDRESS,
            " · ".join(filter(None, [people.get(each.by_id, ""), each.note])),
            aside=show_moment(each.due_at),
            tone="red" if each.due_at < moment else "",
        )
        for each in found
        if each.lead_id in leads
    ]
    empty = Empty(
        _("No lead waits for your answer."), _("What is handed over to you or your unit stands here.")
    )
    return {"told": Lines(lines, empty, more_url=ADDRESS)}


def contribute() -> None:
    """Offer the tile. Called once, at start-up."""
    contribute_tiles(
        Tile(
            "handovers.waiting",
            gettext_lazy("Leads handed over to you"),
            "inbox",
            LINES,
            _waiting,
            fits=fits,
            order=35,
        )
    )
