"""Compile the message catalogues that changed, at start-up and after an update."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from duyen.surfaces.web.catalogues import compile_outdated


class Command(BaseCommand):
    help = "Compile the message catalogues whose .po file is newer than its .mo file."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        changed = compile_outdated(settings.LOCALE_PATHS)
        if options["verbosity"] > 1:
            self.stdout.write(f"{len(changed)} catalogues compiled")
