"""The README names every macro that pages may call."""

from __future__ import annotations

import re
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent
#: Parts of other macros, not called by pages.
INSIDE = {
    "palette_option",
    "dlg_title",
    "_inside",
    "mark",
    "note",
    "tick",
    "one_of_many",
    "one_address",
    "_who",
}


def test_names_every_macro_of_the_kit() -> None:
    sources = "".join(path.read_text("utf-8") for path in (WEB / "templates" / "kit").glob("*.html"))
    macros = set(re.findall(r"{% macro (\w+)", sources)) - INSIDE
    named = set(re.findall(r"\w+", (WEB / "README.md").read_text("utf-8")))

    assert macros - named == set()
