"""A whole import of records of any kind is taken back from its page; what was worked on since stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client

from duyen.entities import standard
from duyen.entities.importing import rejected_path
from duyen.entities.registry import entity_named
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.clock import today
from duyen.modules.activities.models import Activity
from duyen.modules.catalog.models import Product
from duyen.modules.opportunities.models import Opportunity
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]

KINDS = {
    "products": (
        "Mã,Tên,Loại,Kỳ cước,Nhóm thuế GTGT",
        "{code},{name},Định kỳ,Hằng tháng,Viễn thông",
        Product,
        "name",
    ),
    "opportunities": (
        "Mã,Tên,Khách hàng,Nguồn,Ngày chốt",
        "{code},{name},Công ty TNHH Minh Khuê,Giới thiệu,31/12/2030",
        Opportunity,
        "name",
    ),
    "activities": (
        "Mã,Tiêu đề,Loại,Hạn",
        "{code},{name},Cuộc gọi,31/12/2030 09:00",
        Activity,
        "subject",
    ),
}
#: Products have codes of the company, the others those that are given to them.
_OWN_CODES = {"products": {"Một": "P1", "Hai": "P2", "Ba": "P3"}}


def _customer(cast: Cast) -> None:
    values = {"name": "Công ty TNHH Minh Khuê", "kind": "ORGANISATION"}
    standard.create(entity_named("customers"), actor=cast.actor("director"), values=values)


def _bring(client: Client, entities: str, rows: list[tuple[str, str]], rule: str) -> Job:
    """Hand a file in on the page, let it begin, and do the work."""
    heads, line, _model, _title = KINDS[entities]
    text = "\n".join([heads, *(line.format(code=code, name=name) for code, name in rows)])
    sent = {"file": SimpleUploadedFile("tệp.csv", text.encode())}
    address = str(client.post(f"/{entities}/import", sent).headers["Location"])
    job = _done(client.post(address, {"rule": rule, "step": "begin"}))
    assert job.rejected == 0, job.result
    return job


def _done(answer: Any) -> Job:
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.get(pk=int(answer.headers["Location"].rsplit("/", 1)[-1]))
    assert work(job.pk)
    job.refresh_from_db()
    return job


def _standing(model: type[Model], title: str) -> dict[str, bool]:
    """Give the records by title: whether each lies in the bin."""
    rows = model._default_manager.values_list(title, "deleted_at")
    return {name: deleted_at is not None for name, deleted_at in rows}


@pytest.mark.parametrize("entities", KINDS)
def test_takes_back_what_it_made_and_what_it_changed(
    browser_of: BrowserOf, cast: Cast, entities: str
) -> None:
    _customer(cast)
    model, title = KINDS[entities][2:]
    client, own = browser_of("director"), _OWN_CODES.get(entities, {})
    _bring(client, entities, [(own.get(name, ""), name) for name in ("Một", "Hai")], "create")
    codes = dict(model._default_manager.values_list(title, "code"))
    job = _bring(client, entities, [(codes["Một"], "Một mới"), (own.get("Ba", ""), "Ba")], "update")
    assert (job.result["imported"], job.result["updated"]) == (1, 1)
    assert _standing(model, title) == {"Một mới": False, "Hai": False, "Ba": False}
    assert "Hoàn tác cả lần nhập" in client.get(f"/jobs/{job.pk}").content.decode()

    undone = _done(client.post(f"/jobs/{job.pk}/undo"))

    assert (undone.result["changed"], undone.rejected) == (2, 0)
    assert _standing(model, title) == {"Một": False, "Hai": False, "Ba": True}
    assert "Hoàn tác cả lần nhập" not in client.get(f"/jobs/{job.pk}").content.decode()
    again = client.post(f"/jobs/{job.pk}/undo")
    assert again.headers["Location"].endswith(f"/{undone.pk}")


@pytest.mark.parametrize("entities", KINDS)
def test_keeps_and_names_what_was_worked_on_since(browser_of: BrowserOf, cast: Cast, entities: str) -> None:
    _customer(cast)
    model, title = KINDS[entities][2:]
    client, own = browser_of("director"), _OWN_CODES.get(entities, {})
    job = _bring(client, entities, [(own.get(name, ""), name) for name in ("Một", "Hai")], "create")
    row = model._default_manager.get(**{title: "Một"})
    standard.change(
        entity_named(entities), row.pk, actor=cast.actor("director"), version=1, values={title: "Một sửa"}
    )

    undone = _done(client.post(f"/jobs/{job.pk}/undo"))

    assert (undone.result["changed"], undone.rejected) == (1, 1)
    assert _standing(model, title) == {"Một sửa": False, "Hai": True}
    assert "Một sửa" in rejected_path(undone).read_text("utf-8-sig")


def test_keeps_a_product_that_a_price_list_names(browser_of: BrowserOf, cast: Cast) -> None:
    client, director = browser_of("director"), cast.actor("director")
    job = _bring(client, "products", [("P1", "Một"), ("P2", "Hai")], "create")
    values = {"code": "B1", "name": "Bảng giá", "valid_from": today()}
    price_list = standard.create(entity_named("price_lists"), actor=director, values=values).id
    price = {"price_list": price_list, "product": Product.objects.get(code="P1").pk, "price": 180_000}
    standard.create(entity_named("price_lines"), actor=director, values=price)

    undone = _done(client.post(f"/jobs/{job.pk}/undo"))

    assert (undone.result["changed"], undone.rejected) == (1, 1)
    assert _standing(Product, "name") == {"Một": False, "Hai": True}
    assert "bảng giá" in rejected_path(undone).read_text("utf-8-sig").lower()


def test_is_not_offered_to_whoever_may_delete_nothing(browser_of: BrowserOf, cast: Cast) -> None:
    values = {"name": "Công ty TNHH Minh Khuê", "kind": "ORGANISATION"}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    client = browser_of("seller")
    job = _bring(client, "opportunities", [("", "Một")], "create")

    page = client.get(f"/jobs/{job.pk}").content.decode()
    answer = client.post(f"/jobs/{job.pk}/undo")

    assert "Hoàn tác cả lần nhập" not in page
    assert (answer.status_code, Job.objects.count()) == (403, 1)
    assert _standing(Opportunity, "name") == {"Một": False}
