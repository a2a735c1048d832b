"""Every record of the table, behind every door, for each of the cast: seen, hidden or refused."""

from __future__ import annotations

import re

import pytest

from duyen.entities.registry import entity_named
from tests.permissions.asking import HTMX, Door, People, told, unchanged
from tests.permissions.doors import (
    entry_doors,
    found_doors,
    list_doors,
    parts_of_a_list,
    record_doors,
    report_doors,
)
from tests.permissions.judging import SEEN, Judge, lines_of
from tests.permissions.planting import Stage
from tests.permissions.table import table

ENTITIES = sorted(table().entities)
WHO = table().people
#: With these words the titles of all planted records of one entity begin; what looks over all entities.
COMMON_BEGINNING, ANYWHERE = "{}", ("search", "REST search")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_gives_each_person_what_the_table_says(name: str, who: str, stage: Stage, people: People) -> None:
    entity, expected = entity_named(name), table().entities[name]

    judge = Judge(people, who, expected)
    for line, planted in lines_of(expected, stage):
        doors = [each for each in record_doors(stage, entity, planted) if judge.is_new(each, line)]
        with unchanged(f"{who}, {name}.{line.name}"):
            for each in doors:
                if judge.outcome(each, line) != SEEN:
                    judge.is_kept_out(each, line)
        for each in doors:
            if judge.outcome(each, line) == SEEN:
                judge.is_let_in(each, line, planted)


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
        listed = {line.name for line, planted in lines_of(expected, stage) if planted.title in told(answer)}
        wanted = {
            line.name
            for line, planted in lines_of(expected, stage)
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
def test_reports_to_whoever_may_read_the_records(name: str, who: str, people: People) -> None:
    expected = table().entities[name]

    for door in report_doors(entity_named(name)):
        answer = people.ask(who, door)
        assert answer.status_code == (404 if expected.is_closed(who) else 200), f"{who}, {name}, {door.name}"


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
        counted = re.search(r"\d+", re.sub(r"<[^>]*>", " ", people.ask(who, door).content.decode()))
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

    lines = lines_of(expected, stage)
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
            and (of_list or entity.in_search)
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
