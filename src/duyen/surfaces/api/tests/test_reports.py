"""Reports by REST: the figures of the caller's own rows, and the filter that lists them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from duyen.foundation.access.models import FieldRight
from duyen.foundation.org.models import Role
from duyen.kernel.clock import today
from duyen.surfaces.api.tests.conftest import Caller

BY_TYPE = "/reports/opportunities_by_type"
MakeDeal = Callable[..., int]


@pytest.fixture
def deal(seller: Caller) -> MakeDeal:
    """Make a deal of the seller's by REST."""
    customer = seller.new_customer()["id"]

    def make(amount: int, kind: str = "NEW_BUSINESS") -> int:
        body = {
            "name": "Mạng cho kho lạnh",
            "customer": customer,
            "type": kind,
            "source": "REFERRAL",
            "expected_close": today().isoformat(),
            "amount": {"amount": amount, "currency": "VND"},
        }
        made = seller.post("/opportunities", body)
        assert made.status_code == 201, made.content.decode()
        return int(made.json()["id"])

    return make


def test_reads_lines_and_total_with_the_filter_of_their_rows(deal: MakeDeal, seller: Caller) -> None:
    deal(100)
    deal(300)
    renewal = deal(50, "RENEWAL")

    told = seller.get(BY_TYPE).json()

    assert (told["entity"], told["left_out"], told["is_cut"]) == ("opportunities", 0, False)
    assert [line["groups"][0]["value"] for line in told["lines"]] == ["NEW_BUSINESS", "RENEWAL"]
    first, second = told["lines"]
    assert first["values"]["number"] == 2
    assert first["values"]["share"] == 66.7
    assert first["values"]["amount"] == {"amount": 400, "currency": "VND"}
    assert first["values"]["win_rate"] is None
    assert told["total"]["values"]["number"] == 3
    listed = seller.get("/opportunities", filter=json.dumps(second["filter"])).json()["items"]
    assert [each["id"] for each in listed] == [renewal]


def test_narrows_by_a_filter_and_keeps_it_in_the_lines(deal: MakeDeal, seller: Caller) -> None:
    deal(100)
    large = deal(300)

    told = seller.get(BY_TYPE, filter='{"and": [["amount", "gte", 200]]}').json()

    assert told["total"]["values"]["number"] == 1
    listed = seller.get("/opportunities", filter=json.dumps(told["lines"][0]["filter"])).json()["items"]
    assert [each["id"] for each in listed] == [large]


def test_tells_an_outsider_nothing_of_it(deal: MakeDeal, outsider: Caller) -> None:
    deal(777)

    told = outsider.get(BY_TYPE).json()

    assert told["lines"] == []
    assert told["total"]["values"]["number"] == 0


def test_leaves_out_what_tells_of_a_hidden_field(deal: MakeDeal, seller: Caller) -> None:
    deal(777)
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field="amount", level="hidden")

    answer = seller.get(BY_TYPE)

    assert answer.json()["left_out"] == 3
    assert "amount" not in answer.json()["total"]["values"]
    assert "777" not in answer.content.decode()
    assert seller.get(BY_TYPE, filter='{"and": [["amount", "gte", 200]]}').status_code == 422


def test_answers_404_where_there_is_no_such_report(seller: Caller) -> None:
    assert seller.get("/reports/nothing").status_code == 404
    assert seller.get(BY_TYPE, order="x").status_code == 422


def test_reads_a_report_in_other_groups_that_it_offers(deal: MakeDeal, seller: Caller) -> None:
    closed = "/reports/closed_opportunities"
    deal(100)

    told = seller.get(closed, groups="state.pipeline.stage")
    unknown = seller.get(closed, groups="owner.state")
    elsewhere = seller.get(BY_TYPE, groups="state.pipeline.stage")

    assert told.status_code == 200
    assert told.json()["lines"] == []
    assert (unknown.status_code, elsewhere.status_code) == (422, 422)
    assert "Báo cáo này không có cách nhóm đó." in unknown.content.decode()
