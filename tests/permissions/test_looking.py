"""Who views as somebody sees what that person sees, writes nothing by any door, and calls nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from duyen.entities.attachments.declared import Files
from duyen.entities.registry import entity_named
from tests.permissions.asking import Door, People, scroll, told, unchanged
from tests.permissions.doors import found_doors, list_doors, record_doors
from tests.permissions.pages import ANYBODY, LEAVING, address_of, own_pages
from tests.permissions.planting import Stage
from tests.permissions.table import HIDDEN, EntityTable, RecordLine, table

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

ENTITIES = sorted(table().entities)
#: Who has the right to view as somebody, and whom she can view: nobody who administers more.
ONLOOKER = next(who for who in table().people if "v" in table().entities["users"].kind[who])
VIEWED = [who for who in table().people if who != ONLOOKER]
#: Those of them whose rights are least alike: every door of every entity is asked through their eyes.
UNLIKE = ("seller", "manager", "director", "newcomer")
#: Orders of a list show the same rows once more.
_AS_THE_LIST = ("list by ",)
#: What the viewed person does with herself alone, and what is noted when it is opened, stays closed.
_CLOSED = ("profile", "trail", "notices", "watching", "_notices", "_live")
#: Every address below that of a list, whatever stands there.
_BELOW_A_LIST = [
    route.partition("/")[2]
    for route in table().pages
    if route.startswith("<slug:entities>/") and route.count("<") == 1
]
_OWN_DOORS = {"view-as/end", *LEAVING}
#: Nothing leaves the house while somebody looks through other eyes: not even its form opens.
_TAKES_AWAY = {"page export", "reports/<slug:report_key>/export"}
#: Nor is the file of a record opened of which the trail tells who opened it.
_WATCHED = {"content of a file", "large picture of a file"}


class Onlooker:
    """A browser that views as one of the cast, beside that person's own."""

    def __init__(self, people: People, stage: Stage, who: str) -> None:
        self.people, self.stage, self.who = people, stage, who
        self.client = Client(raise_request_exception=False)
        self.client.force_login(stage.users[ONLOOKER])
        path = f"/users/{stage.users[who].pk}/view-as"
        begun = self.client.post(path, {"reason": "Không thấy nút Bàn giao"})
        assert begun.status_code == 302, f"{ONLOOKER} cannot view as {who}"
        self._traces, self._private = list[str](), list[str]()
        for name, planted in stage.records.items():
            for each in planted.values():
                traces = self._private if each.line.is_private else self._traces
                traces += each.traces(table().entities[name])

    def ask(self, door: Door) -> Answer:
        path = f"/api/v1{door.path}" if door.is_api else door.path
        kind = {"content_type": "application/json"} if door.is_api and door.method != "GET" else {}
        data = {"data": dict(door.body)} if door.method != "GET" else {}
        answer: Answer = getattr(self.client, door.method.lower())(
            path, headers=dict(door.headers), **data, **kind
        )
        scroll(self.client, answer)
        assert answer.status_code < 500, f"{door.name}: {answer.status_code}"
        # What is private shows through nobody's eyes but its owner's.
        leaked = [
            *self.people.leaks(self.who, answer),
            *(each for each in self._private if each in told(answer)),
        ]
        assert not leaked, f"viewing as {self.who}, {door.name} ({door.path}) tells of {leaked}"
        return answer

    def met(self, answer: Answer) -> set[str]:
        """List all planted words that an answer tells."""
        text = told(answer)
        return {trace for trace in self._traces if trace in text}


def files_of(name: str) -> Files:
    """Give how the files of an entity's records are kept."""
    return entity_named(name).files or Files()


def _doors(stage: Stage, name: str, who: str) -> Iterator[Door]:
    """List every door of an entity: of its lists, and of one record that is open, hidden and in the bin."""
    entity, expected = entity_named(name), table().entities[name]
    yield from (each.door for each in list_doors(entity) if not each.door.name.startswith(_AS_THE_LIST))
    yield from (Door(f"page {part}", "GET", f"/{name}/{part}") for part in _BELOW_A_LIST)
    yield from found_doors(entity, name)
    for line in (*_ends(expected, who), *(line for line in expected.records if line.is_binned)):
        for each in record_doors(stage, entity, stage.planted(name, line.name)):
            yield each.door


def _ends(expected: EntityTable, who: str) -> list[RecordLine]:
    """Give the records with which `who` may do most, and least."""
    open_lines = [line for line in expected.records if not line.is_private]
    lines = sorted(open_lines, key=lambda line: len(line.cells[who].strip(HIDDEN)))
    return [lines[-1], lines[0]] if len(lines) > 1 else lines


