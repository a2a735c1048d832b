"""The addresses of notices and watches; before those that are derived from the entities."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.surfaces.web.notices import changed, live, mails_page, pages, preferences, watching

urlpatterns: list[URLPattern] = [
    path("_live", live.state, name="live"),
    path("notices", pages.show, name="notices"),
    path("notices/read", pages.read, name="read_notices"),
    path("notices/unread", pages.unread, name="unread_notices"),
    path("notices/<int:notice_id>", pages.follow, name="notice"),
    path("profile/notices", preferences.show, name="notice_preferences"),
    path("settings/mails", mails_page.show, name="notice_mails"),
    path("settings/mails/again", mails_page.again, name="mail_again"),
    path("settings/mails/trial", mails_page.trial, name="mail_trial"),
    path("watching", watching.show, name="watching"),
    path("watching/stop", watching.stop, name="stop_watching"),
    path("<slug:entities>/<int:record_id>/watch", watching.begin, name="watch"),
    path("<slug:entities>/<int:record_id>/unwatch", watching.end, name="unwatch"),
    path("<slug:entities>/<int:record_id>/changes", changed.changes, name="changes"),
]
