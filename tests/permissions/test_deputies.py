"""A deputy reads and changes what the absent person owns, by every door, and by none when she is back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from duyen.entities.registry import entity_named
from duyen.entities.rights import verbs_of
from duyen.foundation.access.queries import actor_for, away_on
from duyen.foundation.access.words import Door as Way
from duyen.foundation.org.absences import end_absence, record_absence
from duyen.foundation.org.models import Absence
from duyen.kernel.clock import today
from tests.permissions.asking import People, forget_rights, unchanged
from tests.permissions.doors import found_doors, list_doors, record_doors
from tests.permissions.judging import SEEN, Judge, titles_met
from tests.permissions.planting import SYSTEM, Stage
from tests.permissions.table import HIDDEN, LETTERS, EntityTable, RecordLine, table

ENTITIES = sorted(table().entities)
OWNED = [name for name in ENTITIES if table().entities[name].keepers]
#: Who is away, and who stands in. The newcomer holds no right to change, the administrator none of business.
PAIRS = [
    ("outsider", "teller"),
    ("seller", "colleague"),
    ("care_agent", "seller"),
    ("outsider", "newcomer"),
    ("outsider", "admin"),
]
#: What passes on, as letters of the table.
_PASSES_ON = "rc"


def _as_deputy(entity: EntityTable, absent: str, deputy: str) -> EntityTable:
    """Give the table of an entity as it reads while somebody is away."""
    passing = [
        letter for letter in _PASSES_ON if _holds(entity, absent, letter) and _holds(entity, deputy, letter)
    ]
    lines = []
    for line in entity.records:
        own = line.cells[deputy].strip(HIDDEN)
        more = [
            each
            for each in passing
            if each not in own
            and line.may(absent, each)
            and _owner(entity, line) == absent
            and not line.is_private
        ]
        lines.append(replace(line, cells={**line.cells, deputy: "".join((own, *more)) or HIDDEN}))
    return replace(entity, records=tuple(lines))


def _holds(entity: EntityTable, who: str, letter: str) -> bool:
    """Tell whether a person holds a right by a position, on whatever records: single shares are none."""
    if letter == "r":
        return "r" in entity.kind[who] and any(
            line.may(who, letter) for line in entity.records if not _is_shared(line, who)
        )
    return any(line.may(who, letter) for line in entity.records if not _is_shared(line, who))


def _is_shared(line: RecordLine, who: str) -> bool:
    return who in (*line.people("lent"), *line.people("entrusted"))


def _owner(entity: EntityTable, line: RecordLine) -> str:
    """Give who owns a record, also one that the table of another entity planted."""
    other, _dot, own = line.name.rpartition(".")
    found = table().entities[other].line(own) if other else line
    return found.keeper[0] if found.keeper else ""


def _away(stage: Stage, absent: str, deputy: str, since: dt.date, until: dt.date) -> Absence:
    made = record_absence(
        stage.users[absent].pk, actor=SYSTEM, since=since, until=until, deputy=stage.users[deputy].pk
    )
    _forget()
    return made


def _forget() -> None:
    forget_rights()
    away_on.cache_clear()


def _opened(stage: Stage, name: str, who: str) -> dict[str, set[str]]:
    """Ask the engine for the letters of every record of an entity."""
    actor, entity = actor_for(stage.users[who], Way.WEB), entity_named(name)
    letters = {right: letter for letter, right in LETTERS.items()}
    known = {each.verb: letters[each.verb] for each in verbs_of(entity) if letters[each.verb] in "rcdhst"}
    return {
        line.name: {
            letter
            for verb, letter in known.items()
            if entity.rows(actor, verb, deleted=None).filter(pk=stage.planted(name, line.name).id).exists()
        }
        for line in table().entities[name].records
    }


def _expected(entity: EntityTable, who: str) -> dict[str, set[str]]:
    return {line.name: set(line.cells[who]) & set("rcdhst") for line in entity.records}


@pytest.mark.parametrize(("absent", "deputy"), PAIRS)
def test_opens_to_a_deputy_what_passes_on_and_nothing_else(absent: str, deputy: str, stage: Stage) -> None:
    with_deputy = {name: _as_deputy(table().entities[name], absent, deputy) for name in ENTITIES}
    day = today()
    for first, last, is_now in (
        (day, day, True),
        (day - dt.timedelta(days=3), day + dt.timedelta(days=3), True),
        (day + dt.timedelta(days=1), day + dt.timedelta(days=3), False),
    ):
        made = _away(stage, absent, deputy, first, last)
        for name, expected in with_deputy.items():
            wanted = expected if is_now else table().entities[name]
            assert _opened(stage, name, deputy) == _expected(wanted, deputy), f"{name}, {first} to {last}"
            assert _opened(stage, name, absent) == _expected(table().entities[name], absent)
        end_absence(stage.users[absent].pk, made.pk, actor=SYSTEM)
        _forget()
        for name in ENTITIES:
            assert _opened(stage, name, deputy) == _expected(table().entities[name], deputy), "she is back"


@pytest.mark.parametrize(("absent", "deputy"), PAIRS[:2])
@pytest.mark.parametrize("name", OWNED)
def test_lets_a_deputy_through_the_doors_that_opened(
    name: str, absent: str, deputy: str, stage: Stage, people: People
) -> None:
    entity = entity_named(name)
    told = {each: _as_deputy(table().entities[each], absent, deputy) for each in ENTITIES}
    expected = told[name]
    _away(stage, absent, deputy, today(), today())
    hers = [line for line in expected.records if _owner(expected, line) == absent]

    with people.meets(deputy, stage.hidden_from(deputy, told)):
        judge = Judge(people, deputy, expected)
        for line in hers:
            planted = stage.planted(name, line.name)
            doors = [each for each in record_doors(stage, entity, planted) if judge.is_new(each, line)]
            with unchanged(f"{deputy} for {absent}, {name}.{line.name}"):
                for each in doors:
                    if judge.outcome(each, line) != SEEN:
                        judge.is_kept_out(each, line)
            for each in doors:
                if judge.outcome(each, line) == SEEN:
                    judge.is_let_in(each, line, planted)
        for shown in [each for each in list_doors(entity) if " by " not in each.door.name]:
            assert titles_met(people.ask(deputy, shown.door), stage, expected) == _titles(
                stage, expected, deputy, in_bin=shown.in_bin
            ), shown.door.name
        for door in found_doors(entity, name):
            people.ask(deputy, door)


def _titles(stage: Stage, entity: EntityTable, who: str, *, in_bin: bool) -> set[str]:
    planted = [stage.planted(entity.name, line.name) for line in entity.records if line.sees(who)]
    return {each.title for each in planted if each.line.is_binned is in_bin}


@pytest.mark.parametrize("name", OWNED)
def test_closes_every_door_when_she_is_back(name: str, stage: Stage, people: People) -> None:
    absent, deputy = PAIRS[0]
    entity, usual = entity_named(name), table().entities[name]
    made = _away(stage, absent, deputy, today(), today())
    end_absence(stage.users[absent].pk, made.pk, actor=SYSTEM)
    _forget()

    judge = Judge(people, deputy, usual)
    closed = 0
    for line in (each for each in usual.records if _owner(usual, each) == absent):
        planted = stage.planted(name, line.name)
        doors = [each for each in record_doors(stage, entity, planted) if judge.is_new(each, line)]
        shut = [each for each in doors if judge.outcome(each, line) != SEEN]
        with unchanged(f"{deputy}, after {absent} is back, {name}.{line.name}"):
            for each in shut:
                judge.is_kept_out(each, line)
        closed += len(shut)
        for each in doors:  # and what is open to her at all times stays so
            if each not in shut:
                judge.is_let_in(each, line, planted)
    assert closed, f"nothing of {name} is closed to {deputy} when {absent} is there"
