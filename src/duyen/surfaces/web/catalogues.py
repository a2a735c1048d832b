"""Turn message catalogues (.po) into what gettext reads (.mo), in pure Python."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compiled_path(catalogue: Path) -> Path:
    """Name the compiled file of a catalogue; it lies beside it and is never committed."""
    return catalogue.with_suffix(".mo")


def is_outdated(catalogue: Path) -> bool:
    """Tell whether a catalogue must be compiled again."""
    target = compiled_path(catalogue)
    return not target.exists() or target.stat().st_mtime < catalogue.stat().st_mtime


def compile_catalogue(catalogue: Path) -> None:
    """Compile one catalogue; unreviewed (fuzzy) sentences are left out.

    The file appears whole or not at all: several processes may start at once.
    """
    with catalogue.open("rb") as source:
        messages = read_po(source, locale=catalogue.parent.parent.name)
    target = compiled_path(catalogue)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    with draft.open("wb") as sink:
        write_mo(sink, messages, use_fuzzy=False)
    draft.replace(target)


def compile_outdated(locale_folders: Iterable[Path | str]) -> list[Path]:
    """Compile the catalogues that changed since their last compilation, and return them."""
    changed = [
        catalogue
        for folder in locale_folders
        for catalogue in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))
        if is_outdated(catalogue)
    ]
    for catalogue in changed:
        compile_catalogue(catalogue)
    return changed
