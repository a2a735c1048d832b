"""The life of a deal: what the model of it allows, the product allows, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.performing import NotNow
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.kernel.clock import today
from duyen.kernel.errors import DomainError
from duyen.modules.opportunities.models import Competitor, Encounter, Stay
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, no_conditions, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_LATER = today() + dt.timedelta(days=20)
#: What the seller asks with each step; a manager takes those that she may not.
_STEPS: dict[str, dict[str, object]] = {
    "win": {"win_reason": "PRICE", "no_rival": True},
    "lose": {"loss_reason": "PRICE"},
    "cancel": {"cancel_reason": "DUPLICATE"},
    "hold": {"resume_on": _LATER.isoformat()},
    "resume": {},
    "reopen": {"close_note": "Khách gọi lại"},
    "advance": {},
    "step_back": {"note": "Khách đổi ý"},
}
_FROM = {
    "win": {"OPEN"},
    "lose": {"OPEN", "ON_HOLD"},
    "cancel": {"OPEN", "ON_HOLD"},
    "hold": {"OPEN"},
    "resume": {"ON_HOLD"},
    "reopen": {"LOST"},
    "advance": {"OPEN"},
    "step_back": {"OPEN"},
}
_TO = {
    "win": "WON",
    "lose": "LOST",
    "cancel": "CANCELLED",
    "hold": "ON_HOLD",
    "resume": "OPEN",
    "reopen": "OPEN",
}
_LAST, _LATE = 6, 4


class _Model:
    """A deal as the process describes it: state and place; without checklists, with a product,
    without commission and paper.
    """

    def __init__(self) -> None:
        self.state, self.place, self.back = "OPEN", 1, 0

    def allows(self, verb: str) -> bool:
        if self.state not in _FROM[verb]:
            return False
        return {
            "advance": self.place < _LAST,
            "step_back": self.place > 1,
            "win": self.place >= _LATE,
        }.get(verb, True)

    def take(self, verb: str) -> None:
        self.state = _TO.get(verb, self.state)
        self.place += {"advance": 1, "step_back": -1}.get(verb, 0)
        self.back += verb == "step_back"
        if verb == "reopen":
            self.place = 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(_STEPS)), min_size=1, max_size=14))
def test_goes_where_the_model_goes_and_nowhere_else(
    deal: Make, take: Take, goods: Goods, no_paper: None, cast: Cast, verbs: list[str]
) -> None:
    with transaction.atomic():
        no_conditions(cast)
        made = deal()
        take("add_line", made, product=goods.box, quantity=1)
        take("waive_commission", made, none_due="Bán thẳng")
        model = _Model()
        for verb in verbs:
            asked = dict(_STEPS[verb])
            if verb == "step_back":
                asked["stage"] = stage_at(max(1, model.place - 1)).pk
            told = History.objects.count()
            try:
                with transaction.atomic():
                    take(verb, made, by="manager", **asked)
            except DomainError:
                assert not model.allows(verb), f"{verb} is refused at {model.state}, {model.place}"
                assert History.objects.count() == told
            else:
                assert model.allows(verb), f"{verb} is taken at {model.state}, {model.place}"
                model.take(verb)
            row = stand(made)
            assert (row.state, row.stage.position, row.steps_back) == (model.state, model.place, model.back)
            assert (row.closed_on is not None) == (row.state in ("WON", "LOST", "CANCELLED"))
            stay = Stay.objects.filter(opportunity_id=made).order_by("pk").last()
            assert stay is not None
            standing = "" if row.closed_on is None else row.state
            assert (stay.stage_id, stay.entered_at, stay.left) == (row.stage_id, row.stage_since, standing)
        transaction.set_rollback(True)


def test_begins_in_the_first_stage_with_its_probability(deal: Make) -> None:
    row = stand(deal(amount=100_000_000))

    assert (row.stage.position, row.probability, row.weighted) == (1, 10, 10_000_000)


def test_is_not_moved_on_before_the_checklist_is_ticked(deal: Make, take: Take) -> None:
    made = deal()
    told = History.objects.count()

    with pytest.raises(NotNow) as refused:
        take("advance", made)

    assert "Đã liên lạc được với khách hàng" in str(refused.value)
    assert stand(made).stage.position == 1
    assert History.objects.count() == told

    take("settle_item", made, item="Đã liên lạc được với khách hàng")
    take("advance", made)
    assert stand(made).stage.position == 2
    assert stand(made).probability == 20


def test_says_everything_that_is_lacking_at_once(deal: Make, take: Take) -> None:
    made = deal(stage=stage_at(4).pk)

    with pytest.raises(NotNow) as refused:
        take("advance", made)

    assert len(refused.value.reasons) == 3


def test_skips_a_stage_with_a_reason_alone(deal: Make, take: Take) -> None:
    made = deal()
    take("settle_item", made, item="Đã liên lạc được với khách hàng")

    with pytest.raises(InvalidValues) as refused:
        take("advance", made, stage=stage_at(3).pk)
    assert [each.field for each in refused.value.problems] == ["note"]

    take("advance", made, stage=stage_at(3).pk, note="Khách đã khảo sát")
    assert stand(made).stage.position == 3


def test_only_the_head_of_the_area_takes_a_late_deal_back(deal: Make, take: Take) -> None:
    made = deal(stage=stage_at(5).pk)

    with pytest.raises(NotAllowed):
        take("step_back", made, stage=stage_at(2).pk, note="Khách đổi ý")
    assert stand(made).stage.position == 5

    take("step_back", made, by="manager", stage=stage_at(2).pk, note="Khách đổi ý")
    assert (stand(made).stage.position, stand(made).steps_back) == (2, 1)


def test_is_not_won_without_product_paper_and_commission_plan(deal: Make, take: Take, goods: Goods) -> None:
    made = deal(stage=stage_at(4).pk)

    with pytest.raises(NotNow) as refused:
        take("win", made, win_reason="PRICE")
    assert len(refused.value.reasons) == 3
    assert stand(made).state == "OPEN"


def test_is_won_with_the_amount_of_its_products(deal: Make, take: Take, goods: Goods, no_paper: None) -> None:
    made = deal(stage=stage_at(4).pk)
    take("add_line", made, product=goods.box, quantity=3)
    take("waive_commission", made, none_due="Bán thẳng")

    take("win", made, win_reason="SPEED")

    row = stand(made)
    assert (row.state, row.actual_amount, row.closed_on, row.probability) == ("WON", 3_000_000, today(), 100)


def test_a_large_loss_is_confirmed_by_the_head_of_the_area(deal: Make, take: Take) -> None:
    made = deal(amount=200_000_001)

    with pytest.raises(NeedsApproval):
        take("lose", made, loss_reason="PRICE")
    assert stand(made).state == "OPEN"

    take("lose", made, by="manager", loss_reason="PRICE")
    assert stand(made).state == "LOST"


def test_a_loss_names_who_won(deal: Make, take: Take, cast: Cast) -> None:
    from duyen.entities import standard

    rival = standard.create(
        entity_named("competitors"), actor=cast.actor("director"), values={"name": "VNet"}
    ).id
    made = deal()

    take("lose", made, loss_reason="PRICE", lost_to=rival, price_gap=5_000_000)

    assert Encounter.objects.get(opportunity_id=made, is_winner=True).competitor_id == rival
    assert stand(made).price_gap == 5_000_000
    assert Competitor.objects.count() == 1

    take("reopen", made, by="manager", close_note="Đối thủ không giao được")
    assert not Encounter.objects.filter(is_winner=True).exists()
    assert stand(made).stage.position == 2


def test_a_seller_cancels_and_reopens_nothing_by_herself(deal: Make, take: Take) -> None:
    made = deal()

    with pytest.raises(NeedsApproval):
        take("cancel", made, cancel_reason="MISTAKE")
    take("lose", made, loss_reason="NO_NEED")
    with pytest.raises(NotAllowed):
        take("reopen", made, close_note="Có nhu cầu lại")

    assert stand(made).state == "LOST"


def test_a_seller_of_another_area_finds_nothing_of_it(deal: Make, take: Take) -> None:
    made = deal()

    for verb, asked in _STEPS.items():
        with pytest.raises((NotFound, InvalidValues)):
            take(verb, made, by="outsider", **asked)
