"""All roles side by side, or two of them with their differences."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client

from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def matrix(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def _lines(client: Client, **asked: str) -> list[str]:
    """Give the heads of the lines that the page shows."""
    page = client.get("/access/roles", asked)
    assert page.status_code == 200
    heads = re.findall(r'<th scope="row">(.*?)</th>', page.content.decode(), re.S)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in heads]


def _two() -> dict[str, str]:
    """Ask for sellers and tellers beside each other."""
    numbers = dict(Role.objects.values_list("code", "pk"))
    return {"first": str(numbers["SALES_REP"]), "second": str(numbers["TELLER"])}


def test_shows_every_role_and_how_far_each_right_reaches(matrix: Client) -> None:
    page = matrix.get("/access/roles").content.decode()

    for name in Role.objects.values_list("name", flat=True):
        assert name in page
    assert "đơn vị của mình" in page
    assert "toàn công ty" in page


def test_compares_two_roles_and_marks_what_differs(matrix: Client) -> None:
    both = _lines(matrix, **_two())
    alone = _lines(matrix, **_two(), differences="1")

    assert "Xem khác nhau" in both
    assert alone
    assert all("khác nhau" in each for each in alone)
    assert len(alone) < len(both)


def test_finds_a_right_by_a_word_without_tone_marks(matrix: Client) -> None:
    found = _lines(matrix, q="khach hang tiem nang ban giao")

    assert found == ["Bàn giao"]
    assert _lines(matrix, q="khong co gi the nay") == []


def test_shows_limits_on_fields_with_the_rights(matrix: Client, cast: Cast) -> None:
    limited = FieldRight.objects.values_list("entity", "field").distinct().count()
    before = [each for each in _lines(matrix) if each.startswith("Trường")]
    assert len(before) == limited
    assert not [each for each in before if "Mã số thuế" in each]
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.limit")
        role = Role.objects.get(code="TELLER")
        FieldRight.objects.create(role=role, entity="customers", field="tax_code", level="hidden")

    page = matrix.get("/access/roles", {**_two(), "differences": "1"})

    assert "Trường Mã số thuế khác nhau" in _lines(matrix, **_two(), differences="1")
    assert "ẩn" in page.content.decode()
    assert len(_lines(matrix, fields="1")) > len(_lines(matrix))


def test_reads_all_roles_by_the_same_number_of_queries(
    matrix: Client, django_assert_max_num_queries: object
) -> None:
    matrix.get("/access/roles")

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        matrix.get("/access/roles")


@pytest.mark.parametrize(
    "asked", [{"first": "NOBODY"}, {"first": "x" * 500, "q": "%" * 300}, {"second": "TELLER"}, {"first": "0"}]
)
def test_shrugs_at_what_it_does_not_know(matrix: Client, asked: dict[str, str]) -> None:
    assert matrix.get("/access/roles", asked).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("director", 200), ("manager", 403), ("seller", 403)])
def test_is_for_those_who_read_roles(client: Client, cast: Cast, who: str, status: int) -> None:
    client.force_login(cast.user(who))

    assert client.get("/access/roles").status_code == status
