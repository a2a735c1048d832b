"""The commission plan of a deal: what is shared, by whom, and what it does to winning."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Kept
from duyen.foundation.audit.models import History
from duyen.foundation.settings.company import keep_setting
from duyen.modules.commissions.models import Commission, Plan
from duyen.modules.commissions.settings import PLAN_NEEDED
from duyen.modules.commissions.tests.conftest import Make, Take, prove, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _change(cast: Cast, commission_id: int, *, by: str = "seller", **values: object) -> None:
    version = stand(commission_id).version
    standard.change(
        entity_named("commissions"), commission_id, actor=cast.actor(by), values=values, version=version
    )


def _amounts(deal_id: int) -> list[int | None]:
    found = Commission.objects.filter(opportunity_id=deal_id, deleted_at=None).order_by("pk")
    return list(found.values_list("amount", flat=True))


def _against_winning(take: Take, deal_id: int) -> str:
    with pytest.raises(NotNow) as refused:
        take("win", deal_id, win_reason="PRICE", no_rival=True)
    return str(refused.value).lower()


def test_shares_out_a_rate_of_the_deal(deal: Make, take: Take, share: Make, cast: Cast) -> None:
    made = deal(amount=100_000_001)
    take("plan_commission", made, basis="NET", rate="3")
    share(made, "60", kind="EMPLOYEE", employee=cast.users["seller"].pk)
    share(made, "40")

    assert _amounts(made) == [1_800_000, 1_200_000]
    assert Plan.objects.get(opportunity_id=made).total == 3_000_000


def test_follows_the_deal_the_rate_and_the_shares(deal: Make, take: Take, share: Make, cast: Cast) -> None:
    made = deal()
    first, second = share(made, "50"), share(made, "50", beneficiary="Điểm bán Cầu Đất", kind="POINT_OF_SALE")
    assert _amounts(made) == [None, None]

    take("plan_commission", made, fixed_amount=1_000_001)
    assert _amounts(made) == [500_001, 500_000]

    take("plan_commission", made, basis="NET", rate="10")
    opportunities = entity_named("opportunities")
    version = opportunities.model._default_manager.values_list("version", flat=True).get(pk=made)
    standard.change(opportunities, made, actor=cast.actor("seller"), values={"amount": 20}, version=version)
    assert _amounts(made) == [1, 1]

    _change(cast, first, split="25")
    _change(cast, second, split="75")
    assert _amounts(made) == [1, 1]

    standard.delete(entity_named("commissions"), first, actor=cast.actor("seller"))
    assert _amounts(made) == [2]


def test_goes_with_the_deal_to_another_owner(deal: Make, share: Make, cast: Cast) -> None:
    made = deal()
    held = share(made)

    standard.hand_over(
        entity_named("opportunities"),
        [made],
        actor=cast.actor("director"),
        owner=cast.users["outsider"].pk,
        unit=cast.unit("HD1").pk,
    )

    row = stand(held)
    assert (row.owner_id, row.unit_id) == (cast.users["outsider"].pk, cast.unit("HD1").pk)


def test_a_deal_is_not_won_before_its_shares_make_a_hundred(
    deal: Make, take: Take, share: Make, cast: Cast
) -> None:
    made = deal()
    assert "chưa có kế hoạch hoa hồng" in _against_winning(take, made)

    share(made, "60")
    assert "chưa nói hoa hồng tính trên gì" in _against_winning(take, made)

    take("plan_commission", made, basis="NET", rate="3")
    assert "60%, chưa phải 100%" in _against_winning(take, made)

    share(made, "40", beneficiary="Điểm bán Cầu Đất", kind="POINT_OF_SALE")
    assert "hoa hồng" not in _against_winning(take, made)


def test_or_before_it_is_said_that_none_is_due(deal: Make, take: Take, share: Make) -> None:
    made = deal()

    take("waive_commission", made, none_due="Bán thẳng, không có người giới thiệu")

    assert "hoa hồng" not in _against_winning(take, made)
    with pytest.raises(InvalidValues) as refused:
        share(made)
    assert [each.code for each in refused.value.problems] == ["none_due"]
    assert _amounts(made) == []


def test_the_company_may_win_without_a_plan(deal: Make, take: Take, cast: Cast) -> None:
    made = deal()

    keep_setting(PLAN_NEEDED, False, actor=cast.actor("admin"))

    assert "hoa hồng" not in _against_winning(take, made)


@pytest.mark.parametrize(
    "asked", [{}, {"basis": "NET"}, {"rate": "3", "fixed_amount": 5}, {"rate": "0"}, {"rate": "101"}]
)
def test_is_a_rate_or_an_amount(deal: Make, take: Take, asked: dict[str, object]) -> None:
    made = deal()
    told = History.objects.count()

    with pytest.raises(InvalidValues):
        take("plan_commission", made, **asked)

    assert not Plan.objects.exists()
    assert History.objects.count() == told


def test_a_lost_deal_gets_no_beneficiary(deal: Make, take: Take, share: Make) -> None:
    made = deal()
    take("lose", made, loss_reason="PRICE")

    with pytest.raises(InvalidValues):
        share(made)
    assert _amounts(made) == []


def test_nobody_plans_for_the_deals_of_others(deal: Make, share: Make, cast: Cast, take: Take) -> None:
    made = deal()

    for who in ("outsider", "colleague"):
        with pytest.raises(InvalidValues):
            share(made, by=who)
        with pytest.raises(NotFound):
            take("plan_commission", made, by=who, rate="3")
    with pytest.raises((InvalidValues, NotAllowed)):
        share(made, by="care_agent")
    assert _amounts(made) == []


def test_none_is_due_only_where_nobody_stands(deal: Make, take: Take, share: Make) -> None:
    made = deal()
    share(made)

    with pytest.raises(NotNow):
        take("waive_commission", made, none_due="Không có")
    assert not Plan.objects.exists()


def test_what_is_confirmed_stays(deal: Make, take: Take, share: Make, cast: Cast) -> None:
    made = deal(is_won=True)
    take("plan_commission", made, rate="3")
    first, second = share(made, "60"), share(made, "40", beneficiary="Điểm bán Cầu Đất", kind="POINT_OF_SALE")
    prove(cast, first)
    take("accrue", first, of="commissions", by="manager")

    for values in ({"split": "70"}, {"beneficiary": "Người khác"}):
        with pytest.raises(InvalidValues):
            _change(cast, first, **values)
    with pytest.raises(InvalidValues):
        _change(cast, second, split="30")
    with pytest.raises(InvalidValues):
        share(made, "10")
    with pytest.raises(Kept):
        standard.delete(entity_named("commissions"), second, actor=cast.actor("seller"))
    with pytest.raises(NotNow):
        perform(
            entity_named("opportunities"),
            "plan_commission",
            made,
            actor=cast.actor("seller"),
            arguments={"rate": "5"},
        )
    assert _amounts(made) == [1_800_000, 1_200_000]


def test_the_tab_shows_plan_and_shares_to_who_may_see_them(
    deal: Make, take: Take, share: Make, client: Client, cast: Cast
) -> None:
    made = deal()
    take("plan_commission", made, basis="NET", rate="3")
    share(made, "60")
    client.force_login(cast.user("seller"))

    page = client.get(f"/opportunities/{made}?tab=commissions").content.decode()

    assert "Đại lý Hoa Phượng" in page
    assert "3.000.000" in page
    assert "1.800.000" in page
    assert "cộng lại chưa đúng 100 %" in page
    assert len(page.encode()) < 60_000

    client.force_login(cast.user("colleague"))
    assert client.get(f"/opportunities/{made}?tab=commissions").status_code == 404


def test_a_plan_is_made_without_a_script(deal: Make, client: Client, cast: Cast) -> None:
    made = deal()
    client.force_login(cast.user("seller"))

    client.post(f"/opportunities/{made}/plan_commission", {"basis": "NET", "rate": "3", "fixed_amount": ""})
    client.post(
        "/commissions/new",
        {"opportunity": made, "kind": "EMPLOYEE", "employee": cast.users["seller"].pk, "split": "100"},
    )

    assert _amounts(made) == [3_000_000]
    row = Commission.objects.get()
    assert (row.beneficiary, row.taxed_as) == ("Nguyễn Hồng Hạnh", "PAYROLL")
