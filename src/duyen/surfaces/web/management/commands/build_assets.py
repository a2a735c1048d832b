"""Build the icon sprite, the font, the scripts of a page and our mark before the first page is served."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

import duyen
from duyen.surfaces.web.assets import (
    SCRIPTS,
    Built,
    build_font,
    build_icon,
    build_script,
    build_sheet,
    build_sprite,
    named_icons,
    unknown_icons,
)
from duyen.surfaces.web.device.icons import ICONS

log = logging.getLogger(__name__)

PRODUCT = Path(duyen.__file__).resolve().parent


class Command(BaseCommand):
    help = "Build icons, font, style sheet, scripts and our mark into build/; skipped when nothing changed."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        assets = Path(settings.BUILD_DIR) / "assets"
        names = named_icons([PRODUCT]) | set(getattr(settings, "EXTRA_ICONS", ()))
        for name in unknown_icons(names):
            self.stderr.write(f"no such icon: {name}")
        self.attempt(lambda: build_sprite(assets, names))
        self.attempt(lambda: build_font(assets))
        self.attempt(lambda: build_sheet(assets))
        for name in SCRIPTS:
            self.attempt(partial(build_script, assets, name))
        for name in ICONS:
            self.attempt(partial(build_icon, assets, name))

    def attempt(self, build: Callable[[], Built]) -> None:
        """Run one build; a failure stops nothing.

        Pages work without icons, with the system font and with each source of a script alone.
        """
        try:
            built = build()
        except Exception as problem:  # the outermost edge: any fault of a font or zip file
            log.warning("asset not built", exc_info=True)
            self.stderr.write(f"not built: {problem}")
            return
        if built.is_new:
            self.stdout.write(f"built {built.path.name}, {built.path.stat().st_size} bytes")
