"""Every record of the table, behind every door, for each of the cast: seen, hidden or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from duyen.entities.errors import NotAllowed
from duyen.entities.registry import entity_named
from tests.permissions.asking import HTMX, Door, People, told, unchanged, undone
from tests.permissions.doors import (
    Guarded,
    entry_doors,
    found_doors,
    list_doors,
    parts_of_a_list,
    record_doors,
)
from tests.permissions.planting import Planted, Stage
from tests.permissions.table import EntityTable, RecordLine, table

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

ENTITIES = sorted(table().entities)
WHO = table().people
SEEN, HIDDEN, REFUSED = "seen", "hidden", "refused"
NOWHERE = str(2**62)
#: With these words the titles of all planted records of one entity begin; what looks over all entities.
COMMON_BEGINNING, ANYWHERE = "{}", ("search", "REST search")
_WRITTEN = {200, 201, 204, 302}
#: A guard may stand against the step, or its arguments be wrong: the right was there.
_PASSED = _WRITTEN | {409, 422}


def _lines(entity: EntityTable, stage: Stage) -> list[tuple[RecordLine, Planted]]:
    return [(line, stage.planted(entity.name, line.name)) for line in entity.records]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_gives_each_person_what_the_table_says(name: str, who: str, stage: Stage, people: People) -> None:
    entity, expected = entity_named(name), table().entities[name]

    judge = _Judge(people, who, expected)
    for line, planted in _lines(expected, stage):
        doors = [each for each in record_doors(stage, entity, planted) if judge.is_new(each, line)]
        with unchanged(f"{who}, {name}.{line.name}"):
            for each in doors:
                if judge.outcome(each, line) != SEEN:
                    judge.is_kept_out(each, line)
        for each in doors:
            if judge.outcome(each, line) == SEEN:
                judge.is_let_in(each, line, planted)


@dataclass
class _Judge:
    """Asks for one person, and holds the answers against the table of one entity."""

    people: People
    who: str
    entity: EntityTable
    tried: set[tuple[str, str]] = field(default_factory=set)
    absent: dict[str, int] = field(default_factory=dict)

    def outcome(self, guarded: Guarded, line: RecordLine) -> str:
        """Tell what the table says of a door: seen, hidden or refused."""
        if self.entity.is_closed(self.who) or not line.sees(self.who):
            return HIDDEN
        return SEEN if table().may_take(self.entity, line, self.who, guarded.needs) else REFUSED

    def is_new(self, guarded: Guarded, line: RecordLine) -> bool:
        """Tell whether a door is still to be asked: most need no second record with the same outcome."""
        outcome = self.outcome(guarded, line)
        asked = (guarded.alike or guarded.door.name, outcome)
        is_asked = asked in self.tried
        self.tried.add(asked)
        return not is_asked or (guarded.is_for_all and not self.entity.is_closed(self.who))

    def is_kept_out(self, guarded: Guarded, line: RecordLine) -> None:
        answer = self.people.ask(self.who, guarded.door)
        says = self._says(guarded, line, answer)
        if self.outcome(guarded, line) == REFUSED:
            _is_refused(answer, guarded.door, says)
            return
        # Where the whole kind is closed, an address of it may say so, whatever stands behind it.
        assert answer.status_code in ({403, 404} if self.entity.is_closed(self.who) else {404}), says
        name = guarded.door.name
        if name not in self.absent:
            self.absent[name] = self.people.ask(self.who, _of_nothing(guarded.door)).status_code
        assert answer.status_code == self.absent[name], f"{says}; what never was answers {self.absent[name]}"

    def is_let_in(self, guarded: Guarded, line: RecordLine, planted: Planted) -> None:
        if not guarded.is_write:
            answer = self.people.ask(self.who, guarded.door)
            assert answer.status_code == 200, self._says(guarded, line, answer)
            if guarded.shows_title:
                assert planted.title in told(answer), self._says(guarded, line, answer)
            return
        with undone():
            answer = self.people.ask(self.who, guarded.door)
        assert answer.status_code in _PASSED, self._says(guarded, line, answer)

    def _says(self, guarded: Guarded, line: RecordLine, answer: Answer) -> str:
        door = guarded.door
        return (
            f"{self.who}, {line.name}, {door.name} ({door.method} {door.path}): the table says "
            f"{self.outcome(guarded, line)}, the answer is {answer.status_code}"
        )


def _of_nothing(door: Door) -> Door:
    """Give the same door of a record that never was."""
    return replace(door, path=re.sub(r"\d{1,19}", NOWHERE, door.path, count=1))


def _is_refused(answer: Answer, door: Door, says: str) -> None:
    assert answer.status_code == 403, says
    with translation.override("vi"):
        sentence = str(NotAllowed.sentence).partition(":")[0]
    if door.is_api:
        assert answer.json()["detail"].startswith(sentence), says
        assert answer.json()["code"] == "not_allowed"
    else:
        assert sentence in told(answer), says


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_lists_what_each_person_sees_and_nothing_else(
    name: str, who: str, stage: Stage, people: People
) -> None:
    entity, expected = entity_named(name), table().entities[name]

    for shown in list_doors(entity):
        answer = people.ask(who, shown.door)
        if expected.is_closed(who):
            assert answer.status_code == 403, f"{who}, {name}, {shown.door.name}"
            continue
        assert answer.status_code == 200
        listed = {line.name for line, planted in _lines(expected, stage) if planted.title in told(answer)}
        wanted = {
            line.name
            for line, planted in _lines(expected, stage)
            if line.sees(who) and planted.line.is_binned is shown.in_bin
        }
        assert listed == wanted, f"{who}, {name}, {shown.door.name}"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_puts_around_a_list_nothing_that_is_hidden(name: str, who: str, people: People) -> None:
    expected = table().entities[name]

    for door in parts_of_a_list(entity_named(name)):
        answer = people.ask(who, door)
        assert answer.status_code == (403 if expected.is_closed(who) else 200), f"{who}, {name}, {door.name}"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_tells_what_is_like_a_new_record_to_whoever_may_make_one(name: str, who: str, people: People) -> None:
    expected = table().entities[name]

    for door in entry_doors(entity_named(name)):
        with unchanged(f"{who}, {door.name}"):
            answer = people.ask(who, door)
        assert answer.status_code == (200 if "n" in expected.kind[who] else 403), f"{who}, {door.name}"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_counts_what_each_person_sees(name: str, who: str, stage: Stage, people: People) -> None:
    expected = table().entities[name]
    if expected.is_closed(who):
        return
    seen = [
        line
        for line in expected.records
        if line.sees(who) and not stage.planted(name, line.name).line.is_binned
    ]

    for door in (each for each in parts_of_a_list(entity_named(name)) if each.name in ("count", "totals")):
        counted = re.search(r"\d+", re.sub(r"<[^>]*>", "", people.ask(who, door).content.decode()))
        beside = (
            0 if expected.records[0].keeper else entity_named(name).model._default_manager.count() - len(seen)
        )
        assert counted is not None
        assert int(counted[0]) == len(seen) + beside, f"{who}, {name}, {door.name}"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_finds_what_each_person_sees_and_nothing_else(
    name: str, who: str, stage: Stage, people: People
) -> None:
    entity, expected = entity_named(name), table().entities[name]

    lines = _lines(expected, stage)
    for door in found_doors(entity, COMMON_BEGINNING.format(name)):
        answer = people.ask(who, door)
        of_list = not door.name.startswith(ANYWHERE)
        if expected.is_closed(who) and of_list and door.name != "options":
            assert answer.status_code == 403
            continue
        assert answer.status_code == 200
        text = told(answer).replace("<mark>", "").replace("</mark>", "")
        found = {line.name for line, planted in lines if planted.title in text}
        seen = {
            line.name
            for line, planted in lines
            if not planted.line.is_binned
            and (line.sees(who) if of_list else stage.sees(who, planted))
            and planted.entity == name
        }
        assert found - {line.name for line, planted in lines if planted.entity != name} == seen, (
            f"{who}, {door}"
        )


@pytest.mark.parametrize("who", WHO)
def test_offers_in_the_palette_what_is_seen_and_nothing_else(who: str, stage: Stage, people: People) -> None:
    for name, line in (
        ("customers", "sellers"),
        ("customers", "far"),
        ("contacts", "far"),
        ("users", "open"),
    ):
        planted = stage.records[name][line]
        path = f"/_palette?q={planted.title.lower()}"

        answer = people.ask(who, Door("palette", "GET", path, headers={**HTMX, "HX-Target": "res"}))

        assert answer.status_code == 200
        is_found = planted.title in told(answer).replace("<mark>", "").replace("</mark>", "")
        assert is_found is planted.line.sees(who)
