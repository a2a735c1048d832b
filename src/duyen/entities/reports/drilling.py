"""Lead from a figure of a report to its rows: the conditions under which a list shows exactly those."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from duyen.entities.asking_parts import part_of
from duyen.entities.registry import entity_named
from duyen.entities.reports import rules
from duyen.entities.reports.declared import By, Count, Measure, Report, Sum
from duyen.entities.reports.reading import Column, Line

#: One condition of the filter language, as it stands in an address and in REST.
Part = list[Any]


def leads_to_rows(measure: Measure) -> bool:
    """Tell whether a figure is one of records: a count or a sum, not what follows from several.

    One of certain rows of a part is none: a list finds the records that have such a row and one of the
    group, not those where it is the same row.
    """
    return isinstance(measure, (Count, Sum)) and not any("." in name for name, *_rest in measure.where)


def parts_of(
    report: Report, line: Line, measure: Measure | None = None, column: Column | None = None
) -> list[Part]:
    """Give the conditions of the rows behind a figure of a line, apart from the reader's own.

    With a `column`, those of the figure that stands there.
    """
    told = [list(each) for each in report.where]
    told += [_part(by, key) for by, key in zip(report.groups, line.keys, strict=False)]
    told += _with_rows(report, line)
    if report.across is not None and column is not None:
        told.append(_part(replace(report.across, step=column.step), column.first))
    told += [list(each) for each in (measure.where if measure else ())]
    found: list[Part] = []
    for each in told:
        if each not in found:
            found.append(each)
    return found


def _with_rows(report: Report, line: Line) -> list[Part]:
    """Ask for records that have a row at all, where a report groups rows and the line says of none which."""
    part = part_of(entity_named(report.entity), report.part)
    if part is None or any("." in by.field for by, _key in zip(report.groups, line.keys, strict=False)):
        return []
    return [[f"{part.family}.{part.fields[0].name}", "empty", False]]


def _part(by: By, key: Any) -> Part:
    if key is None:
        return [by.field, "empty", True]
    if by.step is not None:
        return [by.field, "between", [day.isoformat() for day in rules.stretch(key, by.step)]]
    if by.bands:
        place = list(by.bands).index(key) + 1
        if place == len(by.bands):
            return [by.field, "gte", key]
        below = by.bands[place]
        return [by.field, "lt", below] if place == 1 else [by.field, "between", [key, below - 1]]
    return [by.field, "eq", key]
