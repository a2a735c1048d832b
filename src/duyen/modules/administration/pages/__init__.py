"""The pages of administration that cannot be derived."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, EXPLAIN, EXPORT_EVERYTHING, READ, READ_TRAIL
from duyen.foundation.settings.declaring import administers, areas_for
from duyen.modules.administration.pages import (
    areas,
    calendars,
    company,
    completeness,
    diagnostics,
    everything,
    health,
    looking,
    matrix,
    people,
    rights,
    setup,
    trail,
    troubles,
    webhooks,
)
from duyen.modules.administration.pages.declared import declare_areas
from duyen.surfaces.web.commands import Command, offer_commands
from duyen.surfaces.web.shell import SETTINGS, OwnPage, put_into_navigation

urlpatterns: list[URLPattern] = [
    path("setup", setup.code, name="setup"),
    path("setup/company", setup.company, name="setup_company"),
    path("setup/units", setup.units, name="setup_units"),
    path("setup/user", setup.user, name="setup_user"),
    path("settings", areas.index, name="settings"),
    path("settings/company", company.settings, name="settings_company"),
    path("settings/area/<slug:name>", areas.area, name="settings_area"),
    path("settings/history/<str:key>", areas.history, name="setting_history"),
    path("settings/undo/<int:operation>", areas.undo, name="undo_settings"),
    path("settings/health", health.show, name="system_health"),
    path("settings/diagnostics", diagnostics.show, name="diagnostics"),
    path("settings/diagnostics/file", diagnostics.download, name="diagnostics_file"),
    path("settings/troubles", troubles.index, name="troubles"),
    path("settings/troubles/<int:trouble_id>", troubles.show, name="trouble"),
    path("settings/troubles/<int:trouble_id>/<slug:verb>", troubles.step, name="trouble_step"),
    path("settings/addresses", company.convert, name="convert_addresses"),
    path("settings/completeness", completeness.completeness, name="weigh_completeness"),
    path("settings/export", everything.everything, name="export_everything"),
    path("settings/tax-code", company.tax_code, name="tax_code"),
    path("settings/webhooks", webhooks.all_webhooks, name="webhooks"),
    path("webhooks/<int:hook_id>/secret", webhooks.secret, name="webhook_secret"),
    path("webhooks/<int:hook_id>/deliveries", webhooks.log, name="webhook_log"),
    path("webhooks/<int:hook_id>/deliveries/<int:delivery_id>", webhooks.delivery, name="webhook_delivery"),
    path(
        "webhooks/<int:hook_id>/deliveries/<int:delivery_id>/replay", webhooks.replay, name="replay_delivery"
    ),
    path("users/new", people.invite, name="invite"),
    path("invitations", people.invitations, name="invitations"),
    path("users/<int:user_id>/password-link", people.password_link, name="make_password_link"),
    path("users/<int:user_id>/view-as", looking.begin, name="view_as"),
    path("holidays", calendars.holidays, name="holidays"),
    path("calendars/<int:calendar_id>/try", calendars.try_calendar, name="try_calendar"),
    path("access/roles", matrix.roles, name="compare_roles"),
    path("trail", trail.show, name="trail"),
    path("trail/options/<slug:name>", trail.options, name="trail_options"),
    path("trail/export", trail.export, name="export_trail"),
    path("roles/<int:role_id>/rights", rights.save, name="save_rights"),
    path("roles/<int:role_id>/rights/undo", rights.undo, name="undo_rights"),
]

put_into_navigation(
    OwnPage(
        _("Administration"),
        _("Settings"),
        SETTINGS,
        icon="settings",
        may_open=lambda actor: bool(areas_for(actor)),
    )
)
put_into_navigation(
    OwnPage(
        _("Keeping it running"),
        _("System health"),
        "/settings/health",
        icon="activity",
        under=SETTINGS,
        may_open=administers,
    )
)
put_into_navigation(
    OwnPage(
        _("Adapting"),
        _("Holidays"),
        "/holidays",
        icon="calendar-days",
        under=SETTINGS,
        may_open=lambda actor: actor.may("special_days", READ),
    )
)
put_into_navigation(
    OwnPage(
        _("People and rights"),
        _("Access"),
        "/access",
        icon="shield-question-mark",
        under="/users",
        may_open=lambda actor: actor.may("users", EXPLAIN),
    )
)
put_into_navigation(
    OwnPage(
        _("Keeping it running"),
        _("Trail"),
        "/trail",
        icon="scroll-text",
        under=SETTINGS,
        may_open=lambda actor: actor.may("users", READ_TRAIL),
    )
)
put_into_navigation(
    OwnPage(
        _("People and rights"),
        _("Invitations"),
        "/invitations",
        icon="mail",
        under="/users",
        may_open=lambda actor: actor.may("users", CHANGE),
    )
)
put_into_navigation(
    OwnPage(
        _("Keeping it running"),
        _("Export everything"),
        "/settings/export",
        icon="download",
        under=SETTINGS,
        may_open=lambda actor: actor.may("users", EXPORT_EVERYTHING),
    )
)


def _commands(actor: Actor) -> Iterator[Command]:
    """Ask about rights from anywhere."""
    if actor.may("users", EXPLAIN):
        label = gettext("Explain why somebody may or may not see a record")
        yield Command(label, "shield-question-mark", "/access", also=gettext("access rights permission"))
    if actor.may("roles", READ):
        yield Command(gettext("Compare roles"), "columns-2", "/access/roles", also=gettext("matrix rights"))


offer_commands(_commands)
offer_commands(areas.commands)
declare_areas()
