"""Read a report within its reader's rights: one grouped statement over the rows of her scope.

Groups, subtotals and the total come from the same rows, so that each is right whatever stands above it:
averages are averages of records, not of groups. So do the columns of a matrix.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import connection

from duyen.entities.asking_parts import is_open, part_of
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.fields import Amount, Choice, Field, Link, Whole
from duyen.entities.patience import patience
from duyen.entities.registry import entity_named
from duyen.entities.reports import rules
from duyen.entities.reports.declared import (
    Average,
    Beside,
    By,
    Count,
    Measure,
    Percentile,
    Ratio,
    Report,
    Share,
    Step,
    Sum,
    all_reports,
    report_called,
)
from duyen.entities.reports.rules import Number
from duyen.entities.reports.statement import MOST_LINES, field_of, first_and_last, statement, where_of
from duyen.entities.sql import Sql
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.kernel.clock import today

#: The figures of a group by measure.
Values = Mapping[str, Number | None]


@dataclass(frozen=True)
class Column:
    """One column of a matrix: the stretch of time that begins on a day."""

    first: dt.date
    step: Step


@dataclass(frozen=True)
class Line:
    """One group: its values from the outermost level inwards, and its figures by measure.

    A line with fewer values than the report has levels is the subtotal of all that begin with them; with
    none at all it is the total. In a matrix `cells` are the figures of its columns by their first days;
    where there are no rows, there is none.
    """

    keys: tuple[Any, ...]
    values: Values
    cells: Mapping[dt.date, Values] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A report as it was read: its lines, each subtotal before its own lines, and the total.

    `left_out` counts the figures that are closed to the reader. `is_cut` says that there are more groups
    than lines. `columns` are those of a matrix, in their order; `before` are the
    figures of the same groups a year before, where that is known.
    """

    report: Report
    entity: Entity
    measures: Sequence[Measure]
    lines: Sequence[Line]
    total: Line
    left_out: int = 0
    is_cut: bool = False
    columns: Sequence[Column] = ()
    before: Mapping[tuple[Any, ...], Values] | None = None


def reports_for(actor: Actor) -> list[Report]:
    """List the reports that somebody may read."""
    return [each for each in all_reports() if may_read(each, actor)]


def may_read(report: Report, actor: Actor) -> bool:
    """Tell whether somebody may read the records of a report and sees what it groups them by."""
    return actor.may(report.entity, READ) and _sees(entity_named(report.entity), actor, report.fields)


def report_for(key: str, actor: Actor) -> Report:
    """Find a report for its reader. Raises NotFound where there is none for her."""
    report = report_called(key)
    if report is None or not may_read(report, actor):
        raise NotFound
    return report


def _shows(report: Report, actor: Actor, measure: Measure) -> bool:
    """Tell whether somebody may see a figure: what it tells of, and the report from which it comes."""
    if isinstance(measure, Beside):
        other = _other(measure)
        return may_read(other, actor) and _shows(other, actor, other.measure(measure.of))
    return _sees(entity_named(report.entity), actor, report.fields_of(measure))


def _other(measure: Beside) -> Report:
    """Give the report from which a figure comes. Raises KeyError."""
    found = report_called(measure.report)
    if found is None:
        raise KeyError(measure.report)
    return found


def _sees(entity: Entity, actor: Actor, fields: set[str]) -> bool:
    return all(_sees_one(entity, actor, each) for each in fields)


def _sees_one(entity: Entity, actor: Actor, path: str) -> bool:
    part = part_of(entity, path.partition(".")[0])
    if part is not None:
        return is_open(entity, actor, part, field_of(entity, path))
    return entity.level(actor, path) is not FieldLevel.HIDDEN


def ways_for(report: Report, actor: Actor) -> list[Report]:
    """List a report in each of the groups in which somebody may read it, its own ones first."""
    return [each for each in report.in_every_way if may_read(each, actor)]


def in_groups(report: Report, way: str, actor: Actor) -> Report:
    """Give a report in the groups of a name; in its own ones where there are none of it for its reader."""
    return next((each for each in ways_for(report, actor) if each.way == way), report)


def dates_for(report: Report, actor: Actor) -> list[Field]:
    """List the days by which somebody may choose the period of a report."""
    return _readable(report, actor, report.dates)


def filters_for(report: Report, actor: Actor) -> list[Choice | Link]:
    """List the choices and links by which somebody may narrow a report: a report has no others."""
    return [each for each in _readable(report, actor, report.filters) if isinstance(each, (Choice, Link))]


def cells_for(report: Report, actor: Actor) -> list[Measure]:
    """List the figures that may stand in the columns of a matrix for somebody; none in another report."""
    entity = entity_named(report.entity)
    return [
        each for each in map(report.measure, report.cells) if _sees(entity, actor, report.fields_of(each))
    ]


def _readable(report: Report, actor: Actor, fields: Sequence[str]) -> list[Field]:
    entity = entity_named(report.entity)
    return [entity.field(each) for each in fields if _sees(entity, actor, {each})]


