"""The pages of opportunities that cannot be derived."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.modules.opportunities.pages import commitments

urlpatterns: list[URLPattern] = [
    path(
        "opportunities/<int:record_id>/partners/<int:partner_id>/paper",
        commitments.attach,
        name="attach_commitment",
    ),
]
