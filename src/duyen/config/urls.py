"""All addresses of the house: the API, the pages, and those that modules bring."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from duyen.config.discovery import module_urls

#: Addresses that are spelled out come before those that are derived from the entities.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("duyen.surfaces.api.urls")),
    path("", include("duyen.surfaces.web.urls")),
    path("", include("duyen.surfaces.web.accounts.urls")),
    *module_urls(),
    path("", include("duyen.demo.pages")),
    path("", include("duyen.surfaces.web.pages.urls")),
]

#: What Django answers with where no view can.
handler400 = "duyen.surfaces.web.errors.bad_request"
handler403 = "duyen.surfaces.web.errors.forbidden"
handler404 = "duyen.surfaces.web.pages.refusals.nowhere"
handler500 = "duyen.surfaces.web.errors.server_error"
