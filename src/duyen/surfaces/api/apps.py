"""The API as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "duyen.surfaces.api"
    label = "api"

    def ready(self) -> None:
        """Load what ends tokens when a person is locked, and what tells webhooks of writes."""
        from duyen.foundation.audit.following import follow
        from duyen.surfaces.api.hooks import events

        import_module("duyen.surfaces.api.tokens")
        follow(events.NAME, events.tell)
