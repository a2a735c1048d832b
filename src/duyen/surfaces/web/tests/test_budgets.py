"""Pages stay light: the sizes of UI.md's budget, over the wire."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from pytest_django import Settings

from duyen.surfaces.web import gallery, jinja
from duyen.surfaces.web.assets import FONT, SCRIPTS, SHEET, SHEETS, SPRITE, script, sheet
from duyen.testing.cast import Cast

KILOBYTE = 1024
STYLES = [SHEET]
PAGE = "duyen/page.js"
HTMX = "django_htmx/htmx-2.min.js"
#: What a page names and a browser fetches by itself.
FETCHED = re.compile(
    r"""<script[^>]* src="([^"]+)"|<link[^>]* rel="(?:stylesheet|(?:module)?preload)"[^>]* href="([^"]+)"|"""
    r"""<img[^>]* src="([^"]+)"|<use href="([^"#]+)#|url\("([^"]+)"\)"""
)
#: What a start puts into the name of a served file.
CONTENT_MARK = re.compile(r"\.[0-9a-f]{8}\.")


def gzipped(content: bytes) -> int:
    """Measure what goes over the wire."""
    return len(gzip.compress(content, 9))


def weight(paths: list[str]) -> int:
    """Add up the gzipped sizes of static files, of a script of several sources as it is built."""
    return sum(gzipped(_content(path)) for path in paths)


def _content(path: str) -> bytes:
    if path == SHEET:
        return sheet().encode()
    return script(path).encode() if path in SCRIPTS else Path(str(finders.find(path))).read_bytes()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages find what a start builds."""
    made = {path: f"/static/{path}" for path in (*SCRIPTS, SHEET, SPRITE, FONT)}
    monkeypatch.setattr(jinja, "_built", made)


def fetched(page: str) -> set[str]:
    """List the files that a page makes a browser fetch, beside itself, without the marks in their names."""
    found = {next(filter(None, groups)) for groups in FETCHED.findall(page)}
    return {CONTENT_MARK.sub(".", each) for each in found if not each.startswith("data:")}


def test_keeps_styles_below_16_kilobytes() -> None:
    assert weight(STYLES) <= 16 * KILOBYTE


@pytest.mark.parametrize("beside", [each for each in SCRIPTS if each != PAGE])
def test_keeps_scripts_with_htmx_below_40_kilobytes(beside: str) -> None:
    """Every page has the one script, and a kind of pages one more."""
    assert weight([HTMX, PAGE, beside]) <= 40 * KILOBYTE


def test_takes_out_of_a_style_sheet_only_what_browsers_skip() -> None:
    made = sheet()

    assert "/*" not in made
    assert 'content: ""' in made
    assert '"Segoe UI",system-ui' in made
    assert "calc(100% - 9px)" in made
    assert made.count("{") == made.count("}")


@pytest.mark.django_db
@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    ["/", "/customers", "/customers/new", "/customers/columns", "/customers/print", "/trail", "/login"],
)
def test_asks_for_at_most_seven_files_on_a_cold_page(path: str, cast: Cast) -> None:
    client = Client()
    if path != "/login":
        client.force_login(cast.users["director"])

    page = client.get(path)

    assert page.status_code == 200
    files = fetched(page.content.decode())
    assert len(files) + 1 <= 7, f"{path} fetches itself and {sorted(files)}"
    assert {f"/static/{path}" for path in ("duyen/page.js", HTMX, *STYLES, FONT, SPRITE)} <= files


@pytest.mark.django_db
@pytest.mark.usefixtures("built")
def test_puts_all_scripts_of_a_list_into_two_files_beside_htmx(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.users["director"])

    files = fetched(client.get("/customers").content.decode())

    scripts = {path.removeprefix("/static/") for path in files if path.endswith(".js")}
    assert scripts == {HTMX, "duyen/page.js", "duyen/list.js"}
    assert weight(sorted(scripts)) <= 40 * KILOBYTE


@pytest.mark.django_db
def test_falls_back_on_the_sources_where_no_script_was_built(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jinja, "built_url", lambda _path: "")
    client = Client()
    client.force_login(cast.users["director"])

    files = fetched(client.get("/customers").content.decode())

    parts = (*SCRIPTS["duyen/page.js"], *SCRIPTS["duyen/list.js"], *SHEETS)
    assert {f"/static/{source}" for source in parts} <= files


@pytest.mark.usefixtures("bare_pages")
@pytest.mark.parametrize("name", sorted(gallery.SHELLS))
def test_keeps_a_page_below_15_kilobytes(name: str, settings: Settings) -> None:
    settings.DEBUG = True

    page = gallery.shell(RequestFactory().get(f"/_ui/{name}/"), name)

    assert page.status_code == 200
    assert len(page.content) <= 60 * KILOBYTE
    assert gzipped(page.content) <= 15 * KILOBYTE
