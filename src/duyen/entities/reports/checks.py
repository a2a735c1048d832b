"""Check at start-up that every name in a declared report leads somewhere."""

from __future__ import annotations

from collections.abc import Iterable

from duyen.entities.asking_parts import part_of, rows_of
from duyen.entities.entity import Entity
from duyen.entities.fields import Amount, Choice, Day, Flag, Link, Moment, Whole
from duyen.entities.registry import BadDeclaration, entity_named, known_names
from duyen.entities.reports.declared import (
    Average,
    Beside,
    By,
    Count,
    Days,
    Measure,
    Percentile,
    Ratio,
    Report,
    Share,
    Sum,
    all_reports,
    report_called,
)
from duyen.entities.reports.rules import WHOLE
from duyen.entities.reports.statement import field_of


def check() -> None:
    """Check every report. Raises BadDeclaration."""
    for report in all_reports():
        where = f"report {report.key}"
        if report.entity not in known_names():
            raise BadDeclaration(f"{where}: no entity {report.entity}")
        _check_report(report, entity_named(report.entity), where)


def _check_report(report: Report, entity: Entity, where: str) -> None:
    if not report.groups:
        raise BadDeclaration(f"{where}: no groups")
    if report.bars and report.bars not in {each.name for each in report.measures}:
        raise BadDeclaration(f"{where}: no measure {report.bars}")
    for measure in report.measures:
        _check_parts(report, measure, where)
        if isinstance(measure, Beside):
            _check_beside(report, measure, where)
        _check_names(report.fields_of(measure), entity, where)
        _check_kind(measure, entity, report.part, where)
    _check_names([*report.fields, *report.dates, *report.filters], entity, where)
    for by in report.keys:
        _check_group(by, entity, where)
    _check_ways(report, entity, where)
    _check_marks(report, entity, where)
    _check_matrix(report, entity, where)
    for name in report.dates:
        if not isinstance(entity.field(name), (Day, Moment)):
            raise BadDeclaration(f"{where}: {name} is no day")
    for name in report.filters:
        if not isinstance(entity.field(name), (Link, Choice)):
            raise BadDeclaration(f"{where}: {name} is no link and no choice")


def _check_ways(report: Report, entity: Entity, where: str) -> None:
    for way in report.in_every_way[1:]:
        _check_names(way.fields, entity, where)
        is_bound = report.across is not None or any(isinstance(each, Beside) for each in report.measures)
        if is_bound or report.part or way.part:
            raise BadDeclaration(f"{where}: only groups of plain records are chosen")
        for by in way.groups:
            _check_group(by, entity, where)


def _check_names(fields: Iterable[str], entity: Entity, where: str) -> None:
    for name in fields:
        try:
            field_of(entity, name)
        except KeyError as error:
            raise BadDeclaration(f"{where}: no field {name}") from error


def _check_parts(report: Report, measure: Measure, where: str) -> None:
    names = {each.name for each in report.measures if not isinstance(each, (Share, Ratio, Beside))}
    made_of = [measure.of] if isinstance(measure, Share) else []
    made_of += [measure.of, *measure.to] if isinstance(measure, Ratio) else []
    for name in made_of:
        if name not in names:
            raise BadDeclaration(f"{where}, {measure.name}: no count or sum {name}")


def _check_group(by: By, entity: Entity, where: str) -> None:
    field = field_of(entity, by.field)
    is_day = isinstance(field, (Day, Moment))
    if is_day != (by.step is not None) or not (is_day or isinstance(field, (Choice, Link, Flag, Whole))):
        raise BadDeclaration(f"{where}: {by.field} makes no groups")
    if by.bands and (not isinstance(field, Whole) or list(by.bands) != sorted(set(by.bands))):
        raise BadDeclaration(f"{where}: {by.field} has no such bands")


def _check_marks(report: Report, entity: Entity, where: str) -> None:
    """Look at what marks one row of each record: columns of the rows, by their links alone."""
    part = part_of(entity, report.part)
    if part is None or not (rows := rows_of(part)).first:
        return
    columns = {each.column for each in rows.model._meta.concrete_fields}
    for column in {rows.first, *rows.first_by.values()} - columns:
        raise BadDeclaration(f"{where}: the rows of {part.family} have no column {column}")
    for name in rows.first_by:
        # The values of a choice may go into one another, and then two rows of a record would be marked.
        if not isinstance(part.field(name), Link):
            raise BadDeclaration(f"{where}: {part.family}.{name} is no link, and no row is the first by it")


def _check_matrix(report: Report, entity: Entity, where: str) -> None:
    if report.across is None:
        return
    if len(report.groups) != 1 or report.across.step is None or report.across.field not in entity.by_name:
        raise BadDeclaration(
            f"{where}: a matrix has one level of groups, and columns by a day of its records"
        )
    for name in report.cells:
        if not isinstance(report.measure(name), (Count, Sum)):
            raise BadDeclaration(f"{where}: {name} is no count and no sum, and its columns make no total")
    if not report.cells:
        raise BadDeclaration(f"{where}: nothing stands in the columns")


def _check_beside(report: Report, measure: Beside, where: str) -> None:
    other = report_called(measure.report)
    if other is None or other.entity != report.entity or len(other.groups) != len(report.groups):
        raise BadDeclaration(f"{where}, {measure.name}: no report {measure.report} with the same groups")
    if report.across is not None or isinstance(other.measure(measure.of), Beside):
        raise BadDeclaration(f"{where}, {measure.name}: {measure.of} is told of no group")


def _check_kind(measure: Measure, entity: Entity, part: str, where: str) -> None:
    if isinstance(measure, (Sum, Average, Percentile)):
        is_number = isinstance(field_of(entity, measure.field), (Amount, Whole))
        if isinstance(measure, Percentile) and not 0 <= measure.at <= WHOLE:
            raise BadDeclaration(f"{where}, {measure.name}: {measure.at} is no part in per cent")
        # A record stands among the rows of a part as often as it has rows: its own sums would be wrong.
        if not is_number or bool(part) != ("." in measure.field):
            raise BadDeclaration(f"{where}, {measure.name}: {measure.field} is not added up")
    if isinstance(measure, Sum) and measure.weighed_by and not _is_percent(entity, measure.weighed_by):
        raise BadDeclaration(f"{where}, {measure.name}: {measure.weighed_by} is no per cent of a record")
    if isinstance(measure, Days):
        if part:
            raise BadDeclaration(f"{where}, {measure.name}: days are of records, not of the rows of {part}")
        for name in filter(None, [measure.since, measure.until]):
            if not isinstance(entity.field(name), (Day, Moment)):
                raise BadDeclaration(f"{where}, {measure.name}: {name} is no day")


def _is_percent(entity: Entity, name: str) -> bool:
    field = entity.by_name.get(name)
    return isinstance(field, Whole) and field.most == WHOLE
