"""The page of the bin: what lies there, who put it there and why, and the way out."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.user("manager"))
    return browser


def _deleted(cast: Cast, name: str, *, who: str = "seller", reason: str = "") -> int:
    customers, actor = entity_named("customers"), cast.actor(who)
    made = standard.create(customers, actor=actor, values={"name": name, "kind": "ORGANISATION"})
    deleter = cast.actor("director" if who == "outsider" else "manager")
    standard.delete(customers, made.id, actor=deleter, reason=reason)
    return made.id


def test_shows_who_deleted_what_when_and_why(cast: Cast, manager: Client) -> None:
    _deleted(cast, "Công ty Ánh Dương", reason="nhập trùng")
    _deleted(cast, "Công ty Tứ Minh", who="outsider")

    shown = manager.get("/bin?of=customers").content.decode()

    assert "Công ty Ánh Dương" in shown
    assert "nhập trùng" in shown
    assert "Phạm Đức Thắng" in shown
    assert "Công ty Tứ Minh" not in shown


def test_takes_chosen_ones_out_and_leaves_the_rest(cast: Cast, manager: Client) -> None:
    first, second = _deleted(cast, "Công ty Một"), _deleted(cast, "Công ty Hai")
    foreign = _deleted(cast, "Công ty Tứ Minh", who="outsider")

    answer = manager.post("/bin", {"of": "customers", "ids": [first, foreign]}, follow=True)

    rows = entity_named("customers").model._default_manager
    standing = set(rows.filter(pk__in=[first, second, foreign], deleted_at=None).values_list("pk", flat=True))
    assert answer.status_code == 200
    assert standing == {first}
    assert History.objects.filter(verb="customers.restore").count() == 1


def test_asks_to_tick_something(cast: Cast, manager: Client) -> None:
    _deleted(cast, "Công ty Một")

    answer = manager.post("/bin", {"of": "customers"}, follow=True)

    assert answer.status_code == 200
    assert not History.objects.filter(verb="customers.restore").exists()


def test_costs_the_same_for_three_and_for_fifty(
    cast: Cast, manager: Client, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert manager.get("/bin?of=customers").status_code == 200
        return len(asked)

    for number in range(3):
        _deleted(cast, f"Công ty {number}")
    manager.get("/bin?of=customers")
    count()  # what a process reads once is read
    few = count()
    for number in range(49):
        _deleted(cast, f"Công ty thêm {number}")

    assert count() == few
    shown = manager.get("/bin?of=customers").content.decode()
    older = shown.split("before=")[1].split('"')[0]
    assert manager.get(f"/bin?of=customers&before={older}").content.decode().count('name="ids"') == 2


def test_is_closed_for_kinds_without_one_and_for_strangers(cast: Cast, manager: Client) -> None:
    assert manager.get("/bin?of=units").status_code == 404
    assert Client().get("/bin").status_code == 302
