"""How long a deal stood in each stage: whatever moves, closes or rests it, its stays tell the same."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.db import connection

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.kernel.clock import ZONE, stopped, today
from duyen.modules.opportunities.actions.past import Past, note_past
from duyen.modules.opportunities.models import Opportunity, Stay
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, no_conditions, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_paper")]

#: In the morning of a day on which the cast and its prices are there, wherever midnight falls.
_BEGUN = dt.datetime.combine(today() + dt.timedelta(days=2), dt.time(9), ZONE)
_FILL = importlib.import_module("duyen.modules.opportunities.migrations.0008_stays_from_the_trail")
_MARK = importlib.import_module("duyen.modules.opportunities.migrations.0015_mark_first_stays")


def _on(day: int) -> dt.datetime:
    """Give the morning so many days after the first one."""
    return _BEGUN + dt.timedelta(days=day)


def _told(deal_id: int) -> list[tuple[str, str, int | None, int]]:
    """Give the stays of a deal: stage, how it left, days that count, days on which it rested."""
    rows = Stay.objects.filter(opportunity_id=deal_id).order_by("entered_at", "pk")
    return [(each.stage.name, each.left, each.days, each.rested) for each in rows.select_related("stage")]


def _name(place: int) -> str:
    return stage_at(place).name


def _marked() -> tuple[list[int], list[tuple[int, int]]]:
    """Give the deals of the stays that are marked as the first, and their deals and stages where one is."""
    rows = Stay.objects.order_by("opportunity_id", "stage_id")
    return (
        list(rows.filter(is_first=True).values_list("opportunity_id", flat=True)),
        list(rows.filter(is_first_there=True).values_list("opportunity_id", "stage_id")),
    )


def _told_apart() -> tuple[list[int], list[tuple[int, int]]]:
    """Give the deals that have stays, and each stage in which one stood once."""
    pairs = sorted(set(Stay.objects.values_list("opportunity_id", "stage_id")))
    return sorted({deal for deal, _stage in pairs}), pairs


@pytest.fixture(autouse=True)
def _freely(cast: Cast) -> None:
    no_conditions(cast)


@pytest.fixture
def walked(deal: Make, take: Take, goods: Goods) -> int:
    """A deal that went on, back, rested, was lost, taken up again and won; every step on a day of its own."""
    with stopped(_on(0)):
        made = deal(expected_close=_on(200).date())
        take("add_line", made, product=goods.box, quantity=1)
        take("waive_commission", made, none_due="Bán thẳng")
    with stopped(_on(3)):
        take("advance", made)
    with stopped(_on(5)):
        take("step_back", made, by="manager", stage=stage_at(1).pk, note="Khách đổi ý")
    with stopped(_on(6)):
        take("advance", made, stage=stage_at(4).pk, note="Khách giục")
    with stopped(_on(10)):
        take("hold", made, resume_on=_on(40).date())
    with stopped(_on(30)):
        take("resume", made)
    with stopped(_on(35)):
        take("lose", made, loss_reason="PRICE")
    with stopped(_on(50)):
        take("reopen", made, by="manager", close_note="Khách gọi lại")
    with stopped(_on(52)):
        take("advance", made, stage=stage_at(5).pk, note="Đã khảo sát")
    with stopped(_on(60)):
        take("win", made, win_reason="SPEED", closed_on=_on(58).date())
    return made


def test_every_step_that_moves_or_closes_a_deal_tells_how_long_it_stood(walked: int) -> None:
    assert _told(walked) == [
        (_name(1), "ON", 3, 0),
        (_name(2), "BACK", 2, 0),
        (_name(1), "ON", 1, 0),
        (_name(4), "LOST", 9, 20),
        (_name(2), "ON", 2, 0),
        (_name(5), "WON", 6, 0),
    ]


def test_says_who_brought_the_deal_into_each_stage(walked: int, cast: Cast) -> None:
    seller, manager = cast.user("seller").pk, cast.user("manager").pk

    movers = list(
        Stay.objects.filter(opportunity_id=walked)
        .order_by("entered_at", "pk")
        .values_list("entered_by_id", flat=True)
    )

    assert movers == [seller, seller, manager, seller, manager, seller]


def test_what_the_trail_tells_of_old_deals_is_what_their_steps_told(
    walked: int, deal: Make, take: Take
) -> None:
    with stopped(_on(1)):
        resting, moved = deal(name="Nghỉ"), deal(name="Dời giai đoạn", stage=stage_at(2).pk)
        take("hold", resting, resume_on=_on(20).date())
    columns = ("opportunity_id", "stage_id", "entered_at", "left_at", "left", "rested", "party_id")
    before = set(Stay.objects.values_list(*columns))
    assert {row[0] for row in before} == {walked, resting, moved}

    Stay.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_FILL._FILL)

    filled = {tuple({**dict(zip(columns, row, strict=True)), "rested": 0}.values()) for row in before}
    assert set(Stay.objects.values_list(*columns)) == filled


def test_marks_one_stay_of_a_deal_and_one_in_each_stage(walked: int, deal: Make) -> None:
    with stopped(_on(0)):
        deal(name="Mới", stage=stage_at(3).pk)

    assert Stay.objects.filter(opportunity_id=walked).count() == 6
    assert _marked() == _told_apart()


def test_marks_those_that_were_there_before(walked: int, deal: Make) -> None:
    deal(name="Mới", stage=stage_at(3).pk)
    before = list(Stay.objects.order_by("pk").values())
    Stay.objects.update(is_first=False, is_first_there=True)

    for _time in range(2):
        with connection.cursor() as cursor:
            cursor.execute(_MARK._MARK, [0, Stay.objects.latest("opportunity_id").opportunity_id + 1])

    assert list(Stay.objects.order_by("pk").values()) == before


def test_a_deal_that_is_won_on_the_day_it_came_stood_for_no_day(deal: Make, take: Take) -> None:
    with stopped(_on(0)):
        made = deal(stage=stage_at(3).pk)
    with stopped(_on(4)):
        take("lose", made, loss_reason="PRICE", closed_on=_on(-9).date())

    assert _told(made) == [(_name(3), "LOST", 0, 0)]


def test_a_stage_that_goes_takes_the_stays_of_its_deals_along(deal: Make, take: Take, cast: Cast) -> None:
    with stopped(_on(0)):
        open_now, resting = deal(stage=stage_at(2).pk), deal(stage=stage_at(2).pk, name="Nghỉ")
        lost = deal(stage=stage_at(2).pk, name="Đã thua")
    with stopped(_on(2)):
        take("hold", resting, resume_on=_on(40).date())
        take("lose", lost, loss_reason="PRICE")
    gone, target = stage_at(2), stage_at(3)

    with stopped(_on(7)):
        perform(
            entity_named("opportunity_stages"),
            "retire",
            gone.pk,
            actor=cast.actor("admin"),
            arguments={"target": target.pk},
        )
    with stopped(_on(9)):
        take("resume", resting)
    with stopped(_on(10)):
        take("advance", resting)

    assert _told(open_now) == [(gone.name, "MOVED", 7, 0), (target.name, "", None, 0)]
    assert _told(resting)[:2] == [(gone.name, "MOVED", 2, 5), (target.name, "ON", 1, 2)]
    assert _told(lost) == [(gone.name, "LOST", 2, 0)]
    assert _marked() == _told_apart()


def test_a_deal_with_a_past_stood_where_it_is_said_to_have_stood(deal: Make, take: Take) -> None:
    with stopped(_on(0)):
        made = deal(stage=stage_at(3).pk)
    past = Past(_on(-10), path=[(stage_at(1).pk, _on(-30)), (stage_at(2).pk, _on(-25))])

    note_past({made: past}, actor=system_actor("tests"))

    assert _told(made) == [(_name(1), "ON", 5, 0), (_name(2), "ON", 15, 0), (_name(3), "", None, 0)]
    assert Stay.objects.get(left_at=None).entered_at == stand(made).stage_since == _on(-10)
    assert _marked() == _told_apart()


def test_a_refused_step_leaves_the_stays_alone(deal: Make, take: Take) -> None:
    made = deal()
    before = list(Stay.objects.values()), Opportunity.objects.values().get(), History.objects.count()

    with pytest.raises(Exception, match=r".+"):
        take("win", made, win_reason="PRICE")

    assert (
        list(Stay.objects.values()),
        Opportunity.objects.values().get(),
        History.objects.count(),
    ) == before