def read_report(
    report: Report,
    *,
    actor: Actor,
    filter: object = None,
    verbs: Sequence[str] = (READ,),
    span: tuple[dt.date, dt.date] | None = None,
) -> Told:
    """Read a report over the records on which `actor` has all `verbs`, under a filter of hers.

    `span` are the days that a matrix shows where the filter lets none lie outside; otherwise its columns go
    from the first day that there is to the last. Raises BadRequest for a filter that is not understood,
    TooSlow.
    """
    entity = entity_named(report.entity)
    open_now = [each for each in report.measures if _shows(report, actor, each)]
    counted = [each for each in open_now if not isinstance(each, (Share, Ratio, Beside))]
    where = where_of(report, entity, actor, filter, verbs)
    columns: Sequence[Column] = ()
    with patience(entity, actor, is_needed=True), connection.cursor() as cursor:
        if report.across is not None:
            columns = _columns(span or _span(report, report.across, where, cursor))
            report = replace(report, across=replace(report.across, step=columns[0].step))
        grouped = statement(report, entity, actor, where, counted)
        cursor.execute(grouped.text, grouped.params)
        rows = cursor.fetchall()
    found = _lines(report, entity, counted, rows)
    is_cut = len(found) > MOST_LINES
    total = found[0]
    told = [_worked_out(each, open_now, total) for each in found[:MOST_LINES]]
    beside = [each for each in open_now if isinstance(each, Beside)]
    for key in dict.fromkeys(each.report for each in beside):
        told = _told_beside(told, [each for each in beside if each.report == key], actor, filter, verbs)
    return Told(
        report,
        entity,
        open_now,
        _in_order(report, entity, told[1:]),
        told[0],
        len(report.measures) - len(open_now),
        is_cut=is_cut,
        columns=columns,
    )


def _told_beside(
    lines: Sequence[Line], measures: Sequence[Beside], actor: Actor, filter: object, verbs: Sequence[str]
) -> list[Line]:
    """Put what one other report tells of the same groups into the lines; nothing where it has no such group.

    It is read once for all of these figures, and for none that it has besides.
    """
    wanted = _other(measures[0]).only({each.of for each in measures})
    other = read_report(wanted, actor=actor, filter=filter, verbs=verbs)
    held = {each.keys: each.values for each in (*other.lines, other.total)}
    return [
        replace(
            line,
            values={**line.values, **{each.name: held.get(line.keys, {}).get(each.of) for each in measures}},
        )
        for line in lines
    ]


def _span(report: Report, across: By, where: Sql, cursor: Any) -> tuple[dt.date, dt.date]:
    """Find the first and the last day of a matrix; today where there are no rows."""
    asked = first_and_last(report, entity_named(report.entity), across, where)
    cursor.execute(asked.text, asked.params)
    first, last = cursor.fetchone()
    return first or today(), last or today()


def _columns(span: tuple[dt.date, dt.date]) -> list[Column]:
    step, firsts = rules.stretches(*span)
    return [Column(each, step) for each in firsts]


# --- what came back ---------------------------------------------------------------------------------------


def _lines(
    report: Report, entity: Entity, counted: Sequence[Measure], rows: Sequence[Sequence[Any]]
) -> list[Line]:
    """Put the rows into lines as they came, those of the columns of a matrix into cells of their lines."""
    levels, found = len(report.groups), list[Line]()
    cells: dict[tuple[Any, ...], dict[dt.date, Values]] = {}
    for mask, *told in rows:
        is_cell = report.across is not None and not mask & 1
        depth = levels - (mask >> (report.across is not None)).bit_length()
        keys, values = tuple(told[:depth]), told[len(report.keys) :]
        figures = {each.name: _read(entity, each, value) for each, value in zip(counted, values, strict=True)}
        if is_cell:
            cells.setdefault(keys, {})[told[levels]] = figures
        else:
            found.append(Line(keys, figures, cells.setdefault(keys, {})))
    return found


def _read(entity: Entity, measure: Measure, value: Any) -> Number | None:
    """Give a figure as it came back; a middle of whole numbers comes as how often each was met."""
    match measure:
        case Percentile(at=at) if isinstance(value, list):
            return rules.rounded(rules.percentile(value, at), is_whole=False)
        case Count() | Sum():
            return int(value or 0)
        case Average() | Percentile():
            is_whole = isinstance(field_of(entity, measure.field), Amount)
            return rules.rounded(None if value is None else Decimal(value), is_whole=is_whole)
    return rules.rounded(None if value is None else Decimal(value), is_whole=False)


def _worked_out(line: Line, measures: Sequence[Measure], total: Line) -> Line:
    """Add the shares and ratios that follow from the counts and sums of a line."""
    values = dict(line.values)
    for each in measures:
        if isinstance(each, Share):
            values[each.name] = rules.percent_of(values[each.of], total.values[each.of])
        elif isinstance(each, Ratio):
            values[each.name] = rules.percent_of(
                values[each.of], rules.added(values[other] for other in each.to)
            )
    return replace(line, values=values)


def _in_order(report: Report, entity: Entity, lines: Sequence[Line]) -> list[Line]:
    """Put groups in the order of their values, each subtotal before its own lines.

    Lines come with the largest first, subtotals before what is below them: a level without an order of its
    own stays so.
    """
    ranks = {line.keys: rank for rank, line in enumerate(lines)}
    levels = [
        _places(entity, by, {keys[depth] for keys in ranks if len(keys) > depth})
        for depth, by in enumerate(report.groups)
    ]

    def place(line: Line) -> list[tuple[bool, int, int]]:
        return [
            (key is None, levels[depth].get(key, 0), ranks[line.keys[: depth + 1]])
            for depth, key in enumerate(line.keys)
        ]

    return sorted(lines, key=place)


def _places(entity: Entity, by: By, keys: Collection[Any]) -> Mapping[Any, int]:
    """Give the place of each value of a level; none where the largest group comes first."""
    field = field_of(entity, by.field)
    known = [key for key in keys if key is not None]
    if by.places is not None:
        return by.places(known)
    if isinstance(field, Choice):
        return {option.code: place for place, option in enumerate(field.held.options)}
    if by.step is not None or isinstance(field, Whole):
        return {key: place for place, key in enumerate(sorted(known))}
    return {}
