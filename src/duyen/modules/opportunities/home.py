"""Deals on the start page: those that are to be closed next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.home.declared import HeadLink, Look, Tile, contribute_tiles
from duyen.entities.home.lines import LINES, MOST_LINES, Empty, Line, Lines
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ, FieldLevel
from duyen.kernel.dates import show_date
from duyen.kernel.money import Money
from duyen.modules.opportunities import queries

_TOLD = ("name", "stage", "expected_close", "state")


def _fits(actor: Actor) -> bool:
    deals = entity_named("opportunities")
    return actor.may("opportunities", READ) and all(
        deals.level(actor, name) is not FieldLevel.HIDDEN for name in _TOLD
    )


def _next_to_close(look: Look) -> Mapping[str, Any]:
    """Tell which deals are to be closed next: one's own, or those of all whom one's rights reach."""
    deals = entity_named("opportunities")
    rows = queries.next_to_close(look.actor, is_wide=look.is_team, most=MOST_LINES)
    amount = deals.field("amount")
    shows_amount = deals.level(look.actor, "amount") is not FieldLevel.HIDDEN
    lines = []
    for row in rows:
        worth = amount.show(Money(row["amount"])) if shows_amount and row["amount"] is not None else ""
        lines.append(
            Line(
                row["name"],
                f"/opportunities/{row['id']}",
                " · ".join(filter(None, [row["stage_name"], worth])),
                aside=show_date(row["expected_close"]),
                tone="red" if row["expected_close"] < look.day else "",
            )
        )
    may_make = look.actor.may("opportunities", CREATE)
    empty = Empty(
        _("No opportunity under way."),
        _("The next to be closed stand here."),
        "/opportunities/new" if may_make else "",
        _("Add an opportunity") if may_make else "",
    )
    links = [HeadLink(_("Add"), "/opportunities/new", icon="plus")] if may_make else []
    return {"told": Lines(lines, empty, more_url="/opportunities"), "links": links}


def contribute() -> None:
    """Offer the tile. Called once, at start-up."""
    contribute_tiles(
        Tile(
            "opportunities.next",
            gettext_lazy("Opportunities to close next"),
            "target",
            LINES,
            _next_to_close,
            fits=_fits,
            order=35,
        )
    )
