"""No table and no column with words escapes the question what it holds of a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duyen.entities.personal import holding
from duyen.entities.personal.declared import By, Personal
from duyen.entities.registry import BadDeclaration, all_entities, entity_named


def test_every_entity_says_what_it_holds_of_a_person() -> None:
    assert [each.name for each in all_entities() if each.personal is None] == []
    holding.check()


def test_an_entity_that_does_not_say_so_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entity_named("campaigns"), "personal", None)

    with pytest.raises(BadDeclaration, match="campaigns"):
        holding.check()


def test_a_table_that_nobody_told_of_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    tie = next(each for each in holding.tables() if each.name == "parties_tie")
    monkeypatch.delitem(holding._told, tie.model)

    with pytest.raises(BadDeclaration, match="Tie"):
        holding.check()


@pytest.mark.parametrize("column", ["note", "phones", "email_notes", "personal_id"])
def test_a_column_with_words_that_is_forgotten_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    for name in ("customers", "contacts"):
        entity = entity_named(name)
        assert entity.personal is not None
        erases = {each: value for each, value in entity.personal.erases.items() if each != column}
        monkeypatch.setattr(entity, "personal", replace(entity.personal, erases=erases))

    with pytest.raises(BadDeclaration, match=f"Party.{column}"):
        holding.check()


def test_a_tie_that_leads_nowhere_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entity_named("campaigns"), "personal", Personal(ties=[By("nobody_id")]))

    with pytest.raises(BadDeclaration, match="nobody_id"):
        holding.check()
