"""What is private shows to its owner, to co-assignees and to those who take part; to nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import NotFound
from duyen.entities.explaining import explain_record, place_of
from duyen.entities.registry import entity_named
from duyen.entities.seeing import who_sees
from duyen.entities.sharing import share
from duyen.foundation.access.words import READ, Bar
from duyen.foundation.audit.models import History
from duyen.modules.activities.models import Activity
from duyen.modules.activities.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

SECRET = "Tái khám ở Việt Tiệp"
#: The head of the area, the director and a colleague of the same shop read what is open of hers.
OTHERS = ("manager", "director", "teller")


@pytest.fixture
def hers(make: Make, customer: Make) -> int:
    about = [{"entity": "customers", "id": customer()}]
    return make(SECRET, about=about, body="Mang sổ khám", is_private=True)


def ask(cast: Cast, who: str, address: str) -> str:
    client = Client()
    client.force_login(cast.users[who])
    return client.get(address).content.decode()


def set_private(cast: Cast, task: int, *, is_private: bool) -> None:
    version = Activity.objects.get(pk=task).version
    values = {"is_private": is_private}
    standard.change(entity_named("tasks"), task, actor=cast.actor("seller"), values=values, version=version)


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize(
    "address",
    [
        "/tasks?list=all",
        "/tasks?list=overdue",
        "/activities?list=all",
        "/activities?list=planned",
        "/activities?q=kham",
        "/search?q=t%C3%A1i+kh%C3%A1m",
        "/_palette?q=t%C3%A1i+kh%C3%A1m",
        "/tasks/days?who=team",
        "/api/v1/tasks",
        "/api/v1/activities",
        "/",
    ],
)
def test_stands_in_no_list_of_others(cast: Cast, make: Make, hers: int, who: str, address: str) -> None:
    other = make("Tái khám xe", due_at="20/11/2026 09:00")
    shown = ask(cast, who, address)
    assert SECRET not in shown
    assert f"/tasks/{hers}" not in shown
    assert address == "/" or "Tái khám xe" in shown or f"/{other}" in shown


@pytest.mark.parametrize("who", OTHERS)
def test_does_not_exist_for_others(cast: Cast, hers: int, who: str) -> None:
    client = Client()
    client.force_login(cast.users[who])
    about = Activity.objects.get(pk=hers).about[0]["id"]
    before = History.objects.count()

    for address in (
        f"/tasks/{hers}",
        f"/activities/{hers}",
        f"/api/v1/tasks/{hers}",
        f"/tasks/{hers}/history",
    ):
        assert client.get(address).status_code == 404, address
    for step in ("finish", "cancel", "start"):
        assert client.post(f"/tasks/{hers}/{step}", {"result": "x"}).status_code == 404
    assert client.post(f"/calendar/{hers}", {"subject": "x"}).status_code == 404
    assert SECRET not in client.get(f"/customers/{about}").content.decode()
    assert SECRET not in client.get(f"/api/v1/customers/{about}/timeline").content.decode()
    with pytest.raises(NotFound):
        standard.delete(entity_named("tasks"), hers, actor=cast.actor(who))
    assert History.objects.exclude(kind="OPENED").count() <= before
    assert Activity.objects.get(pk=hers).deleted_at is None


def test_leaves_in_no_file_of_others(cast: Cast, make: Make, hers: int) -> None:
    make("Gửi báo giá")
    client = Client()
    client.force_login(cast.users["director"])
    asked = {"all": "1", "format": "csv", "purpose": "Rà soát"}
    answer = client.post("/tasks/export?list=all&cols=subject", asked)
    text = b"".join(answer).decode("utf-8-sig")
    assert SECRET not in text
    assert "Gửi báo giá" in text


def test_shows_to_its_owner_and_to_those_who_work_on_it_or_take_part(cast: Cast, make: Make) -> None:
    helped = make("Việc làm chung", is_private=True, co_assignees=[cast.user("colleague").pk])
    met = make(
        "Gặp riêng",
        kind="MEETING",
        starts_at="30/11/2026 09:00",
        participants=[{"entity": "users", "id": cast.user("teller").pk}],
        is_private=True,
    )

    assert "Việc làm chung" in ask(cast, "colleague", "/tasks?list=all")
    assert "Gặp riêng" in ask(cast, "teller", "/activities?list=all")
    assert "Việc làm chung" in ask(cast, "seller", f"/tasks/{helped}")
    assert "Gặp riêng" in ask(cast, "seller", f"/activities/{met}")
    assert "Việc làm chung" not in ask(cast, "teller", "/tasks?list=all")


def test_opens_to_whom_its_owner_shares_it_with(cast: Cast, make: Make) -> None:
    own = make("Bàn riêng", by="director", is_private=True)
    tasks = entity_named("tasks")
    share(tasks, own, actor=cast.actor("director"), user=cast.user("manager").pk)

    assert "Bàn riêng" in ask(cast, "manager", f"/tasks/{own}")
    assert "Bàn riêng" not in ask(cast, "seller", f"/tasks/{own}")


def test_the_access_page_says_that_it_is_private(cast: Cast, hers: int) -> None:
    place = place_of(entity_named("tasks"), hers)
    assert {each.user_id for each in who_sees(place).shown} == {cast.user("seller").pk}
    told = explain_record(place, cast.user("director").pk).verdict(READ)
    assert not told.may
    assert Bar.CLOSED in told.explanation.bars


def test_shows_to_nobody_who_looks_through_her_eyes_or_stands_in_for_her(cast: Cast, hers: int) -> None:
    looking = replace(cast.actor("seller"), seen_by=cast.user("director").pk)
    assert not entity_named("tasks").rows(looking).filter(pk=hers).exists()
    assert entity_named("tasks").rows(cast.actor("seller")).filter(pk=hers).exists()


def test_comes_into_the_open_when_its_owner_says_so(cast: Cast, hers: int) -> None:
    set_private(cast, hers, is_private=False)
    assert SECRET in ask(cast, "manager", "/tasks?list=all")
    set_private(cast, hers, is_private=True)
    assert SECRET not in ask(cast, "manager", "/tasks?list=all")
