"""The catalogues follow the sources, keep translations, and every fault is named."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def home(tmp_path: Path, messages: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a part with three sentences, one of them in a template."""
    monkeypatch.setattr(messages, "PRODUCT", tmp_path)
    monkeypatch.setattr(messages, "message_homes", lambda: [tmp_path / "part"])
    part = tmp_path / "part"
    (part / "templates").mkdir(parents=True)
    (part / "tests").mkdir()
    (part / "words.py").write_text('A = _("Save")\nB = _n("%(n)s row", "%(n)s rows", 2)\n', "utf-8")
    (part / "templates" / "x.html").write_text("{% trans %}Hello {{ name }}{% endtrans %}", "utf-8")
    (part / "tests" / "test_x.py").write_text('_("Never seen")\n', "utf-8")
    return part


def translate(messages: ModuleType, home: Path, words: dict[str, str]) -> None:
    """Fill in translations as a translator would."""
    path: Path = messages.catalogue_path(home)
    text = path.read_text("utf-8")
    for source, translation in words.items():
        single, plural = f'msgid "{source}"\nmsgstr ""', f'msgid_plural "{source}"\nmsgstr[0] ""'
        text = text.replace(single, single[:-2] + f'"{translation}"')
        text = text.replace(plural, plural[:-2] + f'"{translation}"')
    path.write_text(text, "utf-8")


GOOD = {"Save": "Lưu", "%(n)s rows": "%(n)s dòng", "Hello %(name)s": "Chào %(name)s"}


def test_collects_sentences_of_code_and_templates_but_not_of_tests(home: Path, messages: ModuleType) -> None:
    messages.update([home])

    assert {key for _context, key in messages.kept_messages(home)} == {"Save", "%(n)s row", "Hello %(name)s"}


def test_keeps_translations_drops_unused_and_changes_nothing_twice(home: Path, messages: ModuleType) -> None:
    messages.update([home])
    translate(messages, home, GOOD)
    (home / "words.py").write_text('A = _("Save")\nC = _("Delete")\n', "utf-8")

    messages.update([home])
    once = messages.catalogue_path(home).read_bytes()
    messages.update([home])

    kept = messages.kept_messages(home)
    assert messages.translations(kept["", "Save"]) == ("Lưu",)
    assert ("", "%(n)s row") not in kept
    assert messages.catalogue_path(home).read_bytes() == once


def test_finds_no_fault_in_a_whole_catalogue(home: Path, messages: ModuleType) -> None:
    messages.update([home])
    translate(messages, home, GOOD)

    assert list(messages.faults(home)) == []
    assert messages.check([home]) == 0


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({**GOOD, "Save": ""}, "untranslated: 'Save'"),
        (
            {**GOOD, "Hello %(name)s": "Chào %(ten)s"},
            "placeholders differ: 'Hello %(name)s' → 'Chào %(ten)s'",
        ),
        ({**GOOD, "%(n)s rows": "dòng"}, "placeholders differ: '%(n)s row' → 'dòng'"),
    ],
)
def test_names_each_fault(home: Path, messages: ModuleType, words: dict[str, str], fault: str) -> None:
    messages.update([home])
    translate(messages, home, words)

    assert list(messages.faults(home)) == [fault]
    assert messages.check([home]) == 1


def test_names_missing_and_stale_sentences(home: Path, messages: ModuleType) -> None:
    messages.update([home])
    translate(messages, home, GOOD)
    (home / "words.py").write_text('A = _("Keep")\nB = _n("%(n)s row", "%(n)s rows", 2)\n', "utf-8")

    assert sorted(messages.faults(home)) == ["missing (run update): 'Keep'", "stale (run update): 'Save'"]
