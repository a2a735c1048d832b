"""The documents: every link leads somewhere, every command named exists, what is derived is fresh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from duyen.config.commands import registry

CHECKOUT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"(?<![\w./-])(?:\.venv/bin/)?duyen ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
_TOOL = re.compile(r"\.venv/bin/python (tools/\w+\.py)")


def _documents() -> list[Path]:
    found = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), *CHECKOUT.glob("src/duyen/**/README.md")]
    return sorted(found)


def _name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def _code(text: str) -> Iterator[str]:
    """Give what stands as code: in backticks, and in lines that are set in."""
    yield from re.findall(r"`([^`\n]+)`", text)
    yield from (line.strip() for line in text.splitlines() if line.startswith("    "))


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _hash, anchor = target.partition("#")
        place = (document.parent / path).resolve() if path else document
        assert place.exists(), f"{target} leads nowhere"
        assert place.is_relative_to(CHECKOUT), f"{target} leads out of the repository"
        if anchor:
            headings = {_anchor(each) for each in _HEADING.findall(place.read_text(encoding="utf-8"))}
            assert anchor in headings, f"{target}: no such heading"


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_every_command_that_is_named_exists(document: Path) -> None:
    known = registry().commands
    for code in _code(document.read_text(encoding="utf-8")):
        for command, _step in _COMMAND.findall(code):
            assert command in known, f"duyen {command}"
        for tool in _TOOL.findall(code):
            assert (CHECKOUT / tool).is_file(), tool


def test_every_part_has_a_readme() -> None:
    bands = ("kernel", "foundation", "entities", "surfaces", "modules", "demo", "bench")
    parts = [CHECKOUT / "src/duyen" / band for band in bands]
    for split in ("foundation", "surfaces", "modules"):
        inside = (CHECKOUT / "src/duyen" / split).iterdir()
        parts += [part for part in inside if (part / "__init__.py").is_file()]

    assert [_name(part) for part in parts if not (part / "README.md").is_file()] == []


def test_decisions_are_short_and_begin_with_what_was_decided() -> None:
    for document in (CHECKOUT / "docs/decisions").glob("*.md"):
        text = document.read_text(encoding="utf-8")

        assert text.startswith("# "), document.name
        assert 80 <= len(text.split()) <= 400, document.name
