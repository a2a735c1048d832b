"""Nothing is without a line in the table: no entity, field, step, tab, page or REST call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities
from duyen.surfaces.api.api import api
from tests.permissions.table import FILE, EntityTable, table

WHERE = f"tests/permissions/{FILE.name}"
_API = "api/v1/"
#: What the router itself answers: the description, and whatever is no address of the API.
_OF_THE_ROUTER = {"openapi.json", ""}
_STANDARD = {"hand_over", "share", "unshare", "restore", "history"}


def _entities() -> list[Entity]:
    return all_entities()


def _expected(entity: Entity) -> EntityTable:
    found = table().entities.get(entity.name)
    assert found is not None, (
        f"{WHERE} has no table for {entity.name}. Add [{entity.name}] with a line for each kind of record "
        "and what each of the cast may do with it."
    )
    return found


@pytest.mark.parametrize("entity", _entities(), ids=lambda each: each.name)
def test_every_entity_has_its_table(entity: Entity) -> None:
    expected = _expected(entity)

    assert set(expected.kind) == set(table().people)
    assert expected.records, f"{WHERE}, [{entity.name}]: add at least one record to its table"


@pytest.mark.parametrize("entity", _entities(), ids=lambda each: each.name)
def test_every_field_is_told_apart(entity: Entity) -> None:
    expected = _expected(entity)

    for name in entity.by_name:
        assert name in expected.fields, (
            f"{WHERE}, [{entity.name}]: name the field {name} under set (people set it), keepers (needs h), "
            "given (the engine sets it) or state (its commands set it)."
        )
    assert set(expected.fields) == set(entity.by_name), f"{WHERE}, [{entity.name}] names a field that is gone"
    assert expected.searched <= set(entity.by_name)


@pytest.mark.parametrize("entity", _entities(), ids=lambda each: each.name)
def test_every_step_says_what_it_needs(entity: Entity) -> None:
    expected = _expected(entity)

    for each in entity.actions:
        assert each.verb in expected.steps, (
            f"{WHERE}, [{entity.name}.steps]: say which letter the step {each.verb} needs"
        )
    assert set(expected.steps) == {each.verb for each in entity.actions}


@pytest.mark.parametrize("entity", _entities(), ids=lambda each: each.name)
def test_every_tab_and_panel_is_known(entity: Entity) -> None:
    expected = _expected(entity)

    assert {each.name for each in entity.tabs} == expected.tabs, f"{WHERE}, [{entity.name}.views], tabs"
    assert {each.name for each in entity.panels} == expected.panels, f"{WHERE}, [{entity.name}.views], panels"


def test_names_no_entity_that_is_gone() -> None:
    assert set(table().entities) == {each.name for each in all_entities()}


def routes() -> Iterator[str]:
    """List every address that the resolver knows, outside the API's own."""

    def within(patterns: list[Any], before: str) -> Iterator[str]:
        for each in patterns:
            address = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from within(each.url_patterns, address)
            elif isinstance(each, URLPattern):
                yield address

    return within(get_resolver().url_patterns, "")


def test_every_address_is_a_page_of_the_table() -> None:
    pages = [each for each in routes() if not each.startswith((_API, "^api"))]

    for each in pages:
        assert each in table().pages, (
            f'{WHERE}, [pages]: say who may open "{each}": anybody, everybody, names of the cast, or '
            "derived, where it follows from the tables of the entities and doors.py asks it."
        )
    assert set(table().pages) <= set(pages), f"{WHERE}, [pages] names an address that is gone"


def operations() -> Iterator[str]:
    """List every call of the API's description, an entity's name and step standing for all."""
    for path, methods in api().get_openapi_schema()["paths"].items():
        for method in methods:
            yield f"{method.upper()} {in_the_table(path.removeprefix('/api/v1'))}"


def in_the_table(path: str) -> str:
    """Name the address of a call as the table does: an entity's name and step stand for all."""
    entities = {each.name: each for each in all_entities()}
    parts = path.strip("/").split("/")
    entity = entities.get(parts[0])
    if entity is None:
        return path
    if len(parts) == 3 and parts[2] not in _STANDARD and parts[2] in {each.verb for each in entity.actions}:
        parts[2] = "{step}"
    return "/" + "/".join(["{entities}", *parts[1:]])


def test_every_call_is_in_the_table() -> None:
    found = set(operations())

    for each in sorted(found):
        assert each in table().calls, f'{WHERE}, [calls]: say who may call "{each}"'
    assert set(table().calls) <= found, f"{WHERE}, [calls] names a call that is gone"


def test_describes_every_address_of_the_api() -> None:
    described = {path.removeprefix("/api/v1/") for path in api().get_openapi_schema()["paths"]}

    for each in routes():
        if each.startswith(_API):
            path = re.sub(r"<(\w+:)?(\w+)>", r"{\2}", each.removeprefix(_API))
            assert path in described | _OF_THE_ROUTER, f"openapi.json does not describe {each}"
