"""Every refusal has one shape."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import User
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast


def _is_problem(answer: object, status: int, code: str) -> bool:
    told = answer.json()  # type: ignore[attr-defined] # the test client's answer
    assert answer.headers["Content-Type"] == "application/problem+json"  # type: ignore[attr-defined] # as above
    assert set(told) >= {"type", "title", "status", "code", "detail", "errors"}
    return (answer.status_code, told["status"], told["code"]) == (status, status, code)  # type: ignore[attr-defined] # as above


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/customers", "/api/v1/shoes/5", "/api/v1/a%0Ab"]
)
def test_tells_that_nothing_is_at_an_address(path: str) -> None:
    assert _is_problem(Client().get(path), 404, "not_found")
    assert _is_problem(Client().post(path), 404, "not_found")


@pytest.mark.django_db
def test_tells_which_methods_an_address_takes() -> None:
    answer = Client().put("/api/v1/customers")

    assert _is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("body", ["{", "", "[1", '{"name": NaN}', b"\xff\xfe", '{"a":' * 5000])
def test_tells_that_a_body_is_no_json(seller: Caller, body: str | bytes) -> None:
    answer = seller.client.post(
        "/api/v1/customers",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {seller.token}"},
    )

    if body == "":
        assert _is_problem(answer, 422, "invalid")
    else:
        assert _is_problem(answer, 400, "malformed")


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null"])
def test_tells_that_a_body_is_no_object(seller: Caller, body: str) -> None:
    answer = seller.client.post(
        "/api/v1/customers",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {seller.token}"},
    )

    assert _is_problem(answer, 422, "invalid")


def test_tells_that_a_body_is_too_big(seller: Caller) -> None:
    answer = seller.post("/customers", {"name": "An", "kind": "INDIVIDUAL", "note": "a" * 5_300_000})

    assert _is_problem(answer, 413, "too_big")


@pytest.fixture
def broken_list() -> Iterator[None]:
    with patch("duyen.surfaces.api.entity_routes.page", side_effect=ZeroDivisionError):
        yield


@pytest.mark.usefixtures("broken_list")
def test_hides_what_broke(seller: Caller) -> None:
    answer = seller.get("/customers")

    assert _is_problem(answer, 500, "internal")
    assert "ZeroDivision" not in answer.content.decode()


def test_tells_that_the_database_is_away(seller: Caller) -> None:
    with patch("duyen.surfaces.api.entity_routes.page", side_effect=OperationalError):
        assert _is_problem(seller.get("/customers"), 503, "unavailable")


def test_speaks_the_callers_language(seller: Caller, director: Caller, cast: Cast) -> None:
    trail.begin(system_actor("tests"), "tests.speak")
    User.objects.filter(pk=cast.users["director"].pk).update(language="en")

    told = [caller.get("/customers", page=2).json()["errors"][0]["message"] for caller in (seller, director)]

    assert told == ["Ở đây không có tham số này.", "There is no such argument here."]


@pytest.mark.django_db
def test_is_healthy_while_the_database_answers() -> None:
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_is_not_healthy_without_the_database() -> None:
    with patch("duyen.surfaces.api.health.connection.cursor", side_effect=OperationalError):
        answer = Client().get("/healthz")

    assert answer.status_code == 503
