"""Catalogues are compiled when, and only when, their sentences changed."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from duyen.surfaces.web.catalogues import compile_outdated, compiled_path

SENTENCES = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Save"
msgstr "Lưu"

#, fuzzy
msgid "Delete"
msgstr "Có lẽ xóa"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "vi" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(SENTENCES, "utf-8")
    return path


def test_compiles_what_gettext_reads_and_leaves_out_unreviewed_sentences(
    catalogue: Path, tmp_path: Path
) -> None:
    compile_outdated([tmp_path])

    with compiled_path(catalogue).open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)
    assert (read.gettext("Save"), read.gettext("Delete")) == ("Lưu", "Delete")


def test_compiles_once_until_the_catalogue_is_newer(catalogue: Path, tmp_path: Path) -> None:
    first = compile_outdated([tmp_path])
    again = compile_outdated([tmp_path])
    later = compiled_path(catalogue).stat().st_mtime + 5
    os.utime(catalogue, (later, later))
    changed = compile_outdated([tmp_path])

    assert (first, again, changed) == ([catalogue], [], [catalogue])
