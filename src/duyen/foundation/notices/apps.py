from importlib import import_module

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "duyen.foundation.notices"
    label = "notices"

    def ready(self) -> None:
        """Load what the page of the system's health asks."""
        import_module("duyen.foundation.notices.health")
