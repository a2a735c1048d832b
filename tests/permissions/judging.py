"""Asks for one person, and holds each answer against a table: seen, hidden or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils import translation

from duyen.entities.errors import NotAllowed
from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import entity_named
from tests.permissions.asking import Door, People, told, undone
from tests.permissions.doors import Guarded
from tests.permissions.planting import Planted, Stage
from tests.permissions.table import EntityTable, RecordLine, table

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

SEEN, HIDDEN, REFUSED = "seen", "hidden", "refused"
NOWHERE = str(2**62)
_WRITTEN = {200, 201, 204, 302}
#: A guard may stand against the step, or its arguments be wrong: the right was there.
_PASSED = _WRITTEN | {409, 422}
#: The answer to a step that a second person has to grant.
_ASKED = 202


@dataclass
class Judge:
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
            asked = ApprovalRequest.objects.count()
            answer = self.people.ask(self.who, guarded.door)
            is_asked = ApprovalRequest.objects.count() > asked
        passed = {_ASKED} if is_asked and guarded.door.is_api and self._is_limited(guarded) else _PASSED
        assert answer.status_code in passed, self._says(guarded, line, answer)

    def _is_limited(self, guarded: Guarded) -> bool:
        """Tell whether a second person may have to grant the step behind a door."""
        verb = guarded.door.path.partition("?")[0].rpartition("/")[2]
        return entity_named(self.entity.name).limit_of(verb) is not None

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


def lines_of(entity: EntityTable, stage: Stage) -> list[tuple[RecordLine, Planted]]:
    """Give every line of a table with what was planted for it."""
    return [(line, stage.planted(entity.name, line.name)) for line in entity.records]


def titles_met(answer: Answer, stage: Stage, entity: EntityTable) -> set[str]:
    """List the titles of planted records of an entity that an answer tells."""
    text = told(answer)
    return {planted.title for _line, planted in lines_of(entity, stage) if planted.title in text}
