"""The call that reads a declared report: its lines, each with the filter that lists its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema
from pydantic import Field as Described

from duyen.entities.errors import BadRequest
from duyen.entities.fields import Amount
from duyen.entities.reports.declared import Average, Measure, Percentile, Sum
from duyen.entities.reports.drilling import Part, parts_of
from duyen.entities.reports.naming import name_keys, stretch_in_words
from duyen.entities.reports.reading import Line, Told, Values, read_report, report_for, ways_for
from duyen.entities.reports.statement import field_of
from duyen.kernel.money import Money
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.entity_routes import Filter, read_filter

router = Router()
_GROUPS = "Other groups that the report offers: names of fields, a dot between levels. Left out: its own."
_FIGURES = "By measure: a count, a sum as amount and currency, days, or per cent; null where there is none."


class ReportMeasureOut(Schema):
    """One figure of each line."""

    name: str
    label: str


class ReportGroupOut(Schema):
    """The value of one level: a code, an id, the first day of a month, or nothing; with its words."""

    field: str
    value: str | int | bool | None
    label: str


class ReportColumnOut(Schema):
    """One column of a matrix: the month, the quarter or the year that begins on a day."""

    first: dt.date
    step: str
    label: str


class ReportCellOut(Schema):
    """The figures of a line in one column; a column without rows has no cell."""

    first: dt.date
    values: Annotated[dict[str, Any], Described(description=_FIGURES)]
    filter: Annotated[dict[str, Any], Described(description="What lists exactly the rows of the cell.")]


class ReportLineOut(Schema):
    """One group; with fewer values than the report has levels it is their subtotal."""

    groups: list[ReportGroupOut]
    values: Annotated[dict[str, Any], Described(description=_FIGURES)]
    filter: Annotated[
        dict[str, Any] | None, Described(description="What lists exactly the rows of the line.")
    ]
    cells: list[ReportCellOut]


class ReportOut(Schema):
    """A report as its reader may see it."""

    key: str
    label: str
    entity: str
    measures: list[ReportMeasureOut]
    columns: Annotated[list[ReportColumnOut], Described(description="Of a matrix; else there are none.")]
    left_out: Annotated[int, Described(description="How many figures are closed to the reader.")]
    lines: list[ReportLineOut]
    total: ReportLineOut
    is_cut: Annotated[bool, Described(description="Only the largest groups are told; the total holds all.")]


@router.get(
    "/reports/{slug:key}",
    response=ReportOut,
    operation_id="read_report",
    summary="Read a report over the records that one may read",
    tags=["reports"],
)
def read(
    request: HttpRequest,
    key: Annotated[str, Path(max_length=80)],
    filter: Filter = "",
    groups: Annotated[str, Query(max_length=200, description=_GROUPS)] = "",
) -> HttpResponse:
    """Count and add up in groups what a filter leaves of the report's records."""
    refuse_unknown_arguments(request, frozenset({"filter", "groups"}))
    actor = actor_of(request)
    asked = read_filter(filter)
    report = report_for(key, actor)
    ways = {each.way: each for each in ways_for(report, actor)}
    if groups and groups not in ways:
        raise BadRequest(argument="groups", what=_("This report has no such groups."))
    told = read_report(ways.get(groups, report), actor=actor, filter=asked)
    words = name_keys(told, actor)
    return answer(
        {
            "key": told.report.key,
            "label": str(told.report.label),
            "entity": told.entity.name,
            "measures": [{"name": each.name, "label": str(each.label)} for each in told.measures],
            "columns": [
                {
                    "first": each.first,
                    "step": each.step.value,
                    "label": stretch_in_words(each.first, each.step),
                }
                for each in told.columns
            ],
            "left_out": told.left_out,
            "lines": [_line(told, each, asked, words) for each in told.lines],
            "total": _line(told, told.total, asked, words),
            "is_cut": told.is_cut,
        }
    )


def _line(told: Told, line: Line, asked: object, words: Sequence[Mapping[Any, str]]) -> dict[str, Any]:
    return {
        "groups": [
            {
                "field": by.field,
                "value": key.isoformat() if isinstance(key, dt.date) else key,
                "label": words[depth][key],
            }
            for depth, (by, key) in enumerate(zip(told.report.groups, line.keys, strict=False))
        ],
        "values": {each.name: _value(told, line.values, each) for each in told.measures},
        "filter": _filter(parts_of(told.report, line), asked),
        "cells": [
            {
                "first": each.first,
                "values": {
                    one.name: _value(told, line.cells[each.first], one)
                    for one in told.measures
                    if one.name in told.report.cells
                },
                "filter": _filter(parts_of(told.report, line, column=each), asked),
            }
            for each in told.columns
            if each.first in line.cells
        ],
    }


def _filter(parts: Sequence[Part], asked: object) -> dict[str, Any] | None:
    whole = [*([asked] if asked else []), *parts]
    return {"and": whole} if whole else None


def _value(told: Told, values: Values, measure: Measure) -> Any:
    value = values[measure.name]
    if isinstance(measure, (Sum, Average, Percentile)) and value is not None:
        field = field_of(told.entity, measure.field)
        if isinstance(field, Amount):
            return field.to_json(Money(int(value)))
    return float(value) if isinstance(value, Decimal) else value
