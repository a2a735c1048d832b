"""What waits for somebody's approval, on her start page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.approvals.keeping import decided
from duyen.entities.approvals.people import may_decide_anything
from duyen.entities.approvals.reading import Which, count_to_decide, requests
from duyen.entities.home.declared import Look, Side, Tile, contribute_tiles
from duyen.entities.home.lines import LINES, MOST_LINES, Empty, Line, Lines, counted
from duyen.foundation.access.actor import Actor
from duyen.kernel.dates import show_moment
from duyen.surfaces.web.approvals.addresses import APPROVALS
from duyen.surfaces.web.approvals.shown import line

_MOST = 99


def takes_part(actor: Actor) -> bool:
    """Tell whether approvals are of any use to somebody: some limit is on, and she is a person."""
    return not actor.is_system and any(each.is_on for each in decided().values())


def _to_decide(look: Look) -> Mapping[str, Any]:
    shown = [line(each) for each in requests(look.actor, Which.TO_DECIDE, limit=MOST_LINES)]
    count = count_to_decide(look.actor, most=_MOST) if len(shown) > MOST_LINES else len(shown)
    lines = [
        Line(
            " · ".join(part for part in (str(each["step"]), each["name"], each["amount"]) if part),
            each["url"],
            each["who"],
            aside=_("until %(moment)s") % {"moment": show_moment(each["due_at"])},
            icon="stamp",
        )
        for each in shown[:MOST_LINES]
    ]
    empty = Empty(_("Nothing waits for you."), _("What needs your approval stands here."))
    return {
        "told": Lines(lines, empty, more_url=APPROVALS if count else ""),
        "count": counted(count, _MOST) if count else "",
    }


def contribute() -> None:
    """Put the tile on the start page of those who decide about something."""
    contribute_tiles(
        Tile(
            "approvals",
            gettext_lazy("For your approval"),
            icon="stamp",
            template=LINES,
            content=_to_decide,
            fits=may_decide_anything,
            side=Side.NARROW,
            order=8,
        )
    )
