"""Build the icon sprite and the font before the first page is served."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

import duyen
from duyen.surfaces.web.assets import Built, build_font, build_sprite, named_icons, unknown_icons

log = logging.getLogger(__name__)

PRODUCT = Path(duyen.__file__).resolve().parent


class Command(BaseCommand):
    help = "Build the icon sprite and the font into build/; skipped when nothing changed."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        assets = Path(settings.BUILD_DIR) / "assets"
        names = named_icons([PRODUCT]) | set(getattr(settings, "EXTRA_ICONS", ()))
        for name in unknown_icons(names):
            self.stderr.write(f"no such icon: {name}")
        self.attempt(lambda: build_sprite(assets, names))
        self.attempt(lambda: build_font(assets))

    def attempt(self, build: Callable[[], Built]) -> None:
        """Run one build; pages work without icons and with the system font, so a failure stops nothing."""
        try:
            built = build()
        except Exception as problem:  # the outermost edge: any fault of a font or zip file
            log.warning("asset not built", exc_info=True)
            self.stderr.write(f"not built: {problem}")
            return
        if built.is_new:
            self.stdout.write(f"built {built.path.name}, {built.path.stat().st_size} bytes")
