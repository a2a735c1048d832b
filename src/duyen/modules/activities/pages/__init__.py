"""The module's own pages: the calendar, the work of each day, and what is done on timelines."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.modules.activities.pages import (
    appointments,
    calendar,
    feed,
    ics_import,
    on_timelines,
    work,
    work_steps,
)
from duyen.surfaces.web.shell import OwnPage, put_into_navigation


def _has_work(actor: Actor) -> bool:
    return actor.may("activities", READ)


put_into_navigation(OwnPage("", _("Work to do"), work.ADDRESS, "inbox", _has_work, key="v", is_daily=True))
put_into_navigation(OwnPage("", _("Calendar"), "/calendar", "calendar", _has_work, key="l", is_daily=True))

urlpatterns: list[URLPattern] = [
    path("tasks/days", work.show, name="work"),
    path("tasks/days/add", work_steps.add, name="add_work"),
    path("tasks/days/<int:activity_id>/menu", work_steps.menu, name="work_menu"),
    path("tasks/days/<int:activity_id>/finish", work_steps.finish, name="finish_work"),
    path("tasks/days/<int:activity_id>/due", work_steps.put_off, name="put_off_work"),
    path("tasks/days/<int:activity_id>/give", work_steps.give, name="give_work"),
    path("calendar", calendar.show, name="calendar"),
    path("calendar/subscribe", feed.subscribe, name="subscribe_calendar"),
    path("calendar/feed/<str:secret>.ics", feed.feed, name="calendar_feed"),
    path("calendar/import", ics_import.upload, name="import_calendar"),
    path("calendar/new", appointments.new, name="new_appointment"),
    path("calendar/<int:activity_id>", appointments.show, name="appointment"),
    path("calendar/<int:activity_id>/move", appointments.move, name="move_appointment"),
    *on_timelines.urlpatterns,
]
