"""Finds what stands in the house: the business modules and the templates they bring."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

#: Lower never imports higher; `extend` is resolved in this order.
MODULE_ORDER = ("parties", "administration")


def module_apps() -> list[str]:
    """Name the Django apps of the business modules, lowest first."""
    return [f"duyen.modules.{name}" for name in MODULE_ORDER]


def template_dirs() -> list[Path]:
    """List the template folders, the page kit's first, then each module's own."""
    places = [PACKAGE / "surfaces" / "web", *(PACKAGE / "modules" / name for name in MODULE_ORDER)]
    return [place / "templates" for place in places]
