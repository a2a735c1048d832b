"""The module's own pages: the calendar and the work of each day."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.modules.activities.pages import appointments, calendar
from duyen.surfaces.web.shell import OwnPage, put_into_navigation


def _has_work(actor: Actor) -> bool:
    return actor.may("activities", READ)


put_into_navigation(OwnPage("", _("Calendar"), "/calendar", "calendar", _has_work, key="l", is_daily=True))

urlpatterns: list[URLPattern] = [
    path("calendar", calendar.show, name="calendar"),
    path("calendar/new", appointments.new, name="new_appointment"),
    path("calendar/<int:activity_id>", appointments.show, name="appointment"),
    path("calendar/<int:activity_id>/move", appointments.move, name="move_appointment"),
]
