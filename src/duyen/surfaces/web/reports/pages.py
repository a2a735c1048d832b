"""The list of reports, one report, its workbook, and its form for paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.errors import BadRequest, InvalidValues
from duyen.entities.exporting.asking import refuse_without_right
from duyen.entities.registry import entity_named
from duyen.entities.reports.comparing import with_year_before
from duyen.entities.reports.declared import Report
from duyen.entities.reports.reading import Told, read_report, report_for, reports_for
from duyen.entities.reports.statement import MOST_LINES, field_of
from duyen.entities.reports.taking import take_report
from duyen.entities.views.state import ViewState
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import EXPORT
from duyen.kernel.clock import now
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.conditions import chips
from duyen.surfaces.web.pages.exporting import download
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.state import ListState
from duyen.surfaces.web.reports.addresses import REPORTS, report_url
from duyen.surfaces.web.reports.asked import FROM, PAGE, ROWS, TO, Asked, controls_of, read_asked
from duyen.surfaces.web.reports.matrix import Matrix, rows_url
from duyen.surfaces.web.reports.shown import Drawing
from duyen.surfaces.web.shell import Crumb

#: So many lines stand on one page, so that it stays below 60 kB; a workbook has all of them.
MOST_ON_A_PAGE = 25
_LIST, _ONE, _PRINT = (f"reports/{each}.html" for each in ("list", "report", "print"))
_EXPORT = "derived/export.html"


def has_reports(actor: Actor) -> bool:
    """Tell whether there is any report for somebody."""
    return bool(reports_for(actor))


@require_safe
@page
def show_all(request: ActorRequest) -> HttpResponse:
    """List the reports that the reader may open."""
    found = [{"report": each, "url": report_url(each.key)} for each in reports_for(request.actor)]
    return render(request, _LIST, {"reports": found, "crumbs": [Crumb(_("Reports"))]})


@require_safe
@page
def show(request: ActorRequest, report_key: str) -> HttpResponse:
    """Show one report under the conditions of its address, a page of its lines at a time."""
    report, actor = report_for(report_key, request.actor), request.actor
    context = _around(report, request) | {"problem": ""}
    try:
        asked = read_asked(report, actor, request.GET)
        if ROWS in request.GET and asked.show:
            return HttpResponseRedirect(rows_url(asked, request.GET[ROWS]))
        told = _read(asked, actor)
    except BadRequest as error:
        return render(request, _ONE, context | {"problem": str(error)}, status=422)
    return render(request, _ONE, context | _drawn(told, asked, request))


def _read(asked: Asked, actor: Actor) -> Told:
    """Read a report as its address asks; a matrix of a period with the year before it. Raises BadRequest."""
    told = read_report(asked.report, actor=actor, filter=asked.filter, span=asked.span)
    if not asked.show or asked.year_before is None:
        return told
    return with_year_before(told, actor=actor, filter=asked.year_before)


def _draw(told: Told, asked: Asked, actor: Actor) -> Drawing:
    return Matrix(told, asked, actor) if asked.show else Drawing(told, asked, actor)


def _around(report: Report, request: ActorRequest) -> dict[str, Any]:
    first, others = controls_of(report, request.actor, request.GET)
    return {
        "report": report,
        "here": report_url(report.key),
        "controls": first,
        "others": others,
        "is_narrowed_more": any(each.value for each in others),
        "first": request.GET.get(FROM, ""),
        "last": request.GET.get(TO, ""),
        "is_narrowed": bool(set(request.GET) - {PAGE}),
        "crumbs": [Crumb(_("Reports"), REPORTS), Crumb(report.label)],
    }


def _drawn(told: Told, asked: Asked, request: ActorRequest) -> dict[str, Any]:
    actor = request.actor
    drawing = _draw(told, asked, actor)
    pages = max(1, -(-len(told.lines) // MOST_ON_A_PAGE))
    at = min(max(number_in(request.GET.get(PAGE, "")) or 1, 1), pages)
    lines = told.lines[(at - 1) * MOST_ON_A_PAGE : at * MOST_ON_A_PAGE]
    may_export = actor.may(told.entity.name, EXPORT) and not actor.is_looking
    return {
        "group": _groups(told),
        "heads": drawing.heads,
        "unit": drawing.unit,
        "lines": drawing.lines(lines),
        "total": drawing.total(),
        "in_all": drawing.in_all(),
        "left_out": told.left_out,
        "is_cut": told.is_cut,
        "most": so(MOST_LINES),
        "before_url": asked.url(page=str(at - 1)) if at > 1 else "",
        "after_url": asked.url(page=str(at + 1)) if at < pages else "",
        "at": at,
        "pages": pages,
        "export_url": asked.url("export") if may_export else "",
        "print_url": asked.url("print"),
    }


def _groups(told: Told) -> str:
    """Name what the lines are grouped by, the outer group first."""
    return " / ".join(str(field_of(told.entity, each.field).label) for each in told.report.groups)


@require_safe
@page
def print_report(request: ActorRequest, report_key: str) -> HttpResponse:
    """Show a report for paper: every line, under what it was chosen by."""
    report, actor = report_for(report_key, request.actor), request.actor
    asked = read_asked(report, actor, request.GET)
    told = _read(asked, actor)
    drawing = _draw(told, asked, actor)
    context = {
        "report": asked.report,
        "chips": chips(ListState(told.entity, ViewState(parts=tuple(asked.parts))), actor),
        "group": _groups(told),
        "heads": drawing.heads,
        "unit": drawing.unit,
        "lines": drawing.lines(told.lines),
        "total": drawing.total(),
        "in_all": drawing.in_all(),
        "is_cut": told.is_cut,
        "most": so(MOST_LINES),
        "back_url": asked.url(),
        "at": now(),
        "who": actor.name,
    }
    return render(request, _PRINT, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: ActorRequest, report_key: str) -> Any:
    """Ask what the workbook is for, and give it."""
    report, actor = report_for(report_key, request.actor), request.actor
    refuse_without_right(entity_named(report.entity), actor)
    asked = read_asked(report, actor, request.GET)
    purpose, error = request.POST.get("purpose", ""), ""
    if request.method == "POST":
        try:
            taken = take_report(
                asked.report,
                actor=actor,
                filter=asked.filter,
                purpose=purpose,
                span=asked.span,
                year_before=asked.year_before,
            )
            return download(*taken)
        except InvalidValues as refused:
            error = " ".join(str(each.message) for each in refused.problems)
    context = {
        "title": _("Export “%(report)s”") % {"report": report.label},
        "formats": (),
        "purpose": purpose,
        "error": error,
        "is_long": False,
        "action": asked.url("export"),
        "back_url": asked.url(),
        "crumbs": [Crumb(_("Reports"), REPORTS), Crumb(report.label, asked.url()), Crumb(_("Export"))],
    }
    if is_fragment(request):
        return HttpResponse(render_block(request, _EXPORT, "dialog", context))
    return render(request, _EXPORT, context, status=422 if error else 200)
