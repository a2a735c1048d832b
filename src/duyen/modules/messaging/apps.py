"""Messaging as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "duyen.modules.messaging"
    label = "messaging"

    def ready(self) -> None:
        """Make jobs, health lines, notices and settings known to every process, the worker among them."""
        for part in ("settings", "notices", "health", "tasks"):
            import_module(f"duyen.modules.messaging.{part}")
