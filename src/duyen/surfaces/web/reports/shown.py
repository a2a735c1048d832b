"""A report as its page draws it: lines with figures in words, each that is one of rows leading to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.fields import Amount, Label
from duyen.entities.reports.declared import Average, Days, Measure, Percentile, Ratio, Share, Sum, whose
from duyen.entities.reports.drilling import leads_to_rows, parts_of
from duyen.entities.reports.naming import name_keys
from duyen.entities.reports.reading import Line, Told, Values
from duyen.entities.reports.statement import field_of
from duyen.entities.views.state import ViewState
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.filters import money_figure, percent, so, vnd_short
from duyen.surfaces.web.pages.state import ListState
from duyen.surfaces.web.reports.asked import Asked

#: More figures do not stand beside one another in words that can be read.
MOST_OVER_ALL = 7


@dataclass(frozen=True)
class Figure:
    """One figure in words, and the list of its rows."""

    label: Label
    value: str
    url: str = ""


@dataclass(frozen=True)
class Shown:
    """One line; `level` counts from 0, `bar` is its part in per cent, none where nothing is drawn."""

    label: str
    level: int
    figures: Sequence[Figure]
    bar: int | None
    has_below: bool = False


class Drawing:
    """Draws one report for one reader; what its groups are called is asked for once."""

    def __init__(self, told: Told, asked: Asked, actor: Actor) -> None:
        self._told, self._asked = told, asked
        self._words: Sequence[Mapping[Any, str]] = name_keys(told, actor)
        self.measures = [each for each in told.measures if each.in_lines]

    @property
    def heads(self) -> list[Label]:
        """The words over the figures of a line, with the currency of sums."""
        return [self._head(each) for each in self.measures]

    @property
    def unit(self) -> Label:
        """What is to be said of the units of figures; nothing where each says its own."""
        return ""

    def lines(self, lines: Sequence[Line]) -> list[Shown]:
        """Draw some lines, without those that only say again of a group that nothing divides it."""
        depth = len(self._told.report.groups)
        beside = Counter(each.keys[:-1] for each in self._told.lines)
        return [
            Shown(
                self._words[len(each.keys) - 1][each.keys[-1]],
                len(each.keys) - 1,
                self._figures(each),
                self._bar(each),
                has_below=len(each.keys) < depth,
            )
            for each in lines
            if len(each.keys) < 2 or each.keys[-1] is not None or beside[each.keys[:-1]] > 1
        ]

    def total(self) -> Shown:
        """Draw the last line: what all of them hold."""
        return Shown(_("Total"), 0, self._figures(self._told.total), None)

    def in_all(self) -> list[Figure]:
        """Draw the figures over everything: how many, and what stands nowhere else or is told first."""
        apart = [each for each in self._told.measures if not each.in_lines]
        first = [each for each in self.measures if not isinstance(each, Share)]
        shown = [*first[:1], *apart] if apart else first
        return [self._short(each) for each in shown[:MOST_OVER_ALL]]

    def _bar(self, line: Line) -> int | None:
        name = self._told.report.bars
        value = line.values.get(name) if name else None
        return None if value is None else round(value)

    def _head(self, measure: Measure) -> Label:
        return f"{measure.label} (₫)" if self._is_money(measure) else measure.label

    def _figures(self, line: Line) -> list[Figure]:
        """Draw the figures of a line, each that is one of rows with their list."""
        return [
            Figure(each.label, self._in_words(line.values, each), self._url(line, each))
            for each in self.measures
        ]

    def _short(self, measure: Measure) -> Figure:
        total = self._told.total
        return Figure(measure.label, self._briefly(total.values, measure), self._url(total, measure))

    def _briefly(self, values: Values, measure: Measure) -> str:
        value = values[measure.name]
        is_sum = self._is_money(measure) and value is not None
        return vnd_short(int(value or 0)) if is_sum else self._in_words(values, measure)

    def _is_money(self, measure: Measure) -> bool:
        if not isinstance(measure, (Sum, Average, Percentile)):
            return False
        return isinstance(field_of(self._told.entity, measure.field), Amount)

    def _in_words(self, values: Values, measure: Measure) -> str:
        value = values[measure.name]
        if value is None:
            return "—"
        kind = whose(measure)
        if isinstance(kind, (Share, Ratio)):
            return percent(value)
        if self._is_money(measure):
            return money_figure(int(value))
        return so(value, 1 if isinstance(kind, (Average, Percentile, Days)) else None)

    def _url(self, line: Line, measure: Measure) -> str:
        """Give the address of the list that shows the rows of a figure; none where there are none."""
        if not leads_to_rows(measure) or not line.values[measure.name]:
            return ""
        return list_of(self._asked, parts_of(self._told.report, line, measure))


def list_of(asked: Asked, parts: Sequence[list[Any]]) -> str:
    """Give the address of the list under the conditions that were asked, and others."""
    entity = asked.entity
    listing = next((each for each in entity.lists if not each.opens), entity.lists[0])
    whole = (*asked.parts, *(each for each in parts if each not in asked.parts))
    return ListState(entity, ViewState(listing=listing.name, parts=whole)).url()
