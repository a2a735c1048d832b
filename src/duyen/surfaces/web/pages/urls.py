"""The addresses of the derived pages, after all others: a list stands at its entity's name."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.surfaces.web.pages import access, editing, home, lists, records, searching, steps

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("search", searching.search, name="search"),
    path("_palette", searching.search, name="palette"),
    path("access", access.access, name="access"),
    path("_undo/<int:operation_id>", steps.undo, name="undo"),
    path("<slug:entities>", lists.show, name="list"),
    path("<slug:entities>/new", editing.new, name="new"),
    path("<slug:entities>/count", lists.count_rows, name="count"),
    path("<slug:entities>/filter", lists.filter_form, name="filter"),
    path("<slug:entities>/_options", lists.options, name="options"),
    path("<slug:entities>/<int:record_id>", records.show, name="record"),
    path("<slug:entities>/<int:record_id>/menu", records.menu, name="row_menu"),
    path("<slug:entities>/<int:record_id>/edit", editing.edit, name="edit"),
    path("<slug:entities>/<int:record_id>/<slug:verb>", steps.step, name="step"),
]
