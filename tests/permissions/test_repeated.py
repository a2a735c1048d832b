"""A repeated Idempotency-Key tells nothing that was lost since: no record, and no field of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.shares.models import Share
from tests.permissions.asking import Door, People, forget_rights, told, undone
from tests.permissions.changing import limit, lose_everything, role_of
from tests.permissions.doors import record_doors
from tests.permissions.planting import SYSTEM, Planted, Stage, words_of
from tests.permissions.table import RecordLine, table

ENTITIES = sorted(table().entities)
_PASSED = {200, 201, 202}


def _writer(name: str) -> tuple[str, RecordLine]:
    """Give whoever may do most with one record of an entity, and that record."""
    entity = table().entities[name]
    lines = [line for line in entity.records if "." not in line.name and not line.is_binned]
    return max(
        ((who, line) for line in lines for who in table().people),
        key=lambda pair: len(pair[1].cells[pair[0]]),
    )


def _repeatable(stage: Stage, entity: Entity, planted: Planted) -> Iterator[Door]:
    """List every call about a record that takes a key."""
    stale = {
        "verb": "change",
        "ids": [planted.id],
        "values": {entity.title: "Tên mới"},
        "versions": {str(planted.id): 1},
    }
    doors = [each.door for each in record_doors(stage, entity, planted) if each.is_write and each.door.is_api]
    doors.append(Door("REST bulk with a clash", "POST", f"/{entity.name}/bulk", stale, is_api=True))
    for number, each in enumerate(each for each in doors if each.method == "POST"):
        yield replace(each, headers={"Idempotency-Key": f"perm-{number}"})


@pytest.mark.parametrize("name", ENTITIES)
def test_a_repeated_call_shows_no_record_that_was_lost(name: str, stage: Stage, people: People) -> None:
    who, line = _writer(name)
    planted = stage.planted(name, line.name)

    for door in _repeatable(stage, entity_named(name), planted):
        with undone():
            first = people.ask(who, door)
            if first.status_code not in _PASSED:
                continue
            lose_everything(stage, who)

            again = people.ask(who, door)

            met = [trace for trace in planted.traces(table().entities[name]) if trace in told(again)]
            assert not met, f"{door.name} shows {met} of a record that {who} may not see any more"


@pytest.mark.parametrize("name", ENTITIES)
def test_a_repeated_call_shows_no_field_that_was_hidden_since(
    name: str, stage: Stage, people: People
) -> None:
    who, line = _writer(name)
    planted, entity = stage.planted(name, line.name), entity_named(name)
    hidden = [each.name for each in entity.fields if each.name != entity.title]
    role = role_of(stage, who)

    seen = 0
    for door in _repeatable(stage, entity, planted):
        with undone():
            first = people.ask(who, door)
            if first.status_code not in _PASSED:
                continue
            limit(role, name, *hidden, level=FieldLevel.HIDDEN)

            again = people.ask(who, door)

            assert again.status_code in (*_PASSED, 403), door.name
            traces = [trace for each in hidden for trace in stage.traces_of(name, each)]
            met = [trace for trace in traces if trace in told(again)]
            assert not met, f"{door.name} shows {met}, hidden since"
            if again.status_code in _PASSED and "/files/" not in door.path:  # a file has fields of its own
                assert not set(hidden) & set(again.json()), f"{door.name} names a field that is hidden since"
                seen += 1
    assert seen, f"no call of {name} was answered twice"


@pytest.mark.parametrize("name", ENTITIES)
def test_a_repeated_create_shows_no_record_that_was_lost(name: str, stage: Stage, people: People) -> None:
    who, _line = _writer(name)
    entity = entity_named(name)
    words = words_of(stage, table().entities[name], table().entities[name].records[0], 9_000)
    made = {field: value for field, value in words.items() if value != ""}
    title = str(made[entity.title])
    door = Door("REST create", "POST", f"/{name}", made, is_api=True, headers={"Idempotency-Key": "perm-new"})

    first = people.ask(who, door)
    assert first.status_code == 201, first.content
    lose_everything(stage, who)
    again = people.ask(who, door)

    assert title not in told(again)
    assert again.status_code == 403 or again.json() == {
        "id": first.json()["id"],
        "version": first.json()["version"],
    }


def test_a_repeated_form_names_no_record_that_was_lost(stage: Stage, people: People) -> None:
    lent = stage.planted("customers", "lent")
    sent = {
        "verb": "change",
        "field": "note",
        "note": "Chung",
        "take": "1",
        "key": "perm-form",
        "ids": str(lent.id),
    }
    door = Door("bulk form", "POST", "/customers/bulk", sent)
    assert lent.title in told(people.ask("seller", door))  # refused by its name: lent to be read

    with transaction.atomic():
        trail.begin(SYSTEM, "tests.unshare")
        Share.objects.filter(user=stage.users["seller"], record_id=lent.id).delete()
    forget_rights()
    again = told(people.ask("seller", door))

    assert f"#{lent.id}" in again
    assert not [trace for trace in lent.traces(table().entities["customers"]) if trace in again]
