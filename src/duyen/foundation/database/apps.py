"""The database band as a Django app: it brings no tables."""

from __future__ import annotations

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "duyen.foundation.database"
    label = "database"
