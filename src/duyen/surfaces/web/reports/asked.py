"""What an address asks of a report: by which day, for which period, whose records, narrowed by what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Choice, Day, Field, FieldRefused, Label, Link
from duyen.entities.filter_words import PERIODS, STANDING_WORDS
from duyen.entities.filters import words_for
from duyen.entities.labels import labels
from duyen.entities.linking import few_linkable, typed_linkable
from duyen.entities.registry import entity_named
from duyen.entities.reports import rules
from duyen.entities.reports.declared import Report
from duyen.entities.reports.reading import cells_for, dates_for, filters_for, in_groups, ways_for
from duyen.entities.reports.statement import field_of
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.kernel.periods import Period, UnknownPeriod, read_period
from duyen.surfaces.web.pages.addresses import options_url
from duyen.surfaces.web.reports.addresses import report_url

#: Words of the address: the day that counts, the period, its bounds, whose records, what stands in the
#: columns of a matrix, which lines, the figure of a matrix whose rows are asked for.
ON, PERIOD, FROM, TO, WHOSE, SHOW, PAGE, ROWS = "on", "period", "from", "to", "whose", "show", "page", "rows"
#: Word of the address: the groups, where there are several to choose from.
GROUPS = "groups"
ALL_TIME = "all"
_PERIODS = (
    *("this_month", "last_month", "next_month", "this_quarter", "last_quarter", "this_year", "last_year"),
)
_WHOSE: Mapping[str, Label] = {
    "@me": pgettext_lazy("report", "Mine"),
    "@my_unit": STANDING_WORDS["@my_unit"],
    "@my_units": STANDING_WORDS["@my_units"],
}
_ALL_TIME = gettext_lazy("All time")
_ALL = pgettext_lazy("report", "All within your rights")


@dataclass(frozen=True)
class Control:
    """One control of the form above a report: a list to choose from, or a search where there are too many.

    Beside the one that `has_bounds` stand the days from and to which instead.
    """

    name: str
    label: Label
    value: str
    options: Sequence[Mapping[str, object]] = ()
    search_url: str = ""
    shown: str = ""
    has_bounds: bool = False


@dataclass(frozen=True)
class Asked:
    """A report with the conditions of one address; `pairs` say them again in another one.

    `period` are the days that were chosen by the field `on`, where both ends are known.
    """

    report: Report
    parts: Sequence[list[Any]]
    pairs: Sequence[tuple[str, str]]
    show: str = ""
    on: str = ""
    period: Period | None = None

    @property
    def entity(self) -> Entity:
        """Give the kind of the records that the report is about."""
        return entity_named(self.report.entity)

    @property
    def filter(self) -> dict[str, Any] | None:
        """Give the conditions as one tree of the filter language."""
        return {"and": list(self.parts)} if self.parts else None

    @property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """Give the days between which all that is asked for lies in the columns of a matrix."""
        across = self.report.across
        if across is None or self.period is None or across.field != self.on:
            return None
        return self.period.first, self.period.last

    @property
    def year_before(self) -> dict[str, Any] | None:
        """Give the same conditions a year before; nothing where no period was chosen, or a longer one."""
        if self.period is None:
            return None
        first, last = (rules.year_before(day) for day in (self.period.first, self.period.last))
        if last >= self.period.first:
            return None
        others = [each for each in self.parts if each[0] != self.on]
        return {"and": [*others, [self.on, "gte", first.isoformat()], [self.on, "lte", last.isoformat()]]}

    def url(self, part: str = "", **extra: str) -> str:
        """Give the address of the report under these conditions, or of a part of it."""
        query = urlencode([*self.pairs, *extra.items()])
        return report_url(self.report.key, part) + (f"?{query}" if query else "")


def read_asked(report: Report, actor: Actor, query: QueryDict) -> Asked:
    """Read an address: the report in the groups it names. Raises BadRequest where nothing is called so."""
    sent = [(name, query.get(name, "").strip()) for name in _words(report, actor)]
    pairs = [(name, value) for name, value in sent if value]
    told = dict(pairs)
    parts = _dates(report, actor, told)
    on = parts[0][0] if parts else ""
    period = _period(report, told) if parts else None
    whose = told.get(WHOSE, "")
    for field in filters_for(report, actor):
        if whose in words_for(field):
            parts.append([field.name, "in", [whose]])
        value = told.get(field.name) or _typed(field, actor, query.get(f"{field.name}_text", ""))
        if value:
            parts.append([field.name, "eq", value])
            pairs = [*(each for each in pairs if each[0] != field.name), (field.name, value)]
    cells = [each.name for each in cells_for(report, actor)]
    show = told[SHOW] if told.get(SHOW) in cells else next(iter(cells), "")
    return Asked(in_groups(report, told.get(GROUPS, ""), actor), parts, pairs, show, on, period)


def _period(report: Report, told: Mapping[str, str]) -> Period | None:
    """Give the days of the period that is asked for, where both ends are known."""
    first, last = told.get(FROM, ""), told.get(TO, "")
    try:
        if first or last:
            day = Day("day", "")
            return Period(day.clean(first), day.clean(last))
        return read_period(told.get(PERIOD, report.period), today=today())
    except (FieldRefused, UnknownPeriod):
        return None  # what is wrong is said where the conditions are read


def _words(report: Report, actor: Actor) -> list[str]:
    shown = [SHOW] if report.across else []
    shown += [GROUPS] if report.ways else []
    return [ON, PERIOD, FROM, TO, WHOSE, *shown, *(each.name for each in filters_for(report, actor))]


def _dates(report: Report, actor: Actor, told: Mapping[str, str]) -> list[list[Any]]:
    """Say in which days the records lie: between bounds where any are given, else in a period by name."""
    dates = [each.name for each in dates_for(report, actor)]
    if not dates:
        return []
    on = told[ON] if told.get(ON) in dates else dates[0]
    first, last = told.get(FROM, ""), told.get(TO, "")
    if first or last:
        return [[on, sign, day] for sign, day in (("gte", first), ("lte", last)) if day]
    period = told.get(PERIOD, report.period)
    return [[on, "within", period]] if period and period != ALL_TIME else []


def _typed(field: Field, actor: Actor, text: str) -> str:
    """Find the record whose name or code was typed. Raises BadRequest where it is none, or several."""
    if not text.strip() or not isinstance(field, Link):
        return ""
    found = typed_linkable(entity_named(field.to), actor, text)
    if len(found) != 1:
        what = _("“%(typed)s” names no record, or several. Choose one from the list of “%(field)s”.")
        raise BadRequest(what=what % {"typed": text.strip()[:60], "field": field.label})
    return str(found[0])


def controls_of(report: Report, actor: Actor, query: QueryDict) -> tuple[list[Control], list[Control]]:
    """Give the form above a report as the address has filled it in: when and whose, then what narrows it."""
    found = []
    dates = dates_for(report, actor)
    if dates:
        days = [{"value": each.name, "label": each.label} for each in dates]
        found.append(Control(ON, pgettext_lazy("report", "By"), query.get(ON, dates[0].name), days))
        names: list[Mapping[str, object]] = [
            {"value": each, "label": _capital(PERIODS[each])} for each in _PERIODS
        ]
        names.append({"value": ALL_TIME, "label": _ALL_TIME})
        period = query.get(PERIOD) or report.period or ALL_TIME
        found.append(Control(PERIOD, gettext_lazy("Period"), period, names, has_bounds=True))
    ways = ways_for(report, actor)
    if len(ways) > 1:
        groups: list[Mapping[str, object]] = [{"value": each.way, "label": _in_words(each)} for each in ways]
        chosen = in_groups(report, query.get(GROUPS, ""), actor).way
        found.append(Control(GROUPS, pgettext_lazy("report", "Groups"), chosen, groups))
    cells = cells_for(report, actor)
    if cells:
        figures = [{"value": each.name, "label": each.label} for each in cells]
        found.append(Control(SHOW, pgettext_lazy("report", "Figures"), query.get(SHOW, ""), figures))
    filters = filters_for(report, actor)
    words = [word for each in filters for word in words_for(each)]
    if words:
        whose: list[Mapping[str, object]] = [
            {"value": "", "label": _ALL},
            *({"value": each, "label": _WHOSE[each]} for each in words),
        ]
        found.append(Control(WHOSE, pgettext_lazy("report", "Whose"), query.get(WHOSE, ""), whose))
    return found, [_control(each, actor, query.get(each.name, "")) for each in filters]


def _in_words(report: Report) -> str:
    """Say by what a report is grouped in the end; what stands above that is seen in its lines."""
    return str(field_of(entity_named(report.entity), report.groups[-1].field).label)


def _capital(words: Label) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]


def _control(field: Choice | Link, actor: Actor, value: str) -> Control:
    anything: Mapping[str, object] = {"value": "", "label": _("Any")}
    if isinstance(field, Choice):
        options = [{"value": each.code, "label": each.label} for each in field.options]
        return Control(field.name, field.label, value, [anything, *options])
    target = entity_named(field.to)
    few = few_linkable(target, actor, with_gone=True)
    if few is not None:
        options = [{"value": str(each.id), "label": each.label} for each in few]
        return Control(field.name, field.label, value, [anything, *options])
    is_id = value.isascii() and value.isdecimal() and len(value) < 19
    held = labels(actor, target, [int(value)]) if is_id else {}
    shown = next((each.label for each in held.values()), "")
    return Control(field.name, field.label, value, search_url=options_url(target), shown=shown)
