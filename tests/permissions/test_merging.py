"""A merge needs the right to change what stays and to delete what goes, and shows nothing that is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from duyen.entities.merging.hangings import mergeable
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import FieldLevel
from duyen.modules.parties.models import Party
from tests.permissions.asking import Door, People, told, unchanged, undone
from tests.permissions.changing import limit
from tests.permissions.planting import Planted, Stage
from tests.permissions.table import RecordLine, table
from tests.permissions.test_fields import READERS, Case

ENTITIES = sorted(name for name in table().entities if mergeable(entity_named(name)))
WHO = table().people
#: What the planted records would have to be asked about first.
CONFIRMED = ["kinds", "tax_codes"]


def _pairs(stage: Stage, name: str) -> list[tuple[Planted, Planted]]:
    """Give pairs in which each record stays once and goes once, beside the first that stands by itself."""
    lines = table().entities[name].records
    standing = [stage.planted(name, each.name) for each in lines if "." not in each.name]
    first, *others = [each for each in standing if not each.line.is_binned]
    return [pair for each in others for pair in ((first, each), (each, first))]


def _version(record: Planted) -> int:
    return Party.objects.values_list("version", flat=True).get(pk=record.id)


def _merge(name: str, stays: Planted, goes: Planted) -> Door:
    body = {
        "version": _version(stays),
        "others": [{"id": goes.id, "version": _version(goes)}],
        "confirm": CONFIRMED,
    }
    return Door("REST merge", "POST", f"/{name}/{stays.id}/merge", body, is_api=True)


def _expected(stays: RecordLine, goes: RecordLine, who: str) -> int:
    if not stays.sees(who) or not goes.sees(who):
        return 404
    return 200 if stays.may(who, "c") and goes.may(who, "d") else 403


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_merges_for_whoever_may_change_the_one_and_delete_the_other(
    name: str, who: str, stage: Stage, people: People
) -> None:
    for stays, goes in _pairs(stage, name):
        wanted = _expected(stays.line, goes.line, who)
        door = _merge(name, stays, goes)
        if wanted == 200:
            with undone():
                answer = people.ask(who, door)
                assert answer.status_code == 200, f"{stays.line.name} ← {goes.line.name}: {told(answer)}"
                _ask_around(name, who, stays, goes, answer.headers["Operation-Id"], people)
        else:
            with unchanged(f"{who}, {door.name}"):
                answer = people.ask(who, door)
            assert answer.status_code == wanted, f"{stays.line.name} ← {goes.line.name}"


def _ask_around(name: str, who: str, stays: Planted, goes: Planted, merge: str, people: People) -> None:
    """Ask everybody at the old address and at the account: who may not see the survivor is told nothing.

    Whoever sees it reads the code and the story of what went into it: it is one record since.
    """
    doors = (
        Door("old address", "GET", f"/{name}/{goes.id}"),
        Door("REST old address", "GET", f"/{name}/{goes.id}", is_api=True),
        Door("account", "GET", f"/merges/{merge}"),
        Door("REST account", "GET", f"/merges/{merge}", is_api=True),
    )
    for other in WHO:
        sees = stays.line.sees(other) or _follows(stays, goes, who, other)
        knock = people.answer if sees else people.ask
        found = tuple(knock(other, door).status_code for door in doors)
        wanted = (302, 307, 200, 200) if sees else (404, 404, 404, 404)
        closed = not sees and found[0] == 403 and found[1:] == wanted[1:]  # the whole kind is closed
        assert found == wanted or closed, f"{other} after {who} merged {stays.line.name}: {found}"
        if not sees:
            with unchanged(f"{other}, undo of a merge"):
                undo = people.ask(other, Door("REST undo", "POST", f"/operations/{merge}/undo", is_api=True))
            assert undo.status_code == 404


def _follows(stays: Planted, goes: Planted, who: str, other: str) -> bool:
    """Tell whether a share of what went opens the survivor now: where the one who merged may share it."""
    shared = other in (*goes.line.people("lent"), *goes.line.people("entrusted"))
    return shared and stays.line.may(who, "s")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ENTITIES)
def test_compares_only_what_is_seen(name: str, who: str, stage: Stage, people: People) -> None:
    entity_is_open = any(line.sees(who) for line in table().entities[name].records)
    for stays, goes in _pairs(stage, name):
        with unchanged(f"{who}, the page"):
            path = f"/{name}/merge?ids={stays.id},{goes.id}"
            answer = people.ask(who, Door("compare", "GET", path))
        seen = stays.line.sees(who) and goes.line.sees(who)
        assert answer.status_code == (200 if seen else 404 if entity_is_open else answer.status_code)
        assert seen or answer.status_code in (403, 404)
        with unchanged(f"{who}, the form that asks for the other one"):
            form = people.ask(who, Door("other one", "GET", f"/{name}/{stays.id}/merge"))
        assert form.status_code in ((200, 403) if stays.line.sees(who) else (403, 404))


@pytest.mark.parametrize("name", ENTITIES)
def test_neither_shows_nor_loses_what_is_hidden(name: str, stage: Stage, people: People) -> None:
    who, role, _line = READERS[name]
    entity = entity_named(name)
    stays, goes = _own_pair(stage, name, who)
    hidden = [each for each in entity.fields if each.name not in (entity.title, "owner", "unit")]
    limit(role, name, *(each.name for each in hidden), level=FieldLevel.HIDDEN)
    before = {record.id: _row(record) for record in (stays, goes)}

    page = people.ask(who, Door("compare", "GET", f"/{name}/merge?ids={stays.id},{goes.id}"))
    answer = people.ask(who, _merge(name, stays, goes))
    account = people.ask(who, Door("account", "GET", f"/merges/{answer.headers['Operation-Id']}"))
    shown = people.ask(who, Door("REST", "GET", f"/merges/{answer.headers['Operation-Id']}", is_api=True))

    assert page.status_code == answer.status_code == account.status_code == 200, told(answer)
    for each in hidden:
        case = Case(stage, people, entity, each, who, stays)
        for text in (told(page), told(answer), told(account), told(shown)):
            assert not [trace for trace in case.traces() if trace in text], each.name
        assert f'name="take.{each.name}"' not in told(page)
    assert not set(shown.json()["fields_back"]) & {each.name for each in hidden}
    after = _row(stays)
    for column in ("phones", "emails", "tags"):
        assert set(after[column]) == set(before[stays.id][column]) | set(before[goes.id][column])
    chosen = {"take": {"phones": goes.id}}
    with undone(), unchanged("a choice of a hidden field"):
        door = _merge(name, goes, stays)
        refused = people.ask(who, Door(door.name, "POST", door.path, {**door.body, **chosen}, is_api=True))
    assert refused.status_code in (404, 422)


def _row(record: Planted) -> dict[str, Any]:
    return dict(Party.objects.filter(pk=record.id).values().get())


def _own_pair(stage: Stage, name: str, who: str) -> tuple[Planted, Planted]:
    """Give two records that `who` may change and delete."""
    planted = (
        stage.planted(name, each.name) for each in table().entities[name].records if "." not in each.name
    )
    own = [each for each in planted if each.line.may_all(who, "cd") and not each.line.is_binned]
    if len(own) > 1:
        return own[0], own[1]
    both = stage.records["customers"]["both"]
    return own[0], both
