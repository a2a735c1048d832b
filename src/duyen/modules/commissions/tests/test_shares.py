"""What the shares of a deal make together: never beyond a hundred per cent, and nobody twice."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.entities.standard import Barred
from duyen.foundation.audit.models import History
from duyen.modules.commissions.models import Commission
from duyen.modules.commissions.tests.conftest import Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_AGENT, _SHOP = "Đại lý Hoa Phượng", "Điểm bán Cầu Đất"


def _change(cast: Cast, commission_id: int, **values: object) -> None:
    standard.change(
        entity_named("commissions"),
        commission_id,
        actor=cast.actor("seller"),
        values=values,
        version=stand(commission_id).version,
    )


def _splits(deal_id: int) -> list[int]:
    found = Commission.objects.filter(opportunity_id=deal_id, deleted_at=None).order_by("pk")
    return [int(each) for each in found.values_list("split", flat=True)]


@pytest.mark.parametrize("is_planned", [True, False])
def test_a_share_beyond_a_hundred_per_cent_is_refused_with_what_is_left(
    deal: Make, take: Take, share: Make, is_planned: bool
) -> None:
    made = deal()
    if is_planned:
        take("plan_commission", made, rate="10")
    share(made, "60")
    told = History.objects.count()

    with pytest.raises(InvalidValues) as refused:
        share(made, "40.01", beneficiary=_SHOP)

    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == ("split", "too_much")
    assert "Còn lại 40 %" in str(problem.message)
    assert _splits(made) == [60]
    assert History.objects.count() == told
    share(made, "40", beneficiary=_SHOP)
    assert _splits(made) == [60, 40]


def test_a_share_is_raised_no_further_than_what_is_left_and_lowered_at_any_time(
    deal: Make, take: Take, share: Make, cast: Cast
) -> None:
    made = deal()
    take("plan_commission", made, rate="10")
    first, second = share(made, "60"), share(made, "40", beneficiary=_SHOP)

    with pytest.raises(InvalidValues):
        _change(cast, first, split="61")
    assert _splits(made) == [60, 40]

    # As it may have been entered before that was refused.
    Commission.objects.filter(pk=second).update(split=70)
    _change(cast, second, split="60")
    _change(cast, first, note="Đã hẹn lại")
    assert _splits(made) == [60, 60]
    _change(cast, first, split="40")
    assert _splits(made) == [40, 60]


def test_nobody_stands_twice_in_a_deal_for_the_same(deal: Make, share: Make, cast: Cast) -> None:
    made, seller = deal(), cast.users["seller"].pk
    agent = share(made, "20")
    share(made, "20", kind="EMPLOYEE", employee=seller)
    told = History.objects.count()

    with pytest.raises(InvalidValues) as by_name:
        share(made, "10", beneficiary="đại lý  hoa phượng")
    with pytest.raises(InvalidValues) as by_account:
        share(made, "10", kind="EMPLOYEE", employee=seller)

    assert [(each.field, each.code) for each in by_name.value.problems] == [("beneficiary", "twice")]
    assert [each.field for each in by_account.value.problems] == ["employee"]
    assert f"{_AGENT} đã có 20 % trong cơ hội này" in str(by_name.value.problems[0].message)
    assert _splits(made) == [20, 20]
    assert History.objects.count() == told
    # What is earned later is another share, and so is that of somebody else.
    share(made, "10", condition="MONTHS_PAID", months=6)
    other = share(made, "10", kind="EMPLOYEE", employee=cast.users["manager"].pk)
    with pytest.raises(InvalidValues):
        _change(cast, other, employee=seller)
    _change(cast, agent, split="25")
    assert _splits(made) == [25, 20, 10, 10]


def test_a_share_does_not_come_back_where_another_took_its_place(deal: Make, share: Make, cast: Cast) -> None:
    made, commissions, seller = deal(), entity_named("commissions"), cast.actor("seller")
    gone = share(made, "60")
    standard.delete(commissions, gone, actor=seller)
    same = share(made, "40")

    with pytest.raises(Barred):
        standard.restore(commissions, gone, actor=seller)
    _change(cast, same, beneficiary=_SHOP, split="50")
    with pytest.raises(Barred):
        standard.restore(commissions, gone, actor=seller)
    assert _splits(made) == [50]

    _change(cast, same, split="40")
    standard.restore(commissions, gone, actor=seller)
    assert sorted(_splits(made)) == [40, 60]


def test_of_a_set_only_what_goes_beyond_stays_out(deal: Make, share: Make, cast: Cast) -> None:
    made, other = deal(), deal(name="Mạng cho xưởng")
    commissions, seller = entity_named("commissions"), cast.actor("seller")
    alike = {"opportunity": made, "kind": "AGENT"}
    rows = [
        {**alike, "beneficiary": _AGENT, "split": "60"},
        {**alike, "beneficiary": _SHOP, "split": "60"},
        {**alike, "beneficiary": "Đại lý Sông Cấm", "split": "40"},
        {**alike, "opportunity": other, "beneficiary": _AGENT, "split": "100"},
    ]

    made_rows, _operation = standard.create_many(commissions, actor=seller, rows=rows)

    assert [each.id is None for each in made_rows] == [False, True, False, False]
    assert [each.code for each in made_rows[1].problems] == ["too_much"]
    assert (_splits(made), _splits(other)) == ([60, 40], [100])
    ids = list(Commission.objects.order_by("pk").values_list("pk", flat=True))
    done = change_many(commissions, ids, actor=seller, values={"split": "50"})
    assert [isinstance(each.error, InvalidValues) for each in done.outcomes].count(True) == 0
    done = change_many(commissions, ids, actor=seller, values={"split": "70"})
    assert [isinstance(each.error, InvalidValues) for each in done.outcomes] == [True, True, False]
    assert (_splits(made), _splits(other)) == ([50, 50], [70])


def test_whoever_may_not_see_a_deal_is_told_nothing_of_its_shares(deal: Make, share: Make) -> None:
    made = deal()
    share(made, "60")

    with pytest.raises(InvalidValues) as refused:
        share(made, "60", by="outsider")

    assert not {"split", "beneficiary"} & {each.field for each in refused.value.problems}
    assert _splits(made) == [60]


def test_the_form_keeps_what_was_typed_and_says_what_is_left(
    deal: Make, share: Make, client: Client, cast: Cast
) -> None:
    made = deal()
    share(made, "60")
    client.force_login(cast.user("seller"))

    answer = client.post(
        "/commissions/new", {"opportunity": made, "kind": "AGENT", "beneficiary": _SHOP, "split": "50"}
    )

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Còn lại 40 %" in shown
    assert _SHOP in shown
    assert _splits(made) == [60]
