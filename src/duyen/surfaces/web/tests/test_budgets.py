"""Pages stay light: the sizes of UI.md's budget, over the wire."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from pytest_django import Settings

from duyen.surfaces.web import gallery

KILOBYTE = 1024
STYLES = ["duyen/crm.css"]
SCRIPTS = ["django_htmx/htmx-2.min.js", "duyen/crm.js", "duyen/forms.js"]


def gzipped(content: bytes) -> int:
    """Measure what goes over the wire."""
    return len(gzip.compress(content, 9))


def weight(paths: list[str]) -> int:
    """Add up the gzipped sizes of static files."""
    found = [finders.find(path) for path in paths]
    return sum(gzipped(Path(str(path)).read_bytes()) for path in found)


def test_keeps_styles_below_16_kilobytes() -> None:
    assert weight(STYLES) <= 16 * KILOBYTE


def test_keeps_scripts_with_htmx_below_40_kilobytes() -> None:
    assert weight(SCRIPTS) <= 40 * KILOBYTE


def test_asks_for_at_most_seven_files_on_a_cold_page() -> None:
    page, sprite, font = 1, 1, 1

    assert page + len(STYLES) + len(SCRIPTS) + sprite + font <= 7


@pytest.mark.usefixtures("bare_pages")
@pytest.mark.parametrize("name", sorted(gallery.SHELLS))
def test_keeps_a_page_below_15_kilobytes(name: str, settings: Settings) -> None:
    settings.DEBUG = True

    page = gallery.shell(RequestFactory().get(f"/_ui/{name}/"), name)

    assert page.status_code == 200
    assert len(page.content) <= 60 * KILOBYTE
    assert gzipped(page.content) <= 15 * KILOBYTE