@pytest.mark.parametrize("who", UNLIKE)
@pytest.mark.parametrize("name", ENTITIES)
def test_shows_what_the_viewed_person_sees(name: str, who: str, stage: Stage, people: People) -> None:
    onlooker = Onlooker(people, stage, who)
    asked: set[tuple[str, str]] = set()

    with unchanged(f"{ONLOOKER} as {who}, {name}"):
        for door in _doors(stage, name, who):
            if door.method != "GET" or door.is_api:
                continue
            if door.name in _WATCHED and files_of(name).watched:
                # To compare, she would have to open it herself, and that is noted.
                answer = onlooker.ask(door)
                assert answer.status_code in (403, 404), f"as {who}, {door.name} ({door.path})"
                continue
            hers = people.ask(who, door)
            kind = (door.name, str(hers.status_code))
            if kind in asked:
                continue
            asked.add(kind)
            answer = onlooker.ask(door)
            if door.name in _TAKES_AWAY and hers.status_code == 200:
                assert answer.status_code == 403, f"as {who}, {door.name} ({door.path})"
                continue
            assert answer.status_code == hers.status_code, f"as {who}, {door.name} ({door.path})"
            assert onlooker.met(answer) == onlooker.met(hers), f"as {who}, {door.name} ({door.path})"


def _private_lines(name: str) -> list[RecordLine]:
    return [line for line in table().entities[name].records if line.is_private]


@pytest.mark.parametrize("name", [name for name in ENTITIES if _private_lines(name)])
def test_shows_nothing_that_is_private_to_the_viewed_person(name: str, stage: Stage, people: People) -> None:
    for line in _private_lines(name):
        (who,) = (each for each in VIEWED if line.sees(each))
        onlooker = Onlooker(people, stage, who)
        for each in record_doors(stage, entity_named(name), stage.planted(name, line.name)):
            if each.door.method == "GET" and not each.door.is_api:
                answer = onlooker.ask(each.door)
                assert answer.status_code == 404, f"as {who}, {each.door.name} ({each.door.path})"


@pytest.mark.parametrize("who", VIEWED)
def test_passes_no_write_and_no_call(who: str, stage: Stage, people: People) -> None:
    onlooker = Onlooker(people, stage, who)

    with unchanged(f"{ONLOOKER} as {who}"):
        for name in ENTITIES:
            writes = {
                each.name: each for each in _doors(stage, name, who) if each.is_api or each.method != "GET"
            }
            for door in writes.values():
                answer = onlooker.ask(door)
                assert answer.status_code == 403, f"as {who}, {door.name} ({door.method} {door.path})"
            for part in _BELOW_A_LIST:
                sent = Door(part, "POST", f"/{name}/{part}", {entity_named(name).title: "Mới"})
                assert onlooker.ask(sent).status_code == 403, f"as {who}, {sent.path}"
            handed_in = Door("import", "POST", f"/{name}/import", {"file": ContentFile(b"name\nA", "a.csv")})
            assert onlooker.ask(handed_in).status_code == 403


@pytest.mark.parametrize("who", VIEWED)
def test_opens_the_pages_that_are_open_to_the_viewed_person(who: str, stage: Stage, people: People) -> None:
    onlooker = Onlooker(people, stage, who)

    for route in own_pages():
        if route in _OWN_DOORS or table().pages[route] == ANYBODY:
            continue
        page = Door(route, "GET", address_of(stage, route))
        with unchanged(f"{ONLOOKER} as {who}, {route}"):
            answer = onlooker.ask(page)
            sent = onlooker.ask(Door(route, "POST", page.path))
        assert sent.status_code in (403, 405), f"as {who}, POST {route}: {sent.status_code}"
        if route.startswith(_CLOSED) and answer.status_code == 403:
            continue
        hers = people.ask(who, page)
        if route in _TAKES_AWAY and hers.status_code == 200:
            assert answer.status_code == 403, f"as {who}, {route}"
            continue
        assert answer.status_code == hers.status_code, f"as {who}, {route}"
        assert onlooker.met(answer) == onlooker.met(hers), f"as {who}, {route}"


def test_lends_no_eyes_to_anybody_else(stage: Stage, people: People) -> None:
    sent = {"reason": "Muốn xem thử trang này"}
    for who in table().people:
        for viewed in (*table().people, "locked"):
            path = f"/users/{stage.users[viewed].pk}/view-as"
            if who == ONLOOKER and viewed in VIEWED:
                continue
            with unchanged(f"{who} as {viewed}"):
                answer = people.ask(who, Door(f"view as {viewed}", "POST", path, sent))
            assert answer.status_code in (403, 404, 409, 422), f"{who} as {viewed}: {answer.status_code}"
