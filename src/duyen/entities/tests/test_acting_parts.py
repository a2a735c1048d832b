"""Every part of the system that acts where no person does is called by words in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

import duyen
from duyen.entities.acting_parts import called

_SOURCES = Path(duyen.__file__).parent
_ACTS = re.compile(r'system_actor\(\s*"([^"]+)"')
#: What acts in a benchmark or in a test writes into no company's trail.
_NOT_OURS = {"bench", "tests", "testing"}
#: Parts that are named by a constant.
_BY_NAME = {"Retention", "Completeness", "subject_requests"}


def _parts() -> set[str]:
    sources = (each for each in _SOURCES.rglob("*.py") if not _NOT_OURS & set(each.parts))
    return {part for each in sources for part in _ACTS.findall(each.read_text(encoding="utf-8"))} | _BY_NAME


@pytest.mark.parametrize("part", sorted(_parts() - {"…"}))
def test_a_part_has_words_in_both_languages(part: str) -> None:
    with translation.override("vi"):
        vietnamese = called(part, None)
    with translation.override("en"):
        english = called(part, None)
    assert vietnamese not in (part, english)
    assert " " in english or english[0].isupper()


def test_a_person_keeps_her_name() -> None:
    assert called("Retention", 7) == "Retention"
