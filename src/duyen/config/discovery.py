"""Finds what stands in the house: the business modules and the templates they bring."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.urls import URLPattern, URLResolver

PACKAGE = Path(__file__).resolve().parent.parent

#: Lower never imports higher; `extend` is resolved in this order.
MODULE_ORDER = (
    "parties",
    "consents",
    "catalog",
    "activities",
    "caldav",
    "messaging",
    "campaigns",
    "opportunities",
    "commissions",
    "leads",
    "assignments",
    "web_forms",
    "mail_intake",
    "scoring",
    "calling",
    "handovers",
    "subject_requests",
    "retention",
    "administration",
)


def module_apps() -> list[str]:
    """Name the Django apps of the business modules, lowest first."""
    return [f"duyen.modules.{name}" for name in MODULE_ORDER]


def template_dirs() -> list[Path]:
    """List the template folders, the page kit's first, then each module's own, then the demo's."""
    modules = [PACKAGE / "modules" / name for name in MODULE_ORDER]
    places = [PACKAGE / "surfaces" / "web", *modules, PACKAGE / "demo"]
    return [place / "templates" for place in places]


def guide_dirs() -> list[Path]:
    """List the folders with guides to pages, the page kit's first, then each module's own."""
    places = [PACKAGE / "surfaces" / "web", *(PACKAGE / "modules" / name for name in MODULE_ORDER)]
    return [place / "guides" for place in places if (place / "guides").is_dir()]


def module_urls() -> list[URLPattern | URLResolver]:
    """Collect the addresses of the modules' own pages: `urlpatterns` of their pages.py."""
    found: list[URLPattern | URLResolver] = []
    for app in module_apps():
        if find_spec(f"{app}.pages"):
            found += import_module(f"{app}.pages").urlpatterns
    return found
