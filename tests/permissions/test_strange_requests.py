"""What no page of ours sends gets its sentence, breaks nothing and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Link
from duyen.entities.registry import entity_named
from tests.permissions.asking import HTMX, Door, People, told, unchanged
from tests.permissions.planting import Planted, Stage
from tests.permissions.table import table

#: Python reads no more than 4,300 digits, the database no more than 63 bits, and no text holds the sign 0.
EVILS = {
    "five thousand digits": "9" * 5000,
    "more than 63 bits": str(2**70),
    "a negative number": "-1",
    "another script's digits": "٣٤",
    "the sign 0": "a\x00b",
    "half a letter": "%ED%A0%80",
    "a quote and a percent": "'\"%;--",
    "nothing": "",
}
ENTITIES = ["customers", "users"]


def _told(text: str) -> str:
    return text if text.startswith("%ED") else quote(text)


def _unlike(entity: Entity) -> list[Field]:
    """List one field of each kind: fields of one kind read what is sent alike."""
    return list({(type(each), tuple(each.operators)): each for each in entity.fields}.values())


def _addresses(name: str, planted: Planted, evil: str) -> Iterator[str]:
    """Put something strange into every place of an address that a page reads."""
    at, one, bad = f"/{name}", f"/{name}/{planted.id}", _told(evil)
    for word in (
        "q",
        "sort",
        "after",
        "view",
        "list",
        "bin",
        "columns",
        "col",
        "field",
        "at",
        "beside",
        "by",
    ):
        yield f"{at}?{word}={bad}"
    for each in _unlike(entity_named(name)):
        for operator in each.operators:
            yield f"{at}?{each.name}.{operator}={bad}"
    yield f"{at}?{bad}=1"
    yield f"{at}?name.{bad}=1"
    for part in (
        "count",
        "totals",
        "board/sums",
        "print",
        "filter",
        "sort",
        "columns",
        "views",
        "views/new",
        "new",
        "import",
    ):
        yield f"{at}/{part}?q={bad}&sort={bad}&field={bad}&view={bad}&owner={bad}&unit={bad}&parent={bad}"
    yield f"{at}/_options?q={bad}"
    yield f"{one}?tab={bad}"
    yield f"{one}?tab=history&before={bad}"
    yield f"{one}/menu?x={bad}"
    yield f"{one}/lane?board={bad}&lane={bad}&v={bad}&back={bad}"
    yield f"{at}?view=calendar&when={bad}"
    yield f"{at}?view=months&when={bad}&split={bad}"
    yield f"{at}/calendar/{planted.id}/move?back={bad}"
    yield f"{at}?view=board&lane={bad}&after={bad}&as={bad}"
    yield f"/search?q={bad}"
    yield f"/access?entity={name}&record={bad}"
    yield f"/access?entity={name}&record={planted.id}&who={bad}&q={bad}"
    yield f"/access?what={bad}&who_text={bad}"
    if evil:  # who looks into the trail is noted, and an empty question is a good one
        yield f"/trail?user={bad}&entity={bad}&from={bad}&to={bad}&after={bad}&q={bad}"
    if evil and "\x00" not in evil and not set(evil) & set("'\"%;"):
        yield f"{at}/{bad}"
        yield f"{one}/{bad}"
        yield f"{at}/{bad}/edit"
        yield f"{at}/{bad}/delete"


@pytest.mark.parametrize("kind", EVILS)
@pytest.mark.parametrize("name", ENTITIES)
def test_answers_strange_addresses_with_a_sentence(
    name: str, kind: str, stage: Stage, people: People
) -> None:
    planted = stage.records[name][table().entities[name].records[0].name]

    with unchanged(f"{kind} in addresses of {name}"):
        for number, path in enumerate(_addresses(name, planted, EVILS[kind])):
            # Every condition of every field is asked once, by a page or by a part of one in turn.
            of_a_field = "." in path.partition("=")[0]
            for headers in (HTMX if number % 2 else {},) if of_a_field else ({}, HTMX):
                answer = people.ask("director", Door(path[:120], "GET", path, headers=headers))
                assert answer.status_code in (200, 302, 400, 403, 404, 422), path[:120]


@pytest.mark.parametrize("kind", EVILS)
@pytest.mark.parametrize("name", ENTITIES)
def test_answers_strange_forms_with_a_sentence(name: str, kind: str, stage: Stage, people: People) -> None:
    planted = stage.records[name][table().entities[name].records[0].name]
    entity, evil = (
        entity_named(name),
        EVILS[kind].replace("%ED%A0%80", "\ud83d".encode("utf-8", "replace").decode()),
    )
    who = "director" if name == "customers" else "admin"
    at, one = f"/{name}", f"/{name}/{planted.id}"
    links = {each.name: evil for each in entity.fields if isinstance(each, Link)}
    forms = {
        f"{one}/edit": [{"version": evil}, {"version": "1", **links}],
        f"{at}/new": [{"key": evil, **links}],
        f"{one}/hand_over": [{"owner": evil, "unit": evil}],
        f"{one}/share": [{"user": evil, "until": evil}],
        f"/_undo/{planted.change}?record={quote(evil)}": [],
        "/users/new": [{"unit": evil, "role": evil, "full_name": evil, "email": evil}],
        f"/roles/{stage.records['roles']['open'].id}/rights": [
            {"version": evil},
            {"version": "1", f"right:{evil}:{evil}": "all"},
        ],
        f"{at}/bulk": [{"id": evil, "ids": evil, "verb": "change", "until": evil}],
        f"{at}/views/new": [{"name": "x", "audience": "unit", "unit": evil, "role": evil}],
        f"{one}/place": [{"unit": evil, "role": evil, "since": evil}],
        f"{one}/lock": [{"hand_over_to": evil or "x"}],
        "/profile/absence": [{"deputy": evil, "first": evil, "last": evil, "absence": evil}],
        "/profile/absence/end": [{"absence": evil}],
        "/profile/sessions": [{"session": evil or "x"}],
    }

    with unchanged(f"{kind} in forms of {name}"):
        for path, bodies in forms.items():
            for body in bodies:
                answer = people.ask(who, Door(path, "POST", path, body))
                assert answer.status_code in (200, 302, 400, 403, 404, 405, 409, 422), f"{path} {body}"[:200]


@pytest.mark.parametrize("kind", EVILS)
@pytest.mark.parametrize("name", ENTITIES)
def test_answers_strange_calls_with_a_problem(name: str, kind: str, stage: Stage, people: People) -> None:
    planted = stage.records[name][table().entities[name].records[0].name]
    evil = EVILS[kind]
    bad, at = _told(evil), f"/{name}"
    paths = [f"{at}?{word}={bad}" for word in ("q", "filter", "sort", "limit", "after")]
    paths += [
        f"/search?q={bad}",
        f"{at}/{planted.id}/history?after={bad}",
        f"{at}/{planted.id}/history?limit={bad}",
    ]
    paths += [f"{at}/{bad}", f"/jobs/{bad}"] if evil.isalnum() else []
    for each in entity_named(name).fields:
        told_ = json.dumps({"and": [[each.name, "eq", evil], [f"{each.name}.name", "eq", evil]]})
        paths.append(f"{at}?filter={quote(told_)}")

    with unchanged(f"{kind} in calls of {name}"):
        for path in paths:
            answer = people.ask("director", Door(path[:120], "GET", path, is_api=True))
            assert answer.status_code in (200, 400, 404, 422), path[:120]
            if answer.status_code != 200:
                assert answer.headers["Content-Type"] == "application/problem+json"
                assert answer.json()["detail"]


def test_takes_at_most_fifty_conditions(people: People) -> None:
    many = "&".join(f"name.contains=a{number}" for number in range(200))
    tree = json.dumps({"and": [["name", "contains", f"a{number}"] for number in range(200)]})

    page = people.ask("seller", Door("200 filters", "GET", f"/customers?{many}"))
    call = people.ask("seller", Door("200 filters", "GET", f"/customers?filter={quote(tree)}", is_api=True))

    assert page.status_code == call.status_code == 422
    assert "50" in told(page)
    assert "50" in call.json()["detail"]


def test_a_cursor_opens_nothing_to_another_reader(stage: Stage, people: People) -> None:
    first = people.ask("director", Door("first page", "GET", "/customers?limit=1", is_api=True)).json()
    cursor = first["next"]
    for who in (
        "seller",
        "newcomer",
        "outsider",
        "teller",
    ):  # each answer is searched for what is hidden from her
        answer = people.ask(
            who, Door("borrowed cursor", "GET", f"/customers?after={quote(cursor)}", is_api=True)
        )
        assert answer.status_code == 200

    head, _colon, seal = cursor.rpartition(":")
    for forged in (cursor[:-2], f"x{cursor}", f"{head}x:{seal}", "a:b", cursor.replace(":", "")):
        answer = people.ask("seller", Door("forged", "GET", f"/customers?after={quote(forged)}", is_api=True))
        assert answer.status_code == 422
        assert (
            people.ask("seller", Door("forged", "GET", f"/customers?after={quote(forged)}")).status_code
            == 422
        )
    other = people.ask("director", Door("other list", "GET", f"/contacts?after={quote(cursor)}", is_api=True))
    assert other.status_code in (200, 422)
    turned = f"/customers?sort=-created_at&after={quote(cursor)}"
    assert people.ask("director", Door("other order", "GET", turned, is_api=True)).status_code == 422


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""]
)
def test_reads_no_other_kind_of_body(content_type: str, stage: Stage, people: People) -> None:
    planted = stage.records["customers"]["sellers"]
    client = Client(raise_request_exception=False)
    client.force_login(stage.users["seller"])

    with unchanged(content_type):
        for body in (b"<a/>", b"\xff\xfe", b"[]", b"null", b"{", b'"text"', b"--x"):
            for path in ("/api/v1/customers", f"/api/v1/customers/{planted.id}/start", "/customers/new"):
                answer = client.generic("POST", path, body, content_type=content_type)
                assert answer.status_code in (200, 400, 401, 403, 415, 422), f"{path} {body!r}"
