"""The copy of her data speaks in words: no name of a column, no code and no id stands in it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.utils.translation import override

from duyen.entities import standard
from duyen.entities.exporting.fetching import fetch
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.clock import today
from duyen.modules.subject_requests.tests.conftest import Note, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def _make(cast: Cast, entity: str, *, by: str = "seller", **values: Any) -> int:
    return standard.create(entity_named(entity), actor=cast.actor(by), values=values).id


def _deal_with_a_line(cast: Cast, person: int) -> int:
    """Make a deal of hers with a product on it, in which she decides herself; give the product."""
    director, seller = cast.actor("director"), cast.actor("seller")
    product = _make(
        cast, "products", by="director", code="LINE", name="Cáp quang nhà phố", kind="RECURRING",
        billing_period="MONTH", vat_class="TELECOM",
    )  # fmt: skip
    prices = _make(cast, "price_lists", by="director", code="P1", name="Bảng giá", valid_from=today())
    lists = entity_named("price_lists")
    perform(lists, "set_prices", prices, actor=director, arguments={"lines": "LINE;;200000;300000;150000"})
    perform(lists, "issue", prices, actor=director, arguments={})
    deals = entity_named("opportunities")
    about_deal: dict[str, Any] = {"source": "REFERRAL", "expected_close": today()}
    deal = _make(cast, "opportunities", name="Mạng cho nhà chị Chi", customer=person, **about_deal)
    line = {"product": product, "quantity": 2, "site": "Tầng 2"}
    perform(deals, "add_line", deal, actor=seller, arguments=line)
    role = {"role": "DECISION_MAKER", "attitude": "1", "note": "Quyết định cùng chồng"}
    perform(deals, "add_deal_contact", deal, actor=seller, arguments=role)
    return product


def test_the_copy_says_in_words_what_hangs_on_her(
    cast: Cast, officer: Actor, person: int, note: Note, take: Take
) -> None:
    firm = _make(cast, "customers", name="Công ty TNHH Minh Khuê", kind="ORGANISATION")
    product = _deal_with_a_line(cast, person)
    tie = {"contact": person, "job_title": "Kế toán trưởng", "role": "INFLUENCER"}
    perform(entity_named("customers"), "add_contact", firm, actor=cast.actor("seller"), arguments=tie)
    about_lead: dict[str, Any] = {"source": "WEB", "phones": ["0912345678"], "products": [product]}
    lead = _make(cast, "leads", name="Đoàn Thuỳ Chi", **about_lead)
    perform(entity_named("leads"), "join", lead, actor=cast.actor("seller"), arguments={"party": person})
    asked = note("ACCESS")
    take("prove", asked, proven_by="ID_CARD", proof="Căn cước, xem tại quầy")

    with override("vi"):
        copied = take("copy_data", asked).job
        assert copied is not None
        assert work(copied)
    file, _name = fetch(Job.objects.get(pk=copied), actor=officer)

    with file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        told = {each: json.loads(archive.read(each)) for each in archive.namelist() if each.endswith(".json")}
    rows = {each.removeprefix("data/").removesuffix(".json"): found for each, found in told.items()}
    tied = next(each for each in rows["parties_tie"])
    assert tied["Với ai"] == "Công ty TNHH Minh Khuê"
    assert (tied["Chức danh"], tied["Vai trò"]) == ("Kế toán trưởng", "Ảnh hưởng")
    (line,) = rows["opportunities_line"]
    assert (line["Cơ hội"], line["Sản phẩm"]) == ("Mạng cho nhà chị Chi", "Cáp quang nhà phố")
    (part,) = rows["opportunities_contact"]
    assert part["Ghi chú"] == "Quyết định cùng chồng"
    assert "Cáp quang nhà phố" in rows["leads_lead"][0].values()
    heads = {head for found in rows.values() for row in found for head in row}
    assert not [head for head in heads if "_" in head or head.islower()]
    cells = {str(cell) for found in rows.values() for row in found for cell in row.values()}
    assert not [cell for cell in cells if cell.isupper() and "_" in cell]
