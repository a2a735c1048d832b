"""The addresses of the doorstep and of the reader's own page."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.surfaces.web.accounts import (
    absence,
    api_examples,
    passwords,
    profile,
    second_factor,
    security,
    signing_in,
    tokens,
)

urlpatterns: list[URLPattern] = [
    path("login", signing_in.sign_in, name="login"),
    path("login/code", signing_in.give_code, name="give_code"),
    path("login/forgot", passwords.forgot, name="forgot"),
    path("login/link/<str:token>", passwords.by_link, name="password_link"),
    path("logout", signing_in.sign_out, name="logout"),
    path("language/<slug:code>", signing_in.choose_language, name="language"),
    path("profile", profile.profile, name="profile"),
    path("profile/absence", absence.absence, name="absence"),
    path("profile/absence/end", absence.end, name="end_absence"),
    path("api-examples", api_examples.show, name="api_examples"),
    path("profile/tokens", tokens.tokens, name="tokens"),
    path("profile/tokens/revoke", tokens.revoke, name="revoke_token"),
    path("profile/language", profile.language, name="choose_language"),
    path("profile/security", security.security, name="security"),
    path("profile/password", security.password, name="change_password"),
    path("profile/second-factor", second_factor.manage, name="second_factor"),
    path("profile/second-factor/codes", second_factor.renew, name="renew_codes"),
    path("profile/second-factor/off", second_factor.turn_off, name="turn_factor_off"),
    path("profile/sessions", security.end, name="end_sessions"),
]
