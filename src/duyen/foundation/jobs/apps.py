"""Background work, as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "duyen.foundation.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Declare how long finished work is kept."""
        import_module("duyen.foundation.jobs.forgetting")
