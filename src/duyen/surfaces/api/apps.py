"""The API as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "duyen.surfaces.api"
    label = "api"

    def ready(self) -> None:
        """Load what ends tokens when a person is locked, also where no address of the API is."""
        import_module("duyen.surfaces.api.tokens")
