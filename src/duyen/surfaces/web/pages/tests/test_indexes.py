"""The page of indexes: offered where a list was refused, built when confirmed, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities.models import CompanyIndex
from duyen.foundation.access.models import RoleRight
from duyen.foundation.jobs.models import Job
from duyen.foundation.org.models import Role
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def _long(make_customers: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duyen.entities.paging.MOST_SORTED", 2)
    monkeypatch.setattr("duyen.entities.candidates.MOST_LOOKED_AT", 2)
    make_customers(4)


@pytest.mark.usefixtures("_long")
def test_a_refused_list_leads_to_an_administrator_and_she_sees_what_people_miss(
    browser_of: BrowserOf,
) -> None:
    seller, admin = browser_of("seller"), browser_of("admin")

    refused = seller.get("/customers?sort=born_on")
    filtered = seller.get("/customers?note.contains=vang")
    indexes = admin.get("/settings/indexes")

    assert refused.status_code == filtered.status_code == 422
    assert "Người quản trị có thể làm cho việc này nhanh" in text(refused)
    assert "Người quản trị có thể làm cho việc này nhanh" in text(filtered)
    assert "/settings/indexes" not in text(refused)
    assert "Khách hàng · sắp xếp và lọc theo “Ngày sinh”" in text(indexes)
    assert 'href="/settings/indexes/new?what=customers.born_on.sort"' in text(indexes)
    assert "Khách hàng · lọc theo “Ghi chú”" in text(indexes)


@pytest.mark.usefixtures("_long")
def test_offers_the_index_on_the_list_to_whoever_may_build_it(cast: Cast, browser_of: BrowserOf) -> None:
    RoleRight.objects.create(
        role=Role.objects.get(code="ADMIN"), entity="customers", verb="read", reach="all"
    )

    refused = browser_of("admin").get("/customers?sort=-born_on")

    assert 'href="/settings/indexes/new?what=customers.born_on.sort"' in text(refused)


def test_shows_the_cost_and_leaves_the_work_to_the_worker(browser_of: BrowserOf) -> None:
    admin = browser_of("admin")

    offer = admin.get("/settings/indexes/new?what=customers.born_on.sort")
    built = admin.post("/settings/indexes/new", {"what": "customers.born_on.sort"})
    again = admin.post("/settings/indexes/new", {"what": "customers.born_on.filter"})

    assert offer.status_code == 200
    assert "nhập dữ liệu và sửa chậm đi một chút" in text(offer)
    job = Job.objects.get()
    assert built.headers["Location"] == f"/jobs/{job.pk}"
    assert "Chỉ mục: Khách hàng · sắp xếp và lọc theo “Ngày sinh”" in text(admin.get(f"/jobs/{job.pk}"))
    assert again.status_code == 409
    assert "Chỉ mục này đã có" in text(again)
    row = CompanyIndex._default_manager.get()
    assert (row.field, row.state) == ("born_on", "building")
    assert "Đang tạo" in text(admin.get("/settings/indexes"))
    assert admin.post(f"/settings/indexes/{row.pk}/remove").status_code == 409
    assert CompanyIndex._default_manager.get().state == "building"


def test_offers_again_what_broke_off(browser_of: BrowserOf) -> None:
    admin = browser_of("admin")
    admin.post("/settings/indexes/new", {"what": "customers.born_on.sort"})
    Job.objects.update(state="failed")

    shown = admin.get("/settings/indexes")
    again = admin.post("/settings/indexes/new", {"what": "customers.born_on.sort"})

    assert "Dừng giữa chừng" in text(shown)
    assert again.headers["Location"] == f"/jobs/{Job.objects.latest('pk').pk}"
    assert CompanyIndex._default_manager.get().job == Job.objects.latest("pk")


@pytest.mark.parametrize(
    "what", ["", "customers.name.sort", "customers.x.sort", "moon.name.sort", "customers"]
)
def test_knows_nothing_of_what_cannot_be_built(browser_of: BrowserOf, what: str) -> None:
    assert browser_of("admin").get(f"/settings/indexes/new?what={what}").status_code == 404


def test_is_closed_to_others_and_changes_nothing_for_them(browser_of: BrowserOf) -> None:
    director = browser_of("director")

    answers = [
        director.get("/settings/indexes"),
        director.get("/settings/indexes/new?what=customers.born_on.sort"),
        director.post("/settings/indexes/new", {"what": "customers.born_on.sort"}),
        director.post("/settings/indexes/1/remove"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert not CompanyIndex._default_manager.exists()
    assert not Job.objects.exists()
