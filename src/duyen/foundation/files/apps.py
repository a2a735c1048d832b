"""Files as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "duyen.foundation.files"
    label = "files"

    def ready(self) -> None:
        """Put what a company decides about files on its page of settings."""
        import_module("duyen.foundation.files.limits")
        import_module("duyen.foundation.files.health")
