"""Why somebody may or may not, asked by a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

CallerOf = Callable[[str], Caller]


@pytest.fixture
def record_id(cast: Cast) -> int:
    values = {"name": "Công ty TNHH Hoa Sen", "kind": "ORGANISATION"}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


def _right(body: dict[str, Any], verb: str) -> dict[str, Any]:
    return next(each for each in body["rights"] if each["verb"] == verb)


def test_explains_to_administrators_without_the_records_words(
    cast: Cast, calls: CallerOf, record_id: int
) -> None:
    answer = calls("admin").get(f"/access/customers/{record_id}", user=cast.users["colleague"].pk)

    body = answer.json()
    read = _right(body, "read")
    assert (answer.status_code, read["may"], body["owner"], body["bars"]) == (
        200,
        False,
        cast.users["seller"].pk,
        [],
    )
    assert [(each["why"], each["unit"], each["reach"]) for each in read["by"]] == [
        ("short", cast.unit("HP2").pk, "team")
    ]
    assert "Cửa hàng Hồng Bàng" in read["missing"][0]
    assert "Hoa Sen" not in answer.content.decode()


def test_says_by_what_a_right_is_open(cast: Cast, calls: CallerOf, record_id: int) -> None:
    body = calls("seller").get(f"/access/customers/{record_id}", user=cast.users["seller"].pk).json()

    read = _right(body, "read")
    assert (read["may"], [each["why"] for each in read["by"]], read["missing"]) == (True, ["owner"], [])
    assert not _right(body, "hand_over")["may"]


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("director", 200), ("teller", 403), ("outsider", 404)]
)
def test_answers_those_alone_who_may_ask(
    cast: Cast, calls: CallerOf, record_id: int, who: str, status: int
) -> None:
    answer = calls(who).get(f"/access/customers/{record_id}", user=cast.users["seller"].pk)

    assert answer.status_code == status


def test_says_what_is_wrong_with_the_call(cast: Cast, calls: CallerOf, record_id: int) -> None:
    admin, user = calls("admin"), cast.users["seller"].pk

    answers = [
        admin.get(f"/access/planets/{record_id}", user=user),
        admin.get("/access/customers/987654", user=user),
        admin.get(f"/access/customers/{record_id}", user=987_654),
        admin.get(f"/access/customers/{record_id}"),
        admin.get(f"/access/customers/{record_id}", user=user, colour="red"),
    ]

    assert [each.status_code for each in answers] == [404, 404, 404, 422, 422]
