"""A list added up by month: a row for each month of a year, with numbers that lead to what they count."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.dated.declared import Months, Split
from duyen.entities.dated.reading import MonthHeld, Sum, months_held, outcomes_for, splits_for
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.fields import Amount, Field, Label
from duyen.entities.filters import Part
from duyen.entities.labels import link_labels
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.surfaces.web.filters import so, vnd
from duyen.surfaces.web.pages.list_state import Asked
from duyen.surfaces.web.pages.shapes import Way
from duyen.surfaces.web.pages.shown import plain
from duyen.surfaces.web.pages.state import ListState

#: So many values of a split have a column of their own; the others share the last one.
MOST_PARTS = 8
_FIRST, _LAST = 1900, 2199


@dataclass(frozen=True)
class Figure:
    """One cell: a number that leads to the records it counts, and what they come to."""

    number: str = ""
    url: str = ""
    total: str = ""


@dataclass(frozen=True)
class MonthRow:
    """One row of the table."""

    label: str
    figures: Sequence[Figure]
    total: str
    weighed: str
    is_now: bool = False


@dataclass(frozen=True)
class _Column:
    """What a column counts of a month, and the condition by which a list shows the same."""

    label: Label
    held: Any
    part: Part | None = None


def year_asked(text: str) -> int:
    """Read the year of an address; what is none is this year."""
    found = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today().year
    return min(max(found, _FIRST), _LAST)


def months_of(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Give what the page needs of months. Raises BadRequest."""
    state = asked.state
    entity, months = state.entity, _months(state)
    year, splits = year_asked(state.at), splits_for(entity, months, actor)
    split = next((each for each in months.splits if each.field == state.split and each.field in splits), None)
    found = months_held(
        entity, months, actor=actor, view=state.view(), year=year, split=split.field if split else ""
    )
    in_all = sum(found[1:], found[0])
    columns = [
        *_outcomes(entity, months, actor),
        *(_parts(entity, split, in_all.parts, actor) if split else ()),
    ]
    readable = {each.name: each for each in entity.readable(actor)}
    drawn = _Drawn(state, months, columns, readable.get(months.total), readable.get(months.weighed))
    return {
        "title": str(year),
        "day_label": entity.field(months.by).label,
        "number_label": entity.labels,
        "total_label": drawn.total.label if drawn.total else "",
        "weighed_label": drawn.weighed.label if drawn.weighed else "",
        "columns": columns,
        "months": [drawn.month(each) for each in found],
        "in_all": drawn.year(in_all, year),
        "splits": _ways(state, entity, splits, split),
        "before_url": state.moved_to(_name(year - 1)).url(),
        "after_url": state.moved_to(_name(year + 1)).url(),
        "today_url": state.moved_to("").url(),
        "is_empty": False,
    }


def _months(state: ListState) -> Months:
    if state.months is None:
        raise NotFound
    return state.months


def _name(year: int) -> str:
    """Say a year as an address does; this one goes without saying."""
    return "" if year == today().year else str(year)


def _ways(state: ListState, entity: Entity, splits: Sequence[str], current: Split | None) -> list[Way]:
    """List by what the months may be split, where they may."""
    if not splits:
        return []
    plain_way = Way(_("Not split"), state.split_by("").url(), current is None)
    return [
        plain_way,
        *(
            Way(
                entity.field(each).label,
                state.split_by(each).url(),
                current is not None and current.field == each,
            )
            for each in splits
        ),
    ]


def _outcomes(entity: Entity, months: Months, actor: Actor) -> list[_Column]:
    def of(place: int) -> _Column:
        declared = months.outcomes[place]
        return _Column(
            declared.label, lambda month: month.outcomes.get(place, Sum()), list(declared.condition)
        )

    return [of(place) for place in outcomes_for(entity, months, actor)]


def _parts(entity: Entity, split: Split, held: Mapping[Any, Sum], actor: Actor) -> list[_Column]:
    """Give a column for each value of the split, those with most records; one for all others together."""
    field = entity.field(split.field)
    known = sorted((key for key in held if key not in (None, "")), key=lambda key: -held[key].number)
    shown = known[:MOST_PARTS]
    if split.order is not None:
        shown = list(split.order(shown))
    linked = link_labels(actor, [field], [dict.fromkeys(field.columns, key) for key in shown])

    def of(key: Any) -> _Column:
        label = plain(field, key, linked)
        return _Column(label, lambda month: month.parts.get(key, Sum()), [field.name, "eq", str(key)])

    columns = [of(key) for key in shown]
    if len(held) > len(shown):
        others = _Column(
            _("Others"),
            lambda month: sum((each for key, each in month.parts.items() if key not in shown), Sum()),
            [field.name, "ne", [str(key) for key in shown]] if shown else None,
        )
        columns.append(others)
    return columns


class _Drawn:
    """Draws the rows of one year."""

    def __init__(
        self,
        state: ListState,
        months: Months,
        columns: Sequence[_Column],
        total: Field | None,
        weighed: Field | None,
    ) -> None:
        self._state, self._by, self._columns = state, months.by, columns
        self.total, self.weighed = total, weighed

    def month(self, held: MonthHeld) -> MonthRow:
        last = held.first.replace(day=calendar.monthrange(held.first.year, held.first.month)[1])
        is_now = held.first == today().replace(day=1)
        return self._row(f"{held.first:%m/%Y}", held, held.first, last, is_now=is_now)

    def year(self, held: MonthHeld, year: int) -> MonthRow:
        return self._row(_("In all"), held, dt.date(year, 1, 1), dt.date(year, 12, 31))

    def _row(
        self, label: str, held: MonthHeld, first: dt.date, last: dt.date, *, is_now: bool = False
    ) -> MonthRow:
        within: Part = [self._by, "between", [first.isoformat(), last.isoformat()]]
        figures = [self._figure(held.held, within, None, tells_total=False)]
        figures += [self._figure(each.held(held), within, each.part) for each in self._columns]
        return MonthRow(
            label,
            figures,
            _sum(self.total, held.held.total if held.held.number else None),
            _sum(self.weighed, held.held.weighed if held.held.number else None),
            is_now,
        )

    def _figure(self, held: Sum, within: Part, part: Part | None, *, tells_total: bool = True) -> Figure:
        if not held.number:
            return Figure()
        url = self._state.narrowed(within, *([part] if part else [])).url()
        return Figure(so(held.number), url, _sum(self.total, held.total) if tells_total else "")


def _sum(field: Field | None, value: int | None) -> str:
    if field is None or value is None:
        return ""
    return vnd(value) if isinstance(field, Amount) else so(value)
