"""The life of a commission: what the model of it allows, the product allows, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.approvals.asking import ask
from duyen.entities.approvals.deciding import grant
from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.performing import NotNow
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.kernel.clock import today
from duyen.kernel.errors import DomainError
from duyen.modules.commissions.models import Commission
from duyen.modules.commissions.tests.conftest import Make, Take, prove, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_COMMISSIONS = "commissions"
_FROM = {
    "accrue": {"PLANNED"},
    "approve": {"ACCRUED"},
    "pay": {"APPROVED"},
    "claw_back": {"ACCRUED", "APPROVED", "PAID"},
}
_TO = {"accrue": "ACCRUED", "approve": "APPROVED", "pay": "PAID", "claw_back": "CLAWED_BACK"}
_ASKED = {"pay": {"payment_ref": "UNC-01"}, "claw_back": {"clawback_reason": "Khách cắt dịch vụ"}}


def _approve(cast: Cast, commission_id: int, *, by: str = "manager", granted_by: str = "director") -> None:
    """Ask for the approval as one, and grant it as another."""
    entity = entity_named(_COMMISSIONS)
    request = ask(entity, "approve", commission_id, actor=cast.actor(by), arguments={})
    grant(request.pk, actor=cast.actor(granted_by), version=stand(commission_id).version)


@pytest.fixture
def planned(deal: Make, take: Take, share: Make) -> int:
    """The one share of a won deal: 10.000.000 for a collaborator, planned by the seller."""
    made = deal(is_won=True)
    take("plan_commission", made, rate="10")
    return share(made, kind="COLLABORATOR", beneficiary="Lưu Thị Vân")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(_FROM)), min_size=1, max_size=8))
def test_goes_where_the_model_goes_and_nowhere_else(
    planned: int, take: Take, cast: Cast, verbs: list[str]
) -> None:
    with transaction.atomic():
        prove(cast, planned)
        state = "PLANNED"
        for verb in verbs:
            told = History.objects.count()
            try:
                with transaction.atomic():
                    if verb == "approve":
                        _approve(cast, planned)
                    else:
                        who = "manager" if verb == "accrue" else "director"
                        take(verb, planned, of=_COMMISSIONS, by=who, **_ASKED.get(verb, {}))
            except DomainError:
                assert state not in _FROM[verb], f"{verb} is refused at {state}"
                assert History.objects.count() == told
            else:
                assert state in _FROM[verb], f"{verb} is taken at {state}"
                state = _TO[verb]
            row = stand(planned)
            assert row.state == state
            assert (row.accrued_on is not None) == (state != "PLANNED")
            assert row.amount == 10_000_000
            if row.paid_on is not None:
                assert row.paid_amount == row.amount - (row.pit_withheld or 0)
        transaction.set_rollback(True)


def test_is_confirmed_with_a_proof_of_a_won_deal(deal: Make, take: Take, share: Make, cast: Cast) -> None:
    made = deal()
    take("plan_commission", made, rate="10")
    held = share(made, "40")
    told = History.objects.count()

    with pytest.raises(NotNow) as refused:
        take("accrue", held, of=_COMMISSIONS, by="manager")

    assert len(refused.value.reasons) == 3
    assert stand(held).state == "PLANNED"
    assert History.objects.count() == told


def test_nothing_is_earned_before_the_deal_was_won(planned: int, cast: Cast, client: Client) -> None:
    prove(cast, planned)
    client.force_login(cast.user("manager"))

    answers = [
        client.post(f"/commissions/{planned}/accrue", {"accrued_on": day})
        for day in ("01/01/1990", "30/02/2026", "01/01/2100")
    ]

    assert [each.status_code for each in answers] == [422, 422, 422]
    assert "chưa thắng" in answers[0].content.decode()
    assert (stand(planned).state, stand(planned).accrued_on) == ("PLANNED", None)


def test_who_gets_it_neither_confirms_nor_pays(
    deal: Make, take: Take, share: Make, cast: Cast, accountant: str
) -> None:
    made = deal(is_won=True)
    take("plan_commission", made, rate="10")
    own = share(made, "50", kind="EMPLOYEE", employee=cast.users["manager"].pk)
    paid_to_payer = share(made, "50", kind="EMPLOYEE", employee=cast.users[accountant].pk)
    for each in (own, paid_to_payer):
        prove(cast, each)

    with pytest.raises(NotNow) as refused:
        take("accrue", own, of=_COMMISSIONS, by="manager")
    assert "không tự xác nhận" in str(refused.value)

    take("accrue", paid_to_payer, of=_COMMISSIONS, by="manager")
    _approve(cast, paid_to_payer)
    with pytest.raises(NotNow) as refused:
        take("pay", paid_to_payer, of=_COMMISSIONS, by=accountant, payment_ref="L-11")
    assert "không tự chi" in str(refused.value)
    assert (stand(own).state, stand(paid_to_payer).state) == ("PLANNED", "APPROVED")


def test_nobody_approves_alone(planned: int, take: Take, cast: Cast) -> None:
    prove(cast, planned)
    take("accrue", planned, of=_COMMISSIONS, by="manager")

    with pytest.raises(NeedsApproval):
        take("approve", planned, of=_COMMISSIONS, by="director")
    with pytest.raises(DomainError):
        _approve(cast, planned, by="director", granted_by="director")

    assert stand(planned).state == "ACCRUED"


def test_nor_who_planned_it_or_gets_it(deal: Make, take: Take, share: Make, cast: Cast) -> None:
    for planner, beneficiary in (("director", "seller"), ("seller", "director")):
        made = deal(is_won=True)
        take("plan_commission", made, by=planner, rate="10")
        held = share(made, by=planner, kind="EMPLOYEE", employee=cast.users[beneficiary].pk)
        prove(cast, held)
        take("accrue", held, of=_COMMISSIONS, by="manager")

        with pytest.raises(DomainError):
            _approve(cast, held)
        assert stand(held).state == "ACCRUED"


def test_the_accountant_pays_with_the_tax_of_the_day(
    planned: int, take: Take, cast: Cast, accountant: str
) -> None:
    prove(cast, planned)
    take("accrue", planned, of=_COMMISSIONS, by="manager")
    _approve(cast, planned)

    with pytest.raises(InvalidValues):
        take("pay", planned, of=_COMMISSIONS, by=accountant)
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()
    with pytest.raises(InvalidValues):
        take("pay", planned, of=_COMMISSIONS, by=accountant, payment_ref="UNC-7", paid_on=tomorrow)
    take("pay", planned, of=_COMMISSIONS, by=accountant, payment_ref="UNC-7")

    row = stand(planned)
    assert (row.pit_withheld, row.paid_amount, row.paid_on) == (1_000_000, 9_000_000, today())
    assert (row.state, row.payment_ref) == ("PAID", "UNC-7")


@pytest.mark.parametrize(
    ("after", "percent", "least", "tax"),
    [
        (0, "5", 5_000_000, 500_000),
        (-9, "5", 10_000_001, 0),
        (1, "5", 0, 1_000_000),
    ],
    ids=["from today", "below its least", "not yet"],
)
def test_a_payment_follows_the_companys_rule_of_its_day(
    planned: int,
    take: Take,
    cast: Cast,
    accountant: str,
    after: int,
    percent: str,
    least: int,
    tax: int,
) -> None:
    since = today() + dt.timedelta(days=after)
    rule = {"since": since, "percent": percent, "least": least, "basis": "Luật mới"}
    standard.create(entity_named("withholding_rules"), actor=cast.actor("admin"), values=rule)
    prove(cast, planned)
    take("accrue", planned, of=_COMMISSIONS, by="manager")
    _approve(cast, planned)

    take("pay", planned, of=_COMMISSIONS, by=accountant, payment_ref="UNC-7")

    row = stand(planned)
    assert (row.pit_withheld, row.paid_amount) == (tax, 10_000_000 - tax)


def test_of_collected_revenue_it_is_known_when_it_is_confirmed(
    deal: Make, take: Take, share: Make, cast: Cast
) -> None:
    made = deal(is_won=True)
    take("plan_commission", made, basis="COLLECTED", rate="10")
    first, second = share(made, "60"), share(made, "40", beneficiary="Điểm bán Cầu Đất", kind="POINT_OF_SALE")
    for each in (first, second):
        prove(cast, each)

    with pytest.raises(InvalidValues):
        take("accrue", first, of=_COMMISSIONS, by="manager")
    for each in (first, second):
        take("accrue", each, of=_COMMISSIONS, by="manager", collected=33_333_333)

    assert [stand(each).amount for each in (first, second)] == [2_000_000, 1_333_333]
    assert stand(first).base == 33_333_333


def test_what_was_collected_is_asked_only_where_it_counts(planned: int, take: Take, cast: Cast) -> None:
    prove(cast, planned)

    with pytest.raises(InvalidValues):
        take("accrue", planned, of=_COMMISSIONS, by="manager", collected=5)
    assert stand(planned).state == "PLANNED"


@pytest.mark.parametrize("collected", [0, 100_000_001], ids=["nothing", "more"])
def test_no_more_is_earned_than_the_deal_is_worth(
    deal: Make, take: Take, share: Make, cast: Cast, collected: int
) -> None:
    made = deal(is_won=True)
    take("plan_commission", made, basis="COLLECTED", rate="10")
    held = share(made)
    prove(cast, held)
    before = as_it_is(held)

    with pytest.raises(InvalidValues) as refused:
        take("accrue", held, of=_COMMISSIONS, by="manager", collected=collected)

    assert [each.field for each in refused.value.problems] == ["collected"]
    assert as_it_is(held) == before
    take("accrue", held, of=_COMMISSIONS, by="manager", collected=100_000_000)
    assert stand(held).amount == 10_000_000


def test_nor_is_a_fixed_amount_beyond_it(deal: Make, take: Take, share: Make, cast: Cast) -> None:
    made = deal(is_won=True)
    take("plan_commission", made, fixed_amount=100_000_001)
    held = share(made)
    prove(cast, held)
    told = History.objects.count()

    with pytest.raises(NotNow) as refused:
        take("accrue", held, of=_COMMISSIONS, by="manager")

    assert "lớn hơn giá trị" in str(refused.value)
    assert (stand(held).state, History.objects.count()) == ("PLANNED", told)


def test_a_refused_payment_changes_nothing(
    planned: int, take: Take, cast: Cast, accountant: str, client: Client
) -> None:
    prove(cast, planned)
    take("accrue", planned, of=_COMMISSIONS, by="manager")
    client.force_login(cast.user(accountant))
    address, asked = f"/commissions/{planned}/pay", {"payment_ref": "UNC-9", "paid_on": ""}
    unapproved = as_it_is(planned)
    early = client.post(address, asked)
    assert (early.status_code, as_it_is(planned)) == (409, unapproved)

    _approve(cast, planned)
    approved = as_it_is(planned)
    before = (today() - dt.timedelta(days=1)).strftime("%d/%m/%Y")
    wrong = [
        client.post(address, {**asked, "paid_on": before}),
        client.post(address, {**asked, "payment_ref": ""}),
    ]
    assert [each.status_code for each in wrong] == [422, 422]
    assert "chưa phát sinh" in wrong[0].content.decode()
    assert 'value="UNC-9"' in wrong[0].content.decode()
    assert as_it_is(planned) == approved

    assert client.post(address, asked).status_code == 302
    paid = as_it_is(planned)
    again = client.post(address, {**asked, "payment_ref": "UNC-10"})
    assert (again.status_code, as_it_is(planned)) == (409, paid)
    assert stand(planned).paid_amount == 9_000_000


def as_it_is(commission_id: int) -> tuple[object, int]:
    """Give the row and the length of the trail, to prove that a refusal changed neither."""
    return Commission.objects.filter(pk=commission_id).values().get(), History.objects.count()


def test_a_seller_moves_none_of_it(planned: int, take: Take, cast: Cast, accountant: str) -> None:
    prove(cast, planned)

    for who, verbs in (("seller", ("accrue", "pay", "claw_back")), (accountant, ("accrue",))):
        for verb in verbs:
            with pytest.raises(NotAllowed):
                take(verb, planned, of=_COMMISSIONS, by=who, **_ASKED.get(verb, {}))
    for verb in _FROM:
        with pytest.raises((NotFound, NotAllowed)):
            take(verb, planned, of=_COMMISSIONS, by="outsider", **_ASKED.get(verb, {}))
    assert stand(planned).state == "PLANNED"
