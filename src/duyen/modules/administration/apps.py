"""Administration as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "duyen.modules.administration"
    label = "administration"

    def ready(self) -> None:
        """Make the kinds of background work known to every process, the worker among them."""
        import_module("duyen.modules.administration.jobs")
