"""The engine itself gives and refuses what the table says, whichever door asks it."""

from __future__ import annotations

import pytest

from duyen.entities.births import Births
from duyen.entities.registry import entity_named
from duyen.entities.rights import verbs_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from tests.permissions.planting import SYSTEM, Stage
from tests.permissions.table import CLOSED, FILE, HIDDEN, LETTERS, table

ENTITIES = sorted(table().entities)
WHO = table().people
_LETTER_OF = {right: letter for letter, right in LETTERS.items()}
#: What is said of a kind as a whole and not beside its records.
_OF_THE_KIND = frozenset("nexvlopkfb")


def _actor(stage: Stage, who: str) -> Actor:
    return actor_for(stage.users[who], Door.WEB)


@pytest.mark.parametrize("name", ENTITIES)
def test_every_right_has_its_letter(name: str) -> None:
    for each in verbs_of(entity_named(name)):
        assert each.verb in _LETTER_OF, (
            f"tests/permissions/table.py: give the right {each.verb} of {name} a letter, and put it "
            f"into the cells of {FILE.name} for those who have it"
        )


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_hands_out_the_rights_of_the_table(name: str, who: str, stage: Stage) -> None:
    expected, entity, actor = table().entities[name], entity_named(name), _actor(stage, who)

    of_kind = {_LETTER_OF[each.verb] for each in verbs_of(entity) if actor.may(name, each.verb)}
    wanted = set(expected.kind[who]) - {CLOSED}
    assert of_kind & (_OF_THE_KIND | {"r"}) == wanted
    for line in expected.records:
        record_id = stage.planted(name, line.name).id
        opened = {
            _LETTER_OF[each.verb]
            for each in verbs_of(entity)
            if entity.rows(actor, each.verb, deleted=None).filter(pk=record_id).exists()
        }
        assert opened - _OF_THE_KIND == set(line.cells[who]) - _OF_THE_KIND - {HIDDEN}, line.name


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_makes_new_ones_only_where_the_table_says(name: str, who: str, stage: Stage) -> None:
    expected, actor = table().entities[name], _actor(stage, who)

    for line in expected.records:
        if line.keeper is None:
            continue
        owner, unit = line.keeper
        births = Births(entity_named(name), actor)
        may = actor.may(name, "create") and births.may_be_kept_by(
            owner=stage.users[owner].pk, unit=stage.cast.unit(unit).pk
        )
        assert may is (line.may(who, "n")), line.name


@pytest.mark.parametrize("name", ENTITIES)
def test_opens_everything_to_the_system(name: str, stage: Stage) -> None:
    entity = entity_named(name)

    for line in table().entities[name].records:
        planted = stage.planted(name, line.name)
        is_of_this_kind = entity.kind == entity_named(planted.entity).kind or "r" in "".join(
            line.cells.values()
        )
        found = entity.rows(SYSTEM, deleted=None).filter(pk=planted.id).exists()
        assert found is is_of_this_kind, line.name
