"""A report as a matrix: one figure of each group in every stretch of time, its total, the year before."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duyen.entities.errors import NotFound
from duyen.entities.fields import Label, Link
from duyen.entities.reports import rules
from duyen.entities.reports.declared import Step
from duyen.entities.reports.drilling import parts_of
from duyen.entities.reports.naming import stretch_in_words
from duyen.entities.reports.reading import Column, Line, Told
from duyen.entities.reports.statement import field_of
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.filters import percent, so
from duyen.surfaces.web.reports.asked import ROWS, Asked
from duyen.surfaces.web.reports.shown import Drawing, Figure, list_of

#: How an address names a column: a month, a quarter, a year.
_COLUMN = re.compile(r"(\d{4})(?:-(\d{2})|Q([1-4]))?", re.ASCII)
_NOTHING = "-"
_MILLION = 1_000_000


class Matrix(Drawing):
    """Draws one figure in columns of time; without a period there is no year before."""

    def __init__(self, told: Told, asked: Asked, actor: Actor) -> None:
        super().__init__(told, asked, actor)
        self._shown = told.report.measure(asked.show)

    @property
    def heads(self) -> list[Label]:
        """The words over the sum, the year before, and the columns."""
        found = [self._head(self._shown)]
        if self._told.before is not None:
            found += [pgettext("report", "Year before"), pgettext("report", "Change")]
        return [*found, *(stretch_in_words(each.first, each.step) for each in self._told.columns)]

    @property
    def unit(self) -> Label:
        """The unit of sums in the columns, where the figure is one; the sum of all columns is exact."""
        return (
            _("Sums of each month, quarter or year are in million ₫.") if self._is_money(self._shown) else ""
        )

    def _figures(self, line: Line) -> list[Figure]:
        whole = self._in_words(line.values, self._shown)
        found = [Figure(self._shown.label, whole, self._rows_url(line, None, line.values))]
        if self._told.before is not None:
            before = self._told.before.get(line.keys, {}).get(self._shown.name) or 0
            change = rules.change_of(line.values[self._shown.name], before)
            grown = "+" if change is not None and change > 0 else ""
            found.append(Figure(self._shown.label, self._in_words({self._shown.name: before}, self._shown)))
            found.append(Figure(self._shown.label, grown + percent(change)))
        return [*found, *(self._cell(line, each) for each in self._told.columns)]

    def _cell(self, line: Line, column: Column) -> Figure:
        values = line.cells.get(column.first)
        if values is None:
            return Figure(self._shown.label, "")
        value = values[self._shown.name] or 0
        words = so(Decimal(value) / _MILLION, 1) if self._is_money(self._shown) else so(value)
        return Figure(self._shown.label, words, self._rows_url(line, column, values))

    def _bar(self, line: Line) -> int | None:
        return None

    def _rows_url(self, line: Line, column: Column | None, values: Any) -> str:
        """Lead to the rows by way of this page: the address of a list in each cell would weigh too much."""
        if not values[self._shown.name]:
            return ""
        row = "" if not line.keys else _NOTHING if line.keys[0] is None else str(line.keys[0])
        return "?" + urlencode([*self._asked.pairs, (ROWS, f"{row}.{_as_word(column)}")])


def _as_word(column: Column | None) -> str:
    match column:
        case None:
            return ""
        case Column(step=Step.MONTH):
            return f"{column.first:%Y-%m}"
        case Column(step=Step.QUARTER):
            return f"{column.first.year}Q{(column.first.month + 2) // 3}"
    return str(column.first.year)


def rows_url(asked: Asked, word: str) -> str:
    """Give the address of the list that shows the rows of a cell. Raises NotFound where there is no such."""
    row, dot, at = word.rpartition(".")
    if not dot:
        raise NotFound
    line = Line((_key(asked, row),) if row else (), {})
    parts = parts_of(asked.report, line, asked.report.measure(asked.show), _column(at) if at else None)
    return list_of(asked, parts)


def _key(asked: Asked, word: str) -> Any:
    if word == _NOTHING:
        return None
    field = field_of(asked.entity, asked.report.groups[0].field)
    if not isinstance(field, Link):
        return word
    if not (word.isascii() and word.isdecimal() and len(word) < 19):
        raise NotFound
    return int(word)


def _column(word: str) -> Column:
    found = _COLUMN.fullmatch(word)
    if found is None:
        raise NotFound
    year, month, quarter = found.groups()
    step = Step.MONTH if month else Step.QUARTER if quarter else Step.YEAR
    try:
        return Column(dt.date(int(year), int(month or 3 * int(quarter or 1) - 2), 1), step)
    except ValueError as error:
        raise NotFound from error
