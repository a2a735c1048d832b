"""The pages of settings that Duyên brings itself; other modules declare their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.words import EXPORT_EVERYTHING, READ
from duyen.foundation.jobs.queries import sees_all_jobs
from duyen.foundation.settings.declaring import declare_area

SYSTEM = _("System")
DATA = _("Data")
PEOPLE = _("People and rights")
ADAPTING = _("Fields, forms and lists")


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
    _declare_people()
    _declare_adapting()
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


def _declare_people() -> None:
    """Lead to who works here and what each may do, where somebody looks for it among the settings."""
    declare_area(
        "users",
        label=_("Users"),
        help=_("Who may sign in, in which place and role."),
        icon="users",
        url="/users",
        order=22,
        group=PEOPLE,
        also=_("invite lock password account colleague"),
    )
    declare_area(
        "roles",
        label=_("Roles"),
        help=_("What people of each role may see and do, down to single fields."),
        icon="shield-check",
        url="/roles",
        order=24,
        group=PEOPLE,
        also=_("rights permission hide field two-step sign-in security"),
    )


def _declare_adapting() -> None:
    """Lead to what a company changes of fields, forms and choices."""
    declare_area(
        "fields",
        label=_("Fields of our own"),
        help=_("What you keep of customers and contacts beside what Duyên brings."),
        icon="text-cursor-input",
        url="/settings/fields",
        order=26,
        group=ADAPTING,
        also=_("new field custom required"),
    )
    declare_area(
        "layouts",
        label=_("Forms and pages"),
        help=_("Which fields stand where, what they are called, for everybody or for one role."),
        icon="layout-list",
        url="/settings/layouts",
        order=27,
        group=ADAPTING,
        also=_("rename field required order hide"),
    )
    declare_area(
        "choices",
        label=_("Lists of choices"),
        help=_("What people choose from: sources, industries, tags."),
        icon="list-ordered",
        url="/settings/choices",
        order=28,
        group=ADAPTING,
        also=_("rename colour options"),
    )
