"""Faults that nobody foresaw, as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class TroublesConfig(AppConfig):
    name = "duyen.foundation.troubles"
    label = "troubles"

    def ready(self) -> None:
        """Declare how long reports are kept, and listen to what background tasks fail with."""
        import_module("duyen.foundation.troubles.declared")
        import_module("duyen.foundation.troubles.listening").listen()
