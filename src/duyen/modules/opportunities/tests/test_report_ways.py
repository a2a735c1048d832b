"""Closed opportunities in other groups: by last stage, by the competitor who won, by how long they took."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from duyen.entities import standard
from duyen.entities.counting import count_all
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.kernel.clock import now, today
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.opportunities.tests.conftest import BrowserOf, Make, stage_at
from duyen.modules.opportunities.tests.reporting import close, lines_in, links_in, text, words
from duyen.surfaces.web.pages.state import ListState
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_REPORT = "/reports/closed_opportunities"
_STAGES, _RIVALS, _DAYS = "state.pipeline.stage", "state.lost_to", "state.days_taken"


def _began(record: int, cast: Cast, days_before: int) -> None:
    """Let a deal have been entered so many days before it was closed."""
    with transaction.atomic():
        trail.begin(cast.actor("director"), "tests.backdate")
        Opportunity.objects.filter(pk=record).update(created_at=now() - dt.timedelta(days=days_before))


def _rival(cast: Cast, name: str) -> int:
    return standard.create(
        entity_named("competitors"), actor=cast.actor("director"), values={"name": name}
    ).id


def _lose(record: int, cast: Cast, *, to: int, gap: int) -> None:
    close(record, cast, "LOST", today())
    with transaction.atomic():
        trail.begin(cast.actor("director"), "tests.lose")
        Opportunity.objects.filter(pk=record).update(lost_to=to, price_gap=gap)


def test_tells_from_which_stage_deals_were_closed_in_the_order_of_the_stages(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    for place in (4, 2, 4):
        close(deal(stage=stage_at(place).pk, amount=100), cast, "LOST", today())

    shown = lines_in(text(browser_of("seller").get(f"{_REPORT}?groups={_STAGES}")))

    lost, _pipeline, *stages, total = shown
    assert (lost, total) == ("Thua", "Tổng")
    assert stages == [stage_at(2).name, stage_at(4).name]
    assert [shown[each][0] for each in stages] == ["1", "2"]


def test_tells_to_whom_deals_were_lost_and_by_what_gap_in_price(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    near, far = _rival(cast, "Viễn thông Bến Cảng"), _rival(cast, "Mạng Đảo Xa")
    _lose(deal(amount=100), cast, to=near, gap=1_000)
    _lose(deal(amount=100), cast, to=near, gap=3_000)
    _lose(deal(amount=100), cast, to=far, gap=500)

    shown = lines_in(text(browser_of("seller").get(f"{_REPORT}?groups={_RIVALS}")))

    assert list(shown) == ["Thua", "Viễn thông Bến Cảng", "Mạng Đảo Xa", "Tổng"]
    assert [each[0] for each in shown.values()] == ["3", "2", "1", "3"]
    assert [each[-1] for each in shown.values()] == ["1.500", "2.000", "500", "1.500"]


def test_tells_how_many_days_deals_took_in_stretches_that_open_their_own_deals(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    for days in (0, 7, 8, 30, 31, 366, 900):
        record = deal()
        close(record, cast, "LOST", today())
        _began(record, cast, days)
    brought_in = deal()
    close(brought_in, cast, "LOST", today() - dt.timedelta(days=1))
    client = browser_of("seller")

    page = text(client.get(f"{_REPORT}?groups={_DAYS}&period=all"))
    shown = lines_in(page)

    assert list(shown) == ["Thua", "0–7", "8–30", "31–90", "từ 366 trở lên", "Chưa điền", "Tổng"]
    assert [each[0] for each in shown.values()] == ["8", "2", "2", "1", "2", "1", "8"]
    deals, actor = entity_named("opportunities"), cast.actor("seller")
    opened = {address: figure for address, figure in links_in(page) if figure in "128"}
    assert len(opened) >= 6
    for address, figure in opened.items():
        state = ListState.read(deals, QueryDict(urlsplit(address).query))
        assert count_all(deals, actor=actor, view=state.view()) == int(figure)


def test_the_days_that_a_deal_took_stand_in_the_list_and_follow_it(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    record = deal()
    assert Opportunity.objects.get(pk=record).days_taken is None
    close(record, cast, "WON", today())
    _began(record, cast, 12)

    shown = text(browser_of("seller").get("/opportunities?list=closed"))

    assert Opportunity.objects.get(pk=record).days_taken == 12
    assert "Số ngày tới khi đóng" in shown
    assert "Đối thủ thắng" in shown


def test_offers_no_groups_of_a_field_that_is_closed_to_the_reader(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    rival = _rival(cast, "Viễn thông Bến Cảng")
    _lose(deal(), cast, to=rival, gap=1_000)
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field="lost_to", level="hidden")
    client = browser_of("seller")

    shown = text(client.get(f"{_REPORT}?groups={_RIVALS}"))

    assert f'value="{_STAGES}"' in shown
    assert f'value="{_RIVALS}"' not in shown
    assert "Viễn thông Bến Cảng" not in words(shown)
    # What nobody offers is read in the report's own groups.
    assert list(lines_in(shown)) == ["Thua", cast.user("seller").full_name, "Tổng"]


def test_paper_and_workbook_have_the_groups_that_were_chosen(
    deal: Make, browser_of: BrowserOf, cast: Cast
) -> None:
    _lose(deal(), cast, to=_rival(cast, "Viễn thông Bến Cảng"), gap=1_000)
    client = browser_of("director")

    paper = text(client.get(f"{_REPORT}/print?groups={_RIVALS}"))
    told = client.post(f"{_REPORT}/export?groups={_RIVALS}", {"purpose": "Họp giao ban"})

    assert "Viễn thông Bến Cảng" in words(paper)
    rows = CalamineWorkbook.from_filelike(BytesIO(told.getvalue())).get_sheet_by_index(0).to_python()
    assert "Viễn thông Bến Cảng" in [row[1] for row in rows]
