"""How activities look on pages: icons, tones, times and loads in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duyen.kernel.clock import ZONE
from duyen.kernel.dates import show_date
from duyen.kernel.working_time import WorkingTime
from duyen.modules.activities.choices import KINDS
from duyen.modules.activities.words import ActivityKind
from duyen.modules.activities.worklist import Load
from duyen.surfaces.web.filters import so


def named(*, icon: str) -> str:
    """Name an icon as the sprite's builder finds it in the sources."""
    return icon


ICONS = {
    ActivityKind.TASK: named(icon="circle-check"),
    ActivityKind.CALL: named(icon="phone"),
    ActivityKind.MEETING: named(icon="users"),
    ActivityKind.VISIT: named(icon="map-pin"),
    ActivityKind.EMAIL: named(icon="mail"),
    ActivityKind.LETTER: named(icon="file-text"),
    ActivityKind.NOTE: named(icon="sticky-note"),
}
LOCK = named(icon="lock")
#: Above so much of the worked hours somebody has little room left; above all of them there is none.
_MUCH, _FULL = 80, 100


def tone_of(kind: ActivityKind) -> str:
    """Give the tone of a kind, as its list of choices says."""
    return next((option.tone for option in KINDS if option.code == kind), "gray") or "gray"


def label_of(kind: ActivityKind) -> str:
    """Name a kind."""
    return next((str(option.label) for option in KINDS if option.code == kind), str(kind))


def hours_in_words(lasts: dt.timedelta) -> str:
    """Write a length in hours: 7,5."""
    return so(round(lasts.total_seconds() / 3600, 1)).removesuffix(",0").removesuffix(".0")


def worked(days: Sequence[dt.date], hours: WorkingTime) -> dt.timedelta:
    """Sum the working time of some days."""
    return dt.timedelta(minutes=sum(end - start for day in days for start, end in hours.spans(day)))


@dataclass(frozen=True)
class Fullness:
    """How full somebody's week is: `share` of the worked hours, as a number and in words."""

    share: int
    tone: str
    said: str
    figures: str


def fullness(load: Load, days: Sequence[dt.date], hours: WorkingTime) -> Fullness:
    """Say how full some days are with what is planned in them."""
    whole = worked(days, hours)
    share = round(load.planned / whole * 100) if whole else (_FULL if load.planned else 0)
    planned, most = hours_in_words(load.planned), hours_in_words(whole)
    return Fullness(
        share=min(share, 100),
        tone="red" if share > _FULL else "amber" if share > _MUCH else "green",
        said=_("%(planned)s of %(whole)s hours planned") % {"planned": planned, "whole": most},
        figures=_("%(planned)s/%(whole)s h") % {"planned": planned, "whole": most},
    )


def when_in_words(start: dt.datetime, end: dt.datetime | None, *, is_all_day: bool = False) -> str:
    """Write when something is: 23/11/2026 09:30–11:00, over midnight with both days."""
    first = start.astimezone(ZONE)
    last = (end or start).astimezone(ZONE)
    if is_all_day:
        until = (last - dt.timedelta(minutes=1)).date()
        days = show_date(first.date())
        return days if until <= first.date() else f"{days} – {show_date(until)}"
    if last == first:
        return f"{show_date(first.date())} {first:%H:%M}"
    if last.date() == first.date():
        return f"{show_date(first.date())} {first:%H:%M}–{last:%H:%M}"
    return f"{show_date(first.date())} {first:%H:%M} – {show_date(last.date())} {last:%H:%M}"
