"""A list leaves the house only through those who may export it, and with what they see alone."""

from __future__ import annotations

import pytest

from duyen.entities.registry import entity_named
from tests.permissions.asking import People, told, unchanged, undone
from tests.permissions.doors import export_doors
from tests.permissions.planting import Stage
from tests.permissions.table import table

ENTITIES = sorted(table().entities)
WHO = table().people


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_exports_what_a_person_sees_where_she_may(name: str, who: str, stage: Stage, people: People) -> None:
    expected = table().entities[name]
    people.know(who)

    for door in export_doors(entity_named(name)):
        if "e" not in expected.kind[who]:
            with unchanged(f"{who}, {name}, {door.name}"):
                answer = people.ask(who, door)
            # By REST a kind that is closed to her does not exist.
            assert answer.status_code in (403, 404), f"{who}, {name}, {door.name}"
            continue
        with undone():
            answer = people.ask(who, door)
            assert answer.status_code == 200, f"{who}, {name}, {door.name}"
            content = told(answer)
        if door.method == "POST":
            given = {
                line.name for line in expected.records if stage.planted(name, line.name).title in content
            }
            wanted = {
                line.name
                for line in expected.records
                if line.sees(who) and not stage.planted(name, line.name).line.is_binned
            }
            assert given == wanted, f"{who}, {name}, {door.name}"
