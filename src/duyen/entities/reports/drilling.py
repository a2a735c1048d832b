"""Lead from a figure of a report to its rows: the conditions under which a list shows exactly those."""

from __future__ import annotations

from typing import Any

from duyen.entities.reports import rules
from duyen.entities.reports.declared import By, Count, Measure, Report, Sum
from duyen.entities.reports.reading import Line

#: One condition of the filter language, as it stands in an address and in REST.
Part = list[Any]


def leads_to_rows(measure: Measure) -> bool:
    """Tell whether a figure is one of rows: a count or a sum, not what follows from several."""
    return isinstance(measure, (Count, Sum))


def parts_of(report: Report, line: Line, measure: Measure | None = None) -> list[Part]:
    """Give the conditions of the rows behind a figure of a line, apart from the reader's own."""
    told = [list(each) for each in report.where]
    told += [_part(by, key) for by, key in zip(report.groups, line.keys, strict=False)]
    told += [list(each) for each in (measure.where if measure else ())]
    found: list[Part] = []
    for each in told:
        if each not in found:
            found.append(each)
    return found


def _part(by: By, key: Any) -> Part:
    if key is None:
        return [by.field, "empty", True]
    if by.step is not None:
        return [by.field, "between", [day.isoformat() for day in rules.stretch(key, by.step)]]
    return [by.field, "eq", key]
