"""The addresses of the derived pages, after all others: a list stands at its entity's name."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.surfaces.web.pages import (
    access,
    bulk,
    editing,
    exporting,
    home,
    indexes,
    inline,
    jobs,
    kept_views,
    list_forms,
    lists,
    places,
    records,
    searching,
    steps,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("search", searching.search, name="search"),
    path("_palette", searching.search, name="palette"),
    path("_places", places.options, name="places"),
    path("access", access.access, name="access"),
    path("settings/indexes", indexes.show, name="indexes"),
    path("settings/indexes/new", indexes.new, name="new_index"),
    path("settings/indexes/<int:index_id>/remove", indexes.remove, name="remove_index"),
    path("_undo/<int:operation_id>", steps.undo, name="undo"),
    path("jobs", jobs.mine, name="jobs"),
    path("jobs/<int:job_id>", jobs.show, name="job"),
    path("jobs/<int:job_id>/rejected", jobs.rejected, name="job_rejected"),
    path("jobs/<int:job_id>/file", exporting.job_file, name="job_file"),
    path("jobs/<int:job_id>/<slug:verb>", jobs.step, name="job_step"),
    path("<slug:entities>", lists.show, name="list"),
    path("<slug:entities>/new", editing.new, name="new"),
    path("<slug:entities>/count", lists.count_rows, name="count"),
    path("<slug:entities>/totals", lists.add_up, name="totals"),
    path("<slug:entities>/print", lists.print_list, name="print"),
    path("<slug:entities>/export", exporting.export, name="export"),
    path("<slug:entities>/filter", list_forms.filter_form, name="filter"),
    path("<slug:entities>/sort", list_forms.sort_form, name="sort"),
    path("<slug:entities>/columns", list_forms.column_form, name="columns"),
    path("<slug:entities>/views", kept_views.manage, name="views"),
    path("<slug:entities>/views/new", kept_views.keep, name="new_view"),
    path("<slug:entities>/views/<int:view_id>/<slug:step>", kept_views.step, name="view_step"),
    path("<slug:entities>/bulk", bulk.bulk, name="bulk"),
    path("<slug:entities>/_options", lists.options, name="options"),
    path("<slug:entities>/<int:record_id>", records.show, name="record"),
    path("<slug:entities>/<int:record_id>/menu", records.menu, name="row_menu"),
    path("<slug:entities>/<int:record_id>/edit", editing.edit, name="edit"),
    path("<slug:entities>/<int:record_id>/cell/<slug:name>", inline.cell, name="cell"),
    path("<slug:entities>/<int:record_id>/<slug:verb>", steps.step, name="step"),
]
