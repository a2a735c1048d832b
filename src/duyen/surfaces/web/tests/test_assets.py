"""Icons and the font are built from installed packages, once, and their failure stops nothing."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from fontTools.ttLib import TTFont
from pytest_django import Settings

import duyen
from duyen.surfaces.web import assets

PRODUCT = Path(duyen.__file__).parent


def test_names_only_icons_that_exist() -> None:
    names = assets.named_icons([PRODUCT])

    assert {"plus", "search", "building-2", "arrow-down"} <= names
    assert assets.unknown_icons(names) == []


def test_draws_one_symbol_per_name() -> None:
    sprite = assets.sprite(["plus", "x", "plus", "no-such-icon"])

    assert sprite.count("<symbol") == 2
    assert '<symbol id="plus" viewBox="0 0 24 24"><path' in sprite


def test_builds_the_sprite_once_until_the_names_change(tmp_path: Path) -> None:
    target = tmp_path / "assets"

    first = assets.build_sprite(target, ["x", "plus"])
    again = assets.build_sprite(target, ["plus", "x"])
    more = assets.build_sprite(target, ["plus", "x", "search"])

    assert [built.is_new for built in (first, again, more)] == [True, False, True]
    assert (target / assets.SPRITE).read_text("utf-8").count("<symbol") == 3


def test_survives_a_font_that_cannot_be_built(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_assets: Path) -> assets.Built:
        raise OSError("no font file")

    settings.BUILD_DIR = tmp_path
    monkeypatch.setattr("duyen.surfaces.web.management.commands.build_assets.build_font", broken)
    stderr = io.StringIO()

    call_command("build_assets", stdout=io.StringIO(), stderr=stderr)

    assert "no font file" in stderr.getvalue()
    assert (tmp_path / "assets" / assets.SPRITE).exists()


def test_builds_each_script_of_a_page_once_until_a_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "static"
    sources.mkdir()
    (sources / "one.js").write_text("const on = 1;\nfunction say() { return on; }\n")
    (sources / "two.js").write_text("const on = 2;\nfunction say() { return on; }\n")
    monkeypatch.setattr(assets, "STATIC", sources)
    monkeypatch.setattr(assets, "SCRIPTS", {"both.js": ("one.js", "two.js")})
    target = tmp_path / "assets"

    first = assets.build_script(target, "both.js")
    again = assets.build_script(target, "both.js")
    (sources / "two.js").write_text("const on = 3;\n")
    changed = assets.build_script(target, "both.js")

    assert [built.is_new for built in (first, again, changed)] == [True, False, True]
    assert (target / "both.js").read_text() == (
        "{\nconst on = 1;\nfunction say() { return on; }\n}\n{\nconst on = 3;\n}\n"
    )


def test_puts_together_only_sources_that_stand_alone() -> None:
    for sources in assets.SCRIPTS.values():
        for source in sources:
            text = (assets.STATIC / source).read_text("utf-8")
            assert not re.search(r"^(import|export)\b", text, re.MULTILINE), f"{source} stands in a block"


@pytest.mark.slow
def test_cuts_the_font_to_our_letters_with_figures_of_one_width(tmp_path: Path) -> None:
    built = assets.build_font(tmp_path / "assets")

    font = TTFont(built.path)
    letters = set(font.getBestCmap())
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert built.path.stat().st_size <= 40 * 1024
    assert {ord(letter) for letter in "aĐđƠơỰựẤấ₫−"} <= letters
    assert "tnum" in features
