"""All addresses of the house: the API, the pages, and those that modules bring."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
