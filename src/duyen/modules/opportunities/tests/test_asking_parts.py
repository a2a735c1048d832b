"""Opportunities asked for by their products and contacts: for whom, and what leads nowhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from duyen.foundation.access.models import FieldRight
from duyen.foundation.org.models import Role
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    """Give what stands on a page for its reader."""
    return re.sub(r"<[^>]*>", " ", answer.content.decode())


def test_asks_by_products_only_whom_the_amount_is_open_to(
    deal: Make, take: Take, goods: Goods, client: Client, cast: Cast
) -> None:
    take("add_line", deal(), product=goods.box, quantity=2)
    client.force_login(cast.user("seller"))
    address = f"/opportunities?list=all&opportunity_lines.product.eq={goods.box}"
    open_to_her = client.get(address)
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field="amount", level="hidden")

    assert "Mạng cho kho lạnh" in words(open_to_her)
    refused = client.get(address)
    assert refused.status_code == 422
    assert "Mạng cho kho lạnh" not in words(refused)
    assert client.get("/reports/opportunities_by_month_and_product").status_code == 404


def test_refuses_a_condition_on_parts_that_leads_nowhere(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    for condition in (
        "opportunity_lines.product.eq=x",
        "opportunity_lines.nothing.eq=1",
        "opportunity_lines.product.contains=1",
        "opportunity_lines.product.owner.eq=1",
        "opportunity_answers.item.eq=1",
        "opportunity_lines.eq=1",
    ):
        assert client.get(f"/opportunities?list=all&{condition}").status_code == 422, condition
