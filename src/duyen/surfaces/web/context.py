"""What every page is given besides its own context."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.http import HttpRequest

THEMES = frozenset({"light", "dark"})
DENSITIES = frozenset({"compact", "comfortable"})


def product_version() -> str:
    """Return the installed version, or nothing when Duyên runs from its sources."""
    try:
        return version("duyen")
    except PackageNotFoundError:
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Give theme and density from the reader's cookies; unknown values mean the device's own."""
    theme = request.COOKIES.get("duyen_theme", "")
    density = request.COOKIES.get("duyen_density", "")
    return {
        "theme": theme if theme in THEMES else "",
        "density": density if density in DENSITIES else "",
        "version": product_version(),
    }
