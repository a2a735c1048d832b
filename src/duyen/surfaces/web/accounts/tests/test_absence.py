"""Recording an absence with a deputy, by oneself or an administrator, and what colleagues see of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Absence
from duyen.kernel.clock import today
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

PAGE = "/profile/absence"


def _given(cast: Cast, deputy: str = "teller", *, since: int = 0, days: int = 3) -> dict[str, str]:
    first = today() + dt.timedelta(days=since)
    last = first + dt.timedelta(days=days - 1)
    return {
        "since": first.strftime("%d/%m/%Y"),
        "until": last.strftime("%d/%m/%Y"),
        "deputy": str(cast.users[deputy].pk),
        "note": "Nghỉ phép",
    }


@pytest.fixture
def seller(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("seller"))
    return client


def test_is_recorded_shown_and_ended_by_oneself(seller: Client, cast: Cast) -> None:
    assert seller.post(PAGE, _given(cast)).headers["Location"] == PAGE

    page = seller.get(PAGE).content.decode()
    assert "Trần Quốc Bảo làm thay" in page
    kept = Absence.objects.get()
    assert (kept.user, kept.deputy, kept.note) == (cast.users["seller"], cast.users["teller"], "Nghỉ phép")
    entry = History.objects.get(entity="absences")
    assert (entry.verb, entry.root_id) == ("users.record_absence", cast.users["seller"].pk)
    teller = Client()
    teller.force_login(cast.user("teller"))
    assert "Nguyễn Hồng Hạnh" in teller.get(PAGE).content.decode()

    seller.post(f"{PAGE}/end", {"absence": kept.pk})

    assert not Absence.objects.exists()
    assert seller.post(f"{PAGE}/end", {"absence": kept.pk}).status_code == 409


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": "01/01/2020"}, "Nhập ngày cuối"),
        ({"since": "31/12/2026", "until": "30/12/2026"}, "Nhập ngày cuối"),
        ({"deputy": "myself"}, "Hãy chọn người khác"),
        ({"deputy": ""}, "err"),
        ({"until": "mai mốt"}, "err"),
        ({"note": "x" * 301}, "err"),
    ],
)
def test_refuses_what_makes_no_sense_beside_its_field(
    seller: Client, cast: Cast, change: dict[str, str], said: str
) -> None:
    change = {
        name: str(cast.users["seller"].pk) if value == "myself" else value for name, value in change.items()
    }

    answer = seller.post(PAGE, _given(cast) | change)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Absence.objects.exists()


def test_refuses_one_that_overlaps_and_says_which(seller: Client, cast: Cast) -> None:
    seller.post(PAGE, _given(cast, since=2, days=5))

    answer = seller.post(PAGE, _given(cast, "colleague", since=6, days=2))

    assert answer.status_code == 422
    assert "với Trần Quốc Bảo" in answer.content.decode()
    assert Absence.objects.count() == 1
    assert seller.post(PAGE, _given(cast, since=7, days=2)).status_code == 302


def test_a_longer_one_that_has_begun_ends_yesterday(seller: Client, cast: Cast) -> None:
    seller.post(PAGE, _given(cast, since=-2, days=9))

    seller.post(f"{PAGE}/end", {"absence": Absence.objects.get().pk})

    assert Absence.objects.get().until == today() - dt.timedelta(days=1)


def test_nobody_ends_that_of_somebody_else(seller: Client, cast: Cast) -> None:
    seller.post(PAGE, _given(cast))
    other = Client()
    other.force_login(cast.user("teller"))

    kept = Absence.objects.get().pk
    assert other.post(f"{PAGE}/end", {"absence": kept}).status_code == 409
    address = f"/users/{cast.users['seller'].pk}"
    assert other.post(f"{address}/end_absence", {"absence": kept}).status_code in (403, 404)
    assert other.post(f"{address}/record_absence", _given(cast, since=30)).status_code in (403, 404)
    assert Absence.objects.count() == 1


def test_an_administrator_records_and_ends_it_for_somebody(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("admin"))
    address = f"/users/{cast.users['seller'].pk}"

    assert client.post(f"{address}/record_absence", _given(cast)).status_code == 302

    page = client.get(address).content.decode()
    assert "Trần Quốc Bảo làm thay" in page
    told = client.get(f"{address}?tab=history").content.decode()
    assert "Ghi nhận vắng mặt" in told
    assert client.post(f"{address}/record_absence", _given(cast)).status_code == 422
    client.post(f"{address}/end_absence", {"absence": Absence.objects.get().pk})
    assert not Absence.objects.exists()


def test_colleagues_see_beside_the_name_who_stands_in(seller: Client, cast: Cast) -> None:
    values = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL"}
    made = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    manager = Client()
    manager.force_login(cast.user("manager"))
    said = "Vắng đến"
    assert said not in manager.get(f"/customers/{made}").content.decode()

    seller.post(PAGE, _given(cast))

    assert said in manager.get(f"/customers/{made}").content.decode()
    assert said in manager.get("/customers").content.decode()
