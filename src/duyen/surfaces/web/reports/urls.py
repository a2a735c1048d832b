"""The addresses of reports; before those that are derived from the entities."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.reports.reading import reports_for
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.commands import Command, offer_commands
from duyen.surfaces.web.reports import pages
from duyen.surfaces.web.reports.addresses import REPORTS, report_url
from duyen.surfaces.web.shell import OwnPage, put_into_navigation

urlpatterns: list[URLPattern] = [
    path("reports", pages.show_all, name="reports"),
    path("reports/<slug:report_key>", pages.show, name="report"),
    path("reports/<slug:report_key>/print", pages.print_report, name="print_report"),
    path("reports/<slug:report_key>/export", pages.export, name="export_report"),
]

put_into_navigation(OwnPage(_("Sales"), _("Reports"), REPORTS, "chart-column", pages.has_reports))


def _commands(actor: Actor) -> Iterator[Command]:
    for each in reports_for(actor):
        label = gettext("Report: %(report)s") % {"report": each.label}
        yield Command(label, each.icon, report_url(each.key), also=gettext("statistics summary"))


offer_commands(_commands)
