"""The company's page offers to convert addresses from before 1/7/2025."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities.converting import CONVERT
from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.testing.cast import Cast


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def test_offers_to_convert_old_addresses_and_starts_it_once(admin: Client, cast: Cast) -> None:
    assert "Chuyển địa chỉ" not in admin.get("/settings/company").content.decode()
    values = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL"}
    customers = entity_named("customers")
    create(customers, actor=cast.actor("seller"), values=values)
    trail.begin(system_actor("tests"), "tests.old")
    customers.model._default_manager.update(
        addresses=[{"ward": "P.5", "district": "Q.3", "province": "TP.HCM"}]
    )
    page = admin.get("/settings/company").content.decode()
    assert "1 bản ghi còn địa chỉ chưa chuyển" in page

    answers = [admin.post("/settings/addresses") for _time in range(2)]

    job = Job.objects.get(kind=CONVERT)
    assert [each["Location"] for each in answers] == [f"/jobs/{job.pk}"] * 2
    assert job.asked_by_id == cast.users["admin"].pk
    assert "Xem tiến độ" in admin.get("/settings/company").content.decode()
    work(job.pk)
    assert "Đã chuyển đổi" in admin.get(f"/jobs/{job.pk}").content.decode()
    assert "địa chỉ chưa chuyển" not in admin.get("/settings/company").content.decode()


def test_lets_nobody_but_administrators_convert(client: Client, cast: Cast) -> None:
    client.force_login(cast.users["manager"])
    assert client.post("/settings/addresses").status_code == 403
    assert not Job.objects.filter(kind=CONVERT).exists()
