"""Who was beaten when a deal is won: asked by the step, told on the competitor's page and by won and lost."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.modules.opportunities.models import Encounter, Opportunity
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_paper")]


@pytest.fixture
def ready(cast: Cast, deal: Make, take: Take, goods: Goods, client: Client) -> int:
    """A deal that can be won, and the browser of its seller."""
    made = deal(stage=stage_at(6).pk)
    take("add_line", made, product=goods.box, quantity=1)
    take("waive_commission", made, none_due="Bán thẳng")
    client.force_login(cast.user("seller"))
    return made


def _rival(cast: Cast, name: str) -> int:
    return standard.create(
        entity_named("competitors"), actor=cast.actor("director"), values={"name": name}
    ).id


def _words(shown: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))


def test_counts_who_is_named_and_who_stood_on_the_deal(
    ready: int, take: Take, client: Client, cast: Cast
) -> None:
    known, new = _rival(cast, "FStar"), _rival(cast, "VNet Đông Hải")
    take("add_competitor", ready, competitor=known)
    sent = {"win_reason": "PRICE", "beaten": [f"competitors:{known}", f"competitors:{new}"]}

    assert "Đối thủ đã vượt qua" in client.get(f"/opportunities/{ready}/win").content.decode()
    client.post(f"/opportunities/{ready}/win", sent)

    row = stand(ready)
    assert (row.state, row.competitor_ids) == ("WON", sorted([known, new]))
    held = Encounter.objects.filter(opportunity_id=ready)
    assert sorted(held.values_list("competitor_id", flat=True)) == sorted([known, new])
    tab = client.get(f"/opportunities/{ready}?tab=competitors").content.decode()
    assert _words(tab).count("Đã vượt qua") == 2
    for rival in (known, new):
        told = client.get(f"/competitors/{rival}?tab=deals").content.decode()
        way = f'href="/opportunities?list=closed&amp;competitors.eq={rival}&amp;state.in=WON">1</a>'
        assert way in told
    outcomes = client.get("/opportunities/outcomes").content.decode()
    assert re.search(
        rf'href="/competitors/{new}\?tab=deals">VNet Đông Hải</a></th><td class="num"><a [^>]*>1</a>',
        outcomes,
    )


@pytest.mark.parametrize("is_met", [False, True])
def test_asks_who_was_beaten_or_that_it_was_nobody(
    ready: int, take: Take, client: Client, cast: Cast, is_met: bool
) -> None:
    if is_met:
        take("add_competitor", ready, competitor=_rival(cast, "FStar"))
    before = Opportunity.objects.filter(pk=ready).values().get(), History.objects.count()
    sent = {"win_reason": "PRICE", "close_note": "Khách ký luôn", **({"no_rival": "on"} if is_met else {})}

    answer = client.post(f"/opportunities/{ready}/win", sent)

    told = "Đang có đối thủ trên cơ hội" if is_met else "Ghi đã vượt qua ai"
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "Khách ký luôn" in answer.content.decode()
    assert (Opportunity.objects.filter(pk=ready).values().get(), History.objects.count()) == before


def test_is_won_where_there_was_nobody_else(ready: int, client: Client) -> None:
    client.post(f"/opportunities/{ready}/win", {"win_reason": "PRICE", "no_rival": "on"})

    row = stand(ready)
    assert (row.state, row.competitor_ids) == ("WON", [])


def test_refuses_a_competitor_that_is_not_there(ready: int, client: Client) -> None:
    before = Opportunity.objects.filter(pk=ready).values().get(), History.objects.count()

    answer = client.post(
        f"/opportunities/{ready}/win", {"win_reason": "PRICE", "beaten": "competitors:987654"}
    )

    assert answer.status_code == 422
    assert (Opportunity.objects.filter(pk=ready).values().get(), History.objects.count()) == before


def test_a_step_begins_with_what_is_usual(ready: int, client: Client) -> None:
    form = client.get(f"/opportunities/{ready}/add_line").content.decode()

    quantity = re.search(r'<input[^>]*name="quantity"[^>]*>', form)
    assert quantity is not None
    assert 'value="1"' in quantity[0]
