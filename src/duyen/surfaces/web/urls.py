"""The addresses of the page kit itself."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from duyen.surfaces.web import gallery
from duyen.surfaces.web.approvals.urls import urlpatterns as approvals
from duyen.surfaces.web.device.urls import urlpatterns as device
from duyen.surfaces.web.guides import pages as guides
from duyen.surfaces.web.home.urls import urlpatterns as start
from duyen.surfaces.web.keys import keys
from duyen.surfaces.web.looking import END_URL, end
from duyen.surfaces.web.notices.urls import urlpatterns as notices
from duyen.surfaces.web.reports.urls import urlpatterns as reports

urlpatterns: list[URLPattern] = [
    path("help", guides.all_guides, name="all_guides"),
    path("help/keys", keys, name="help_keys"),
    path("help/new", guides.news, name="news"),
    path("help/<slug:name>", guides.guide, name="guide"),
    path("help/<slug:name>/<slug:entities>", guides.guide, name="guide_of_kind"),
    path(END_URL.lstrip("/"), end, name="end_view_as"),
    *start,
    *notices,
    *approvals,
    *reports,
    *device,
]

if settings.DEBUG:
    urlpatterns += gallery.urlpatterns
