"""What warns of deals, in the rows of the list: the same as on the board, and what one filters by."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.marking import marks_of
from duyen.entities.paging import View, page
from duyen.entities.registry import entity_named
from duyen.kernel.clock import now, today
from duyen.modules.opportunities.tests.conftest import Make, Take, hide, stage_at, stand
from duyen.modules.opportunities.tests.test_board import BrowserOf, backdated, browser_of, text
from duyen.modules.opportunities.words import Warns
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
__all__ = ["browser_of"]
LIST = "/opportunities?list=all"
#: Stands still, is late, and lacks what its stage asks for.
OLD = {"stage_since": now() - dt.timedelta(days=40), "expected_close": today() - dt.timedelta(days=2)}


def rows_in(shown: str) -> dict[int, str]:
    """Give what stands beside the name of each deal of a list."""
    found = re.findall(r'<tr id="row-(\d+)".*?<td class=name>(.*?)</td>', shown, flags=re.DOTALL)
    return {int(row): re.sub(r"<[^>]*>", " ", name) for row, name in found}


def found_by(cast: Cast, code: str, who: str = "seller") -> set[int]:
    deals = entity_named("opportunities")
    view = View(filter={"and": [["marks", "eq", code]]}, limit=200)
    return {row["id"] for row in page(deals, deals.listing("all"), actor=cast.actor(who), view=view).rows}


def warned(cast: Cast, code: str, who: str = "seller") -> set[int]:
    """Give the deals that the cards of the board warn of in one way."""
    deals = entity_named("opportunities")
    rows = page(deals, deals.listing("all"), actor=cast.actor(who), view=View(limit=200)).rows
    told = marks_of(deals, cast.actor(who), rows)
    return {row["id"] for row in rows if any(each.code == code for each in told.get(row["id"], ()))}


def test_says_in_the_row_what_the_card_warns_of(deal: Make, browser_of: BrowserOf, cast: Cast) -> None:
    still, late, bare, fine = deal(), deal(), deal(stage=stage_at(4).pk), deal()
    backdated(still, cast, stage_since=now() - dt.timedelta(days=15, hours=1))
    backdated(late, cast, expected_close=today() - dt.timedelta(days=3))

    shown = text(browser_of("seller").get(LIST))

    rows = rows_in(shown)
    assert "để lâu" in rows[still]
    assert "quá hạn" in rows[late]
    assert "thiếu" in rows[bare]
    assert not any(word in rows[fine] for word in ("để lâu", "quá hạn", "thiếu"))


@pytest.mark.parametrize(
    ("code", "place"), [("STALE", 0), ("LATE", 1), ("INCOMPLETE", 2)], ids=["stale", "late", "incomplete"]
)
def test_finds_by_the_form_what_is_warned_of(
    deal: Make, browser_of: BrowserOf, cast: Cast, code: str, place: int
) -> None:
    made = [deal(), deal(), deal(stage=stage_at(4).pk), deal()]
    backdated(made[0], cast, stage_since=now() - dt.timedelta(days=15, hours=1))
    backdated(made[1], cast, expected_close=today() - dt.timedelta(days=3))
    client = browser_of("seller")

    form = text(client.get("/opportunities/filter?field=marks"))
    shown = client.get(f"{LIST}&field=marks&op=in&value={code}", follow=True)

    assert f'value="{code}"' in form
    assert list(rows_in(text(shown))) == [made[place]]
    assert "Cảnh báo" in text(shown)


def test_finds_by_the_api_and_refuses_what_is_no_warning(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    bare, fine = deal(stage=stage_at(4).pk), deal()
    client = browser_of("seller")

    def asked(condition: Sequence[Any]) -> Any:
        return client.get("/api/v1/opportunities", {"filter": json.dumps(condition)})

    found = asked(["marks", "in", ["INCOMPLETE", "LATE"]]).json()
    refused = [asked(["marks", "eq", "WORN"]), asked(["marks", "empty", True]), asked(["marks", "in", []])]

    assert [each["id"] for each in found["items"]] == [bare]
    assert [each.status_code for each in refused] == [422, 422, 422]
    assert stand(fine).stage_id != stand(bare).stage_id


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(
            st.integers(1, 6),
            st.integers(-30, 30),
            st.integers(0, 24 * 40),
            st.sampled_from(["", "decides", "sells", "both", "rests", "lost"]),
        ),
        min_size=1,
        max_size=7,
    )
)
def test_means_the_same_in_rows_on_cards_and_in_the_filter(
    cast: Cast, deal: Make, take: Take, contact: int, made: list[tuple[int, int, int, str]]
) -> None:
    with transaction.atomic():
        for place, days, hours, more in made:
            one = deal(stage=stage_at(place).pk)
            if more in ("decides", "both"):
                take("add_deal_contact", one, contact=contact, role="DECISION_MAKER")
            if more == "rests":
                take("hold", one, resume_on=(today() + dt.timedelta(days=20)).isoformat())
            if more == "lost":
                take("lose", one, loss_reason="NO_NEED")
            backdated(
                one,
                cast,
                expected_close=today() + dt.timedelta(days=days),
                stage_since=now() - dt.timedelta(hours=hours),
                line_count=int(more in ("sells", "both")),
            )
        held = [(warned(cast, code), found_by(cast, code)) for code in Warns]
        transaction.set_rollback(True)

    for on_cards, by_filter in held:
        assert on_cards == by_filter


@pytest.fixture
def contact(cast: Cast) -> int:
    """Somebody who decides."""
    values = {"name": "Nguyễn Thị Hạnh"}
    return standard.create(entity_named("contacts"), actor=cast.actor("seller"), values=values).id


def test_shows_no_warning_that_tells_of_a_hidden_field(deal: Make, browser_of: BrowserOf, cast: Cast) -> None:
    still = deal()
    backdated(still, cast, stage_since=now() - dt.timedelta(days=90))
    hide("stage_since")
    client = browser_of("seller")

    shown, form = text(client.get(LIST)), text(client.get("/opportunities/filter?field=marks"))
    asked = client.get("/api/v1/opportunities", {"filter": json.dumps(["marks", "eq", "STALE"])})

    assert "để lâu" not in rows_in(shown)[still]
    assert 'value="STALE"' not in form
    assert 'value="LATE"' in form
    assert asked.status_code == 422


def test_costs_as_many_queries_for_many_deals_as_for_few(
    deal: Make, browser_of: Callable[[str], Client], cast: Cast
) -> None:
    client = browser_of("seller")

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    addresses = (LIST, f"{LIST}&marks.in=INCOMPLETE", f"{LIST}&marks.in=STALE&marks.in=LATE")
    for _more in range(3):
        backdated(deal(stage=stage_at(4).pk), cast, **OLD)
    for address in addresses:
        client.get(address)
    few = [cost(address) for address in addresses]
    for _more in range(30):
        backdated(deal(stage=stage_at(4).pk), cast, **OLD)

    assert [cost(address) for address in addresses] == few
