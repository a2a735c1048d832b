"""The addresses of what a device keeps."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.surfaces.web.device import pages

urlpatterns: list[URLPattern] = [
    path("manifest.webmanifest", pages.manifest, name="manifest"),
    # At the root: a worker may stand between the browser and only what lies below its own address.
    path("worker.js", pages.worker, name="worker"),
    path("offline", pages.offline, name="offline"),
    path("_device", pages.here, name="device"),
    path("unsent", pages.unsent, name="unsent"),
]
