"""Carry a report out as a workbook: by the right to export its records, with a purpose, told in the trail."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duyen.entities.exporting.asking import XLSX, Asked, read_purpose, refuse_without_right
from duyen.entities.exporting.noting import TAKEN, note
from duyen.entities.exporting.writing import sheet_name
from duyen.entities.paging import View
from duyen.entities.registry import entity_named
from duyen.entities.reports.comparing import with_year_before
from duyen.entities.reports.declared import Measure, Report
from duyen.entities.reports.naming import name_keys, stretch_in_words
from duyen.entities.reports.reading import Told, read_report
from duyen.entities.reports.statement import field_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import EXPORT, READ
from duyen.kernel.clock import today
from duyen.kernel.text import fold

Cell = str | int | float | dt.date | None


def take_report(
    report: Report,
    *,
    actor: Actor,
    filter: object = None,
    purpose: str,
    span: tuple[dt.date, dt.date] | None = None,
    year_before: object = None,
) -> tuple[BinaryIO, str]:
    """Write a report into a workbook without a name on the disk; give it with the name to send it by.

    It holds the records that the actor may read and export. A matrix has a sheet for each figure that may
    stand in it, between the days of `span`, beside what a filter of the `year_before` leaves. Raises what
    `refuse_without_right` and `read_report` raise, and InvalidValues without a purpose; then nothing was
    written, nor noted.
    """
    entity = entity_named(report.entity)
    refuse_without_right(entity, actor)
    said = read_purpose(purpose)
    verbs = (READ, EXPORT)
    told = read_report(report, actor=actor, filter=filter, verbs=verbs, span=span)
    if report.across is not None and year_before is not None:
        told = with_year_before(told, actor=actor, filter=year_before, verbs=verbs)
    sheets = sheets_of(told, actor)
    with tempfile.TemporaryDirectory(prefix="duyen-report-") as folder:
        path = Path(folder) / "file"
        _write(sheets, path)
        file = path.open("rb")
    asked = Asked(
        report.entity,
        view=View(filter=filter),
        columns=(*(each.field for each in report.keys), *(each.name for each in told.measures)),
        format=XLSX,
        purpose=said,
    )
    note(actor, TAKEN, asked, entries=len(told.lines), whole=not told.is_cut, report=report.key)
    return file, f"{slugify(fold(str(report.label))) or report.key}-{today():%Y%m%d}.{XLSX}"


def sheets_of(told: Told, actor: Actor) -> dict[str, list[dict[str, Cell]]]:
    """Give the rows of each sheet by its name; a report that is no matrix has one."""
    if told.report.across is None:
        return {str(told.report.label): rows_of(told, actor)}
    words = name_keys(told, actor)[0]
    known = {each.name: each for each in told.measures}
    shown = [known[name] for name in told.report.cells if name in known]
    return {str(each.label): _cells_of(told, each, words) for each in shown}


def _cells_of(told: Told, measure: Measure, words: Mapping[Any, str]) -> list[dict[str, Cell]]:
    """Give one figure of each group in the columns of a matrix, its total, and that of the year before."""
    columns = [stretch_in_words(each.first, each.step) for each in told.columns]
    field = field_of(told.entity, told.report.groups[0].field)
    years = [pgettext("report", "Year before")] if told.before is not None else []
    heads = _heads([str(field.label), *columns, _("Total"), *years])
    rows = []
    for line in [*told.lines, told.total]:
        held = [line.cells.get(each.first, {}).get(measure.name) for each in told.columns]
        held.append(line.values[measure.name])
        if told.before is not None:
            held.append(told.before.get(line.keys, {}).get(measure.name))
        label = words[line.keys[0]] if line.keys else _("Total")
        rows.append(dict(zip(heads, [label, *map(_as_cell, held)], strict=True)))
    return rows


def rows_of(told: Told, actor: Actor) -> list[dict[str, Cell]]:
    """Give the rows of the sheet by their heads: levels, then figures; the total comes last."""
    levels = [str(field_of(told.entity, each.field).label) for each in told.report.groups]
    heads = _heads([*levels, *(str(each.label) for each in told.measures)])
    words = name_keys(told, actor)
    rows = []
    for line in [*told.lines, told.total]:
        named: list[Cell] = [words[depth][key] for depth, key in enumerate(line.keys)]
        blanks: list[Cell] = [_("Total") if line is told.total else _("Subtotal"), *[None] * len(levels)]
        named += blanks[: len(levels) - len(named)]
        figures = [_as_cell(line.values[each.name]) for each in told.measures]
        rows.append(dict(zip(heads, [*named, *figures], strict=True)))
    return rows


def _heads(labels: Sequence[str]) -> list[str]:
    """Let no two columns have the same head."""
    found: list[str] = []
    for each in labels:
        again = sum(1 for other in labels[: len(found)] if other == each)
        found.append(f"{each} ({again + 1})" if again else each)
    return found


def _as_cell(value: Any) -> Cell:
    return value if value is None or isinstance(value, int) else float(value)


def _write(sheets: Mapping[str, Sequence[dict[str, Cell]]], path: Path) -> None:
    from rustpy_xlsxwriter import write_worksheets

    parts: list[tuple[str, Any]] = [(sheet_name(label), iter(rows)) for label, rows in sheets.items()]
    write_worksheets(parts, str(path), freeze_panes={"general": {"row": 1, "col": 0}})
