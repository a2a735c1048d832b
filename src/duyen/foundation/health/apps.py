"""The health of an installation as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "duyen.foundation.health"
    label = "health"

    def ready(self) -> None:
        """Load what the foundation itself looks at."""
        import_module("duyen.foundation.health.installation")
