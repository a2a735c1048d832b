"""The pages of administration that cannot be derived."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.modules.administration.pages import company, people, rights

urlpatterns: list[URLPattern] = [
    path("settings", company.settings, name="settings"),
    path("settings/tax-code", company.tax_code, name="tax_code"),
    path("users/new", people.invite, name="invite"),
    path("users/<int:user_id>/password-link", people.password_link, name="make_password_link"),
    path("roles/<int:role_id>/rights", rights.save, name="save_rights"),
]
