"""Leads on the start page: those to speak to next, the first due first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.home.declared import HeadLink, Look, Tile, contribute_tiles
from duyen.entities.home.lines import LINES, MOST_LINES, Empty, Line, Lines
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ, FieldLevel
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment
from duyen.modules.leads import queries

_TOLD = ("name", "company", "state", "temperature", "first_due_at")


def _fits(actor: Actor) -> bool:
    leads = entity_named("leads")
    return actor.may("leads", READ) and all(
        leads.level(actor, name) is not FieldLevel.HIDDEN for name in _TOLD
    )


def _to_speak_to(look: Look) -> Mapping[str, Any]:
    """Tell to whom somebody has to speak first: of one's own leads, or of all whom one's rights reach."""
    temperature, moment = entity_named("leads").field("temperature"), now()
    lines = [
        Line(
            row["name"],
            f"/leads/{row['id']}",
            " · ".join(filter(None, [temperature.show(row["temperature"]), row["company"]])),
            aside=show_moment(row["first_due_at"]),
            tone="red" if row["first_due_at"] < moment else "",
        )
        for row in queries.to_speak_to(look.actor, is_wide=look.is_team, most=MOST_LINES)
    ]
    may_make = look.actor.may("leads", CREATE)
    empty = Empty(
        _("Nobody waits for a first call."),
        _("Leads that were assigned stand here, the first due first."),
        "/leads/new" if may_make else "",
        _("Add a lead") if may_make else "",
    )
    links = [HeadLink(_("Add"), "/leads/new", icon="plus")] if may_make else []
    whose = () if look.is_team else (("owner.eq", "@me"),)
    more = urlencode([("list", "open" if look.is_team else "mine"), ("state.eq", "ASSIGNED"), *whose])
    return {"told": Lines(lines, empty, more_url=f"/leads?{more}"), "links": links}


def contribute() -> None:
    """Offer the tile. Called once, at start-up."""
    contribute_tiles(
        Tile(
            "leads.next",
            gettext_lazy("Leads to speak to"),
            "user-plus",
            LINES,
            _to_speak_to,
            fits=_fits,
            order=34,
        )
    )
