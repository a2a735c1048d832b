"""The addresses of notices and watches; before those that are derived from the entities."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.surfaces.web.notices import changed, live, pages, watching

urlpatterns: list[URLPattern] = [
    path("_live", live.state, name="live"),
    path("notices", pages.show, name="notices"),
    path("notices/read", pages.read, name="read_notices"),
    path("notices/unread", pages.unread, name="unread_notices"),
    path("notices/<int:notice_id>", pages.follow, name="notice"),
    path("watching", watching.show, name="watching"),
    path("watching/stop", watching.stop, name="stop_watching"),
    path("<slug:entities>/<int:record_id>/watch", watching.begin, name="watch"),
    path("<slug:entities>/<int:record_id>/unwatch", watching.end, name="unwatch"),
    path("<slug:entities>/<int:record_id>/changes", changed.changes, name="changes"),
]
