"""A step with many records does to each what it does to one, and tells of none that is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from duyen.entities.registry import entity_named
from tests.permissions.asking import Door, People, unchanged
from tests.permissions.planting import Stage
from tests.permissions.table import EntityTable, RecordLine, table

ENTITIES = sorted(name for name, each in table().entities.items() if each.keepers)
WHO = table().people
#: Each step for sets that the engine gives, the letter it needs, and whether it looks into the bin.
STEPS = {"change": ("c", False), "delete": ("d", False), "hand_over": ("h", False), "restore": ("d", True)}


def _text_field(name: str) -> str:
    """Name a field of several lines that everybody who changes records may set."""
    return next(
        each
        for each in ("note", "body", "pain_points", "wish", "intro")
        if each in entity_named(name).by_name
    )


def _values(stage: Stage, name: str, verb: str) -> dict[str, Any]:
    given = {
        "change": {_text_field(name): "Ghi chú chung"},
        "hand_over": {"owner": stage.users["director"].pk},
    }
    return {"values": given[verb]} if verb in given else {}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("name", ENTITIES)
def test_takes_a_step_with_those_of_a_set_that_are_open(
    name: str, verb: str, who: str, stage: Stage, people: People
) -> None:
    expected, ids = table().entities[name], _ids(stage, name)
    door = Door(
        f"bulk {verb}",
        "POST",
        f"/{name}/bulk",
        {"verb": verb, "ids": ids, **_values(stage, name, verb)},
        is_api=True,
    )

    if not _may_at_all(expected, who, verb):
        with unchanged(f"{who}, {door.name}"):
            answer = people.ask(who, door)
        assert answer.status_code == 403
        return

    are_hers = _are_hers(name, ids, stage) if verb == "hand_over" else set()
    answer = people.ask(who, door)

    assert answer.status_code == 200, answer.content
    told = {each["id"]: each["code"] for each in answer.json()["refused"]}
    wanted = {}
    for line in expected.records:
        code = _refusal(stage, name, line, who, verb)
        if code:
            wanted[stage.planted(name, line.name).id] = code
    assert told == wanted
    assert answer.json()["changed"] == len(ids) - len(wanted.keys() | are_hers)


def _are_hers(name: str, ids: list[int], stage: Stage) -> set[int]:
    """Give which of the records belong already to whom they are handed over: nothing changes there."""
    rows = entity_named(name).model._default_manager.filter(pk__in=ids, owner=stage.users["director"])
    return set(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_shows_of_a_chosen_set_nothing_that_is_hidden(
    name: str, who: str, stage: Stage, people: People
) -> None:
    ids = ",".join(str(each) for each in _ids(stage, name))

    for verb in ("change", "delete", "hand_over"):
        path = f"/{name}/bulk?verb={verb}&field=note&ids={ids}"
        with unchanged(f"{who}, the form of {verb}"):
            answer = people.ask(who, Door(f"form of bulk {verb}", "GET", path))
        assert answer.status_code == (200 if _may_at_all(table().entities[name], who, verb) else 403)


def _ids(stage: Stage, name: str) -> list[int]:
    return [stage.planted(name, line.name).id for line in table().entities[name].records]


def _may_at_all(expected: EntityTable, who: str, verb: str) -> bool:
    return any(line.may(who, STEPS[verb][0]) for line in expected.records)


def _refusal(stage: Stage, name: str, line: RecordLine, who: str, verb: str) -> str:
    """Give the code with which one record is left out, or nothing."""
    letter, in_bin = STEPS[verb]
    if not line.sees(who) or stage.planted(name, line.name).line.is_binned is not in_bin:
        return "not_found"
    return "" if line.may(who, letter) else "not_allowed"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_takes_all_that_a_filter_shows_as_those_alone_that_are_open(
    name: str, who: str, stage: Stage, people: People
) -> None:
    expected, entity = table().entities[name], entity_named(name)
    before = _versions(entity, _ids(stage, name))
    body = {"verb": "change", "filter": {}, "values": {_text_field(name): "Ghi chú chung"}}

    answer = people.ask(who, Door("bulk by filter", "POST", f"/{name}/bulk", body, is_api=True))

    after = _versions(entity, _ids(stage, name))
    touched = {record_id for record_id in before if before[record_id] != after[record_id]}
    may = {
        stage.planted(name, line.name).id
        for line in expected.records
        if line.may(who, "c") and not stage.planted(name, line.name).line.is_binned
    }
    assert touched == may
    assert answer.status_code == (200 if _may_at_all(expected, who, "change") else 403)


def _versions(entity: Any, ids: list[int]) -> dict[int, int]:
    return dict(entity.model._default_manager.filter(pk__in=ids).values_list("pk", "version"))
