"""Each example of a call is made, and answers with the status that it tells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities, entity_named
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.surfaces.api.examples import Example, examples_of
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Calls = Callable[[str], Caller]


def _records(cast: Cast) -> None:
    """Make one record of the kinds that stand empty on the stage."""
    made = {
        "customers": {"name": "Công ty Bình Minh", "kind": "ORGANISATION"},
        "contacts": {"name": "Nguyễn Văn An"},
    }
    for name, values in made.items():
        standard.create(entity_named(name), actor=cast.actor("seller"), values=values)


def _file(example: Example, among: list[Example]) -> SimpleUploadedFile:
    body = next(each.body for each in among if each.method == "POST" and each.path == f"/{_name(example)}")
    cells = {
        key: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in (body or {}).items()
    }
    text = io.StringIO()
    csv.writer(text).writerows([cells.keys(), cells.values()])
    return SimpleUploadedFile(example.file, text.getvalue().encode(), content_type="text/csv")


def _name(example: Example) -> str:
    return example.path.strip("/").split("/")[0]


def _make(caller: Caller, example: Example, among: list[Example]) -> Any:
    headers = {"Authorization": f"Bearer {caller.token}", **dict(example.headers)}
    path = f"/api/v1{example.path}"
    call = getattr(Client(), example.method.lower())
    if example.file:
        return call(path, {"file": _file(example, among)}, headers=headers)
    if example.body is not None:
        return call(path, example.body, content_type="application/json", headers=headers)
    return call(path, headers=headers)


@pytest.mark.parametrize("who", ["director", "admin", "seller"])
@pytest.mark.parametrize("entity", all_entities(), ids=lambda each: each.name)
def test_answers_as_it_tells(entity: Entity, who: str, cast: Cast, calls: Calls) -> None:
    _records(cast)
    caller, actor = calls(who), cast.actor(who)
    if not actor.may(entity.name, "read"):
        return

    found = examples_of(entity, actor)

    assert found
    for each in found:
        with transaction.atomic():
            answer = _make(caller, each, found)
            told = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code in each.statuses, f"{each.method} {each.path}: {told.decode()}"
            transaction.set_rollback(True)


def test_shows_creating_and_changing_to_who_may_and_hides_hidden_fields(cast: Cast) -> None:
    _records(cast)
    customers = entity_named("customers")

    mine = examples_of(customers, cast.actor("seller"))
    others = examples_of(customers, cast.actor("care_agent"))

    assert {"POST", "PATCH", "DELETE"} <= {each.method for each in mine}
    assert not [each for each in others if each.path == "/customers" and each.method == "POST"]
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.hide")
        role = Role.objects.get(code="SALES_REP")
        for name in ("customers", "contacts"):
            FieldRight.objects.create(role=role, entity=name, field="phones", level=FieldLevel.HIDDEN)
    assert not [each for each in examples_of(customers, cast.actor("seller")) if "phones" in str(each)]


def test_is_a_page_for_whoever_makes_tokens(cast: Cast) -> None:
    _records(cast)
    browser = Client()
    browser.force_login(cast.user("seller"))

    shown = browser.get("/api-examples?of=customers").content.decode()

    assert "curl -X POST" in shown
    assert "requests.patch(" in shown
    assert "/api/v1/customers" in shown
    assert browser.get("/api-examples?of=users").status_code in (200, 404)
    assert browser.get("/api-examples?of=nothing").status_code == 404
    assert "/api-examples" in browser.get("/profile/tokens").content.decode()
