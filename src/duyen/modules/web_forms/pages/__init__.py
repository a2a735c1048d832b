"""The pages of web forms for everybody, without a sign-in and without a script."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.modules.web_forms.pages import visiting

urlpatterns: list[URLPattern] = [
    path("f/<slug:key>", visiting.visit, name="web_form"),
    path("f/<slug:key>/thanks", visiting.thank, name="web_form_thanks"),
]
