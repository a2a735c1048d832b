"""The pages of settings that Duyên brings itself; other modules declare their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.words import EXPORT_EVERYTHING, READ
from duyen.foundation.jobs.queries import sees_all_jobs
from duyen.foundation.settings.declaring import declare_area

SYSTEM = _("System")
DATA = _("Data")


def declare_areas() -> None:
    """Put the pages of administration into the settings."""
    declare_area(
        "company",
        label=_("Company"),
        help=_("Name, tax code, address, and how safe the data is."),
        icon="briefcase-business",
        url="/settings/company",
        order=10,
        also=_("backup mail link name tax code"),
    )
    declare_area(
        "holidays",
        label=_("Holidays"),
        help=_("Days off by law, and what the company decides of single days."),
        icon="calendar-days",
        url="/holidays",
        order=20,
        may_open=lambda actor: actor.may("special_days", READ),
        also=_("working hours calendar days off"),
    )
    declare_area(
        "completeness",
        label=_("Completeness"),
        help=_("What makes a record complete, by kind."),
        icon="circle-check-big",
        url="/settings/completeness",
        order=30,
        group=DATA,
    )
    declare_area(
        "indexes",
        label=_("Indexes"),
        help=_("What long lists are ordered and filtered by, and what each costs."),
        icon="gauge",
        url="/settings/indexes",
        order=40,
        group=DATA,
        also=_("sort filter slow list"),
    )
    declare_area(
        "export",
        label=_("Export everything"),
        help=_("All data of the company as files to take along."),
        icon="download",
        url="/settings/export",
        order=50,
        may_open=lambda actor: actor.may("users", EXPORT_EVERYTHING),
        group=DATA,
    )
    declare_area(
        "health",
        label=_("System health"),
        help=_("Database, disk, backups, mail, background work, versions: what was found, what to do."),
        icon="activity",
        url="/settings/health",
        order=200,
        group=SYSTEM,
        also=_("backup disk mail workers versions database"),
    )
    declare_area(
        "jobs",
        label=_("Background work"),
        help=_("What runs for whom, how far it is, what comes by the clock."),
        icon="list-todo",
        url="/jobs?who=all",
        order=210,
        may_open=sees_all_jobs,
        group=SYSTEM,
        also=_("jobs queue schedule import export"),
    )
    declare_area(
        "troubles",
        label=_("Error reports"),
        help=_("What broke, found by the number that somebody quotes."),
        icon="bug",
        url="/settings/troubles",
        order=220,
        group=SYSTEM,
        also=_("crash fault number"),
    )
    declare_area(
        "diagnostics",
        label=_("Diagnostics file"),
        help=_("How the system is, as a file without personal data, for whoever maintains it."),
        icon="file-down",
        url="/settings/diagnostics",
        order=230,
        group=SYSTEM,
        also=_("support"),
    )
    declare_area(
        "retention",
        label=_("How long things are kept"),
        help=_("When old things are deleted by themselves."),
        icon="archive",
        order=240,
        group=SYSTEM,
        also=_("delete old retention"),
    )
