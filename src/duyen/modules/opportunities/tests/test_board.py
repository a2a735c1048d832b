"""The board of deals: lanes, totals, marks, moves and what refuses them, and who sees none of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.boards.reading import LaneSum, chosen_within, lane_sums, lanes_of
from duyen.entities.paging import View, page
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import now, today
from duyen.kernel.money import round_half_up
from duyen.modules.opportunities.models import Opportunity, Pipeline
from duyen.modules.opportunities.seeding import STAGES
from duyen.modules.opportunities.tests.conftest import Make, Take, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Client]
BOARD = "/opportunities?view=board"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{BOARD}"}
TICK = "Đã liên lạc được với khách hàng"


@pytest.fixture
def browser_of(cast: Cast) -> BrowserOf:
    """Give the browser of somebody of the cast who is signed in."""

    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_in


def text(answer: Any) -> str:
    return str(answer.content.decode())


def words(shown: str) -> str:
    """Give what stands on a page for its reader: no address, id or number of a row is part of it."""
    return re.sub(r"<[^>]*>", " ", shown)


def lanes_in(shown: str) -> dict[int, list[int]]:
    """Give the ids of the cards by the id of the stage, in their order."""
    parts = re.split(r'data-lane="(\d+)"', shown)
    return {
        int(key): [int(each) for each in re.findall(r"id=card-(\d+)", cards.partition("</section>")[0])]
        for key, cards in zip(parts[1::2], parts[2::2], strict=True)
    }


def move(client: Client, record: int, place: int, **more: Any) -> Any:
    """Move a deal into the stage at a place, from 1, as a drag does."""
    sent = {"lane": stage_at(place).pk, "v": stand(record).version, **more}
    return client.post(f"/opportunities/{record}/lane", sent, headers=HTMX)


def answer_dialog(client: Client, asked: Any, **values: Any) -> Any:
    """Fill in what a move asks, and send it."""
    action = re.search(r'action="([^"]+)"', text(asked))
    assert action is not None
    return client.post(action[1].replace("&amp;", "&"), values, headers=HTMX)


def as_it_is(record: int) -> tuple[Any, int]:
    """Give the row and the length of the trail, to prove that a refusal changed neither."""
    return Opportunity.objects.filter(pk=record).values().get(), History.objects.count()


def backdated(record: int, cast: Cast, **columns: Any) -> None:
    """Let a deal look as if time had passed."""
    with transaction.atomic():
        trail.begin(cast.actor("director"), "tests.backdate")
        Opportunity.objects.filter(pk=record).update(**columns)


def sums_for(cast: Cast, who: str, view: View) -> Sequence[LaneSum]:
    """Add up the lanes of the board for somebody."""
    deals, actor = entity_named("opportunities"), cast.actor(who)
    board = deals.boards[0]
    lanes = lanes_of(deals, board, actor, chosen_within(board, actor, ()))
    return lane_sums(deals, board, lanes, actor=actor, view=view)


# --- what it shows ----------------------------------------------------------------------------------------


def test_shows_the_stages_in_order_each_with_what_closes_next(deal: Make, browser_of: BrowserOf) -> None:
    later = deal(expected_close=today() + dt.timedelta(days=50))
    sooner = deal(expected_close=today() + dt.timedelta(days=5))
    offered = deal(stage=stage_at(4).pk)

    shown = text(browser_of("seller").get(BOARD))

    places = range(1, len(STAGES) + 1)
    expected: dict[int, list[int]] = {stage_at(place).pk: [] for place in places}
    expected[stage_at(1).pk] = [sooner, later]
    expected[stage_at(4).pk] = [offered]
    assert list(lanes_in(shown).items()) == list(expected.items())
    heads = re.findall(r'<h2 id="lane-\d+">([^<]+)</h2>', shown)
    assert heads == [each.name for each in STAGES]


def test_begins_a_deal_in_the_stage_whose_plus_is_pressed(browser_of: BrowserOf) -> None:
    stage = stage_at(2)
    client = browser_of("seller")
    address = f"/opportunities/new?pipeline={stage.pipeline_id}&amp;stage={stage.pk}"

    shown = text(client.get(BOARD))
    assert f'href="{address}"' in shown
    form = text(client.get(address.replace("&amp;", "&")))
    assert f'value="{stage.pk}"' in form
    assert stage.name in form


def test_says_that_nothing_fits_a_condition(deal: Make, browser_of: BrowserOf) -> None:
    deal(amount=1_000_000)

    shown = text(browser_of("seller").get(f"{BOARD}&amount.gt=5000000"))

    assert "data-lane" not in shown
    assert "khớp bộ lọc" in shown


def test_shows_one_pipeline_and_leads_to_the_others(deal: Make, browser_of: BrowserOf, cast: Cast) -> None:
    director = cast.actor("director")
    stages, pipelines = entity_named("opportunity_stages"), entity_named("pipelines")
    other = standard.create(pipelines, actor=director, values={"name": "Bán thiết bị", "position": 2}).id
    empty = standard.create(pipelines, actor=director, values={"name": "Chưa dùng", "position": 3}).id
    first, second = (
        standard.create(
            stages,
            actor=director,
            values={"name": name, "pipeline": other, "position": place, "probability": 30 * place},
        ).id
        for place, name in ((1, "Chào hàng"), (2, "Giao thử"))
    )
    usual, apart = deal(), deal(pipeline=other)
    client = browser_of("seller")

    here = text(client.get(BOARD))
    there = text(client.get(f"{BOARD}&list=open&pipeline.eq={other}"))

    assert lanes_in(here)[stage_at(1).pk] == [usual]
    assert f"pipeline.eq={other}" in here
    assert "Chưa dùng" not in here
    assert str(empty) not in re.findall(r"pipeline\.eq=(\d+)", here)
    assert lanes_in(there) == {first: [apart], second: []}
    assert "Bán thiết bị" in there


def test_leaves_out_what_is_closed_and_warns_of_what_rests(
    deal: Make, take: Take, browser_of: BrowserOf
) -> None:
    lost, resting = deal(), deal()
    take("lose", lost, loss_reason="NO_NEED")
    take("hold", resting, resume_on=(today() + dt.timedelta(days=20)).isoformat())

    shown = text(browser_of("seller").get(BOARD))

    assert lanes_in(shown)[stage_at(1).pk] == [resting]
    assert "Tạm dừng đến" in shown


def test_warns_of_what_stands_still_is_late_or_lacks_something(
    deal: Make, take: Take, browser_of: BrowserOf, cast: Cast
) -> None:
    still, late, bare, fine = deal(), deal(), deal(stage=stage_at(4).pk), deal()
    backdated(still, cast, stage_since=now() - dt.timedelta(days=15, hours=1))
    backdated(late, cast, expected_close=today() - dt.timedelta(days=3))

    shown = text(browser_of("seller").get(BOARD))

    cards = {
        int(card): rest for card, rest in re.findall(r"id=card-(\d+)(.*?)</article>", shown, flags=re.DOTALL)
    }
    assert "Đứng yên 15 ngày" in cards[still]
    assert "Quá ngày chốt 3 ngày" in cards[late]
    assert "Chưa có sản phẩm nào" in cards[bare]
    assert "Chưa có người quyết định" in cards[bare]
    assert "class=late" not in cards[fine]
    assert "class=still" not in cards[fine]
    assert shown.count('"deal stale"') == 1
    assert shown.count('"deal risk"') == 2


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 3 * 10**9), st.none() | st.integers(0, 100)), max_size=6
    ),
    least=st.none() | st.integers(0, 10**9),
    who=st.sampled_from(["seller", "manager", "outsider"]),
)
def test_adds_up_to_the_dong_what_the_list_shows(
    cast: Cast,
    deal: Make,
    made: list[tuple[int, int, int | None]],
    least: int | None,
    who: str,
) -> None:
    deals = entity_named("opportunities")
    parts = [["amount", "gte", least]] if least is not None else []
    with transaction.atomic():
        for place, amount, probability in made:
            deal(stage=stage_at(place).pk, amount=amount, probability=probability)
        view = View(filter={"and": parts} if parts else None, limit=200)
        held = sums_for(cast, who, view)
        rows = page(deals, deals.listing("all"), actor=cast.actor(who), view=view).rows
        transaction.set_rollback(True)

    for each in held:
        inside = [row for row in rows if str(row["stage_id"]) == each.lane.key]
        assert each.number == len(inside)
        assert each.total == sum(row["amount"] for row in inside)
        assert each.weighed == sum(row["weighted"] for row in inside)
        assert each.weighed == sum(
            round_half_up(Decimal(row["amount"] * row["probability"]) / 100) for row in inside
        )
    assert sum(each.number for each in held) == len(rows)


def test_says_totals_over_the_lanes_and_in_their_heads(deal: Make, browser_of: BrowserOf) -> None:
    deal(amount=100_000_000)
    deal(amount=300_000_000)
    deal(amount=1_000_000_000, stage=stage_at(4).pk, probability=80)
    client = browser_of("seller")

    told = text(client.get("/opportunities/board/sums?view=board", headers=HTMX))
    some = text(client.get("/opportunities/board/sums?view=board&amount.lt=200000000", headers=HTMX))

    first, fourth = stage_at(1).pk, stage_at(4).pk
    assert re.search(rf'id="lane-{first}-number"[^>]*>2<', told)
    assert re.search(rf'id="lane-{first}-total"[^>]*><b class="m">400[^<]*</b> · 10% → 40', told)
    # Its probability was typed: the stage's 50 % would explain nothing.
    assert re.search(rf'id="lane-{fourth}-total"[^>]*><b class="m">1[^<]*</b> · → 800', told)
    assert "1,4" in told
    assert "840" in told
    assert re.search(rf'id="lane-{first}-number"[^>]*>1<', some)
    assert re.search(rf'id="lane-{fourth}-number"[^>]*>0<', some)


def test_tells_no_total_of_an_amount_that_is_hidden(deal: Make, browser_of: BrowserOf) -> None:
    deal(amount=123_000_000)
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field="amount", level="hidden")
    client = browser_of("seller")

    shown = text(client.get(BOARD)) + text(client.get("/opportunities/board/sums?view=board", headers=HTMX))

    assert "Mạng cho kho lạnh" in words(shown)
    assert "123" not in words(shown)
    assert "→ 12" not in words(shown)


def test_costs_as_many_queries_for_many_cards_as_for_few(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    client = browser_of("seller")
    for place in range(1, 7):
        deal(stage=stage_at(place).pk)
    client.get(BOARD)
    with CaptureQueriesContext(connection) as few:
        client.get(BOARD)
    for place in range(1, 7):
        for number in range(9):
            deal(name=f"Internet doanh nghiệp SLA – Công ty TNHH Kho vận {number}", stage=stage_at(place).pk)

    old = {"stage_since": now() - dt.timedelta(days=40), "expected_close": today() - dt.timedelta(days=2)}
    for record in Opportunity.objects.values_list("pk", flat=True):
        backdated(record, cast, **old)

    with CaptureQueriesContext(connection) as many:
        answer = client.get(BOARD)

    assert len(many) == len(few)
    assert {len(each) for each in lanes_in(text(answer)).values()} == {6}
    assert len(answer.content) < 60_000


# --- what a move does -------------------------------------------------------------------------------------


def test_moves_a_deal_to_the_next_stage(deal: Make, take: Take, browser_of: BrowserOf) -> None:
    made, client = deal(amount=100_000_000), browser_of("seller")
    take("settle_item", made, item=TICK)

    answer = move(client, made, 2)

    row = stand(made)
    assert answer["HX-Retarget"] == f"#card-{made}"
    assert "recount" in answer["HX-Trigger"]
    assert f'data-at="{stage_at(2).pk}"' in text(answer)
    assert (row.stage.position, row.probability, row.weighted) == (2, 20, 20_000_000)


def test_tells_every_reason_and_leaves_the_deal(deal: Make, browser_of: BrowserOf) -> None:
    made = deal(stage=stage_at(4).pk)
    before = as_it_is(made)

    answer = move(browser_of("seller"), made, 5)

    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#dlg")
    for reason in ("Đã gửi báo giá", "sản phẩm", "quyết định"):
        assert reason in text(answer)
    assert as_it_is(made) == before


def test_asks_why_a_stage_is_skipped(deal: Make, take: Take, browser_of: BrowserOf) -> None:
    made, client = deal(), browser_of("seller")
    take("settle_item", made, item=TICK)
    before = as_it_is(made)

    asked = move(client, made, 3)
    refused = answer_dialog(client, asked, note="")

    assert (asked.status_code, asked["HX-Retarget"]) == (200, "#dlg")
    assert refused.status_code == 422
    assert as_it_is(made) == before

    answer = answer_dialog(client, asked, note="Khách đã khảo sát")
    assert answer["HX-Retarget"] == f"#card-{made}"
    assert stand(made).stage.position == 3


def test_asks_why_a_deal_goes_back(deal: Make, browser_of: BrowserOf) -> None:
    made, client = deal(stage=stage_at(3).pk), browser_of("seller")
    before = as_it_is(made)

    asked = move(client, made, 1)
    assert answer_dialog(client, asked, note="").status_code == 422
    assert as_it_is(made) == before

    answer_dialog(client, asked, note="Khách đổi ý")
    row = stand(made)
    assert (row.stage.position, row.steps_back) == (1, 1)


def test_leaves_a_late_deal_that_only_the_head_takes_back(deal: Make, browser_of: BrowserOf) -> None:
    made = deal(stage=stage_at(5).pk)
    before = as_it_is(made)
    client = browser_of("seller")

    refused = answer_dialog(client, move(client, made, 2), note="Khách đổi ý")

    assert refused.status_code == 403
    assert as_it_is(made) == before


def test_moves_no_deal_that_rests(deal: Make, take: Take, browser_of: BrowserOf) -> None:
    made = deal()
    take("hold", made, resume_on=(today() + dt.timedelta(days=20)).isoformat())
    before = as_it_is(made)

    assert move(browser_of("seller"), made, 2).status_code == 409
    assert as_it_is(made) == before


def test_moves_no_deal_into_a_stage_of_another_pipeline(deal: Make, browser_of: BrowserOf) -> None:
    made = deal()
    before = as_it_is(made)
    sent = {"lane": 987_654, "v": 1}

    answer = browser_of("seller").post(f"/opportunities/{made}/lane", sent, headers=HTMX)

    assert answer.status_code == 409
    assert as_it_is(made) == before


def test_tells_the_second_of_two_who_put_the_deal_where(
    deal: Make, take: Take, browser_of: BrowserOf, cast: Cast
) -> None:
    made = deal()
    take("settle_item", made, item=TICK)
    seen = stand(made).version
    take("advance", made, by="manager")
    before = as_it_is(made)

    answer = move(browser_of("seller"), made, 3, v=seen)

    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#dlg")
    assert cast.user("manager").full_name in text(answer)
    assert f"<dd>{STAGES[1].name}</dd>" in text(answer)
    assert f"<dd>{STAGES[2].name}</dd>" in text(answer)
    assert as_it_is(made) == before


def test_works_without_a_script(deal: Make, take: Take, browser_of: BrowserOf) -> None:
    made, client = deal(), browser_of("seller")
    take("settle_item", made, item=TICK)

    shown = text(client.get(f"/opportunities/{made}/lane"))
    sent = {"lane": stage_at(2).pk, "v": stand(made).version, "back": BOARD}
    moved = client.post(f"/opportunities/{made}/lane", sent)

    assert all(each.name in shown for each in STAGES[1:])
    assert (moved.status_code, moved["Location"]) == (302, BOARD)
    assert stand(made).stage.position == 2


# --- for whom ---------------------------------------------------------------------------------------------


def test_keeps_a_deal_from_the_seller_of_another_area(deal: Make, browser_of: BrowserOf) -> None:
    made = deal(name="Mạng riêng của Minh Khuê", amount=777_000_000)
    before = as_it_is(made)
    client = browser_of("outsider")

    shown = text(client.get(f"{BOARD}&list=all"))
    sums = text(client.get("/opportunities/board/sums?view=board&list=all", headers=HTMX))

    assert not any(lanes_in(shown).values())
    assert "Minh Khuê" not in shown
    assert "777" not in words(sums)
    assert "<b>0</b>" in sums
    assert client.get(f"/opportunities/{made}/lane").status_code == 404
    assert move(client, made, 2).status_code == 404
    assert as_it_is(made) == before


def test_gives_no_board_to_whoever_may_not_see_the_stage(deal: Make, browser_of: BrowserOf) -> None:
    deal()
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field="stage", level="hidden")

    shown = text(browser_of("seller").get(BOARD))

    assert "data-lane" not in shown
    assert STAGES[0].name not in shown


def test_stands_without_any_pipeline(browser_of: BrowserOf, cast: Cast) -> None:
    with transaction.atomic():
        trail.begin(cast.actor("director"), "tests.retire")
        Pipeline.objects.update(deleted_at=now())

    answer = browser_of("seller").get(BOARD)

    assert answer.status_code == 200
    assert "data-lane" not in text(answer)
