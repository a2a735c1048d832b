"""The API as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "duyen.surfaces.api"
    label = "api"

    def ready(self) -> None:
        """Load what ends tokens when a person is locked, and what tells webhooks of writes."""
        from duyen.entities.personal.declared import STAFF
        from duyen.entities.personal.holding import hold
        from duyen.foundation.audit.following import follow
        from duyen.surfaces.api.hooks import events
        from duyen.surfaces.api.models import ApiToken

        import_module("duyen.surfaces.api.tokens")
        follow(events.NAME, events.tell)
        hold(ApiToken, STAFF)
