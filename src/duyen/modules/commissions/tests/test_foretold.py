"""What tax would be withheld is told in the dialog, before a commission is paid and before a deal is won."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date
from duyen.modules.commissions.tests.conftest import Make, Take, prove, stand
from duyen.modules.commissions.tests.test_life import _approve
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_DIALOG = {"HX-Request": "true", "HX-Target": "dlg"}


def _as(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def _text(client: Client, path: str) -> str:
    return client.get(path, headers=_DIALOG).content.decode().replace("\xa0", " ")


@pytest.fixture
def approved(deal: Make, take: Take, share: Make, cast: Cast) -> int:
    """A collaborator's commission of 10.000.000, approved."""
    made = deal(is_won=True)
    take("plan_commission", made, rate="10")
    planned = share(made, kind="COLLABORATOR", beneficiary="Lưu Thị Vân")
    prove(cast, planned)
    take("accrue", planned, by="manager", of="commissions")
    _approve(cast, planned)
    return planned


def test_the_accountant_sees_the_tax_and_what_remains_before_she_pays(
    approved: int, cast: Cast, accountant: str
) -> None:
    told = _text(_as(cast, accountant), f"/commissions/{approved}/pay")

    assert "10.000.000 ₫" in told
    assert "Khấu trừ 10%" in told
    assert "9.000.000 ₫" in told
    assert "Thông tư 111/2013" in told


def test_by_another_day_another_rule_is_told_and_nothing_is_paid(
    approved: int, cast: Cast, accountant: str
) -> None:
    client = _as(cast, accountant)
    rule = {"since": show_date(today()), "percent": "5", "least": "0", "basis": "Luật mới, điều 9"}
    assert client.post("/withholding_rules/new", rule).status_code == 302
    before = History.objects.count()
    yesterday = show_date(today() - dt.timedelta(days=1))
    path = f"/commissions/{approved}/pay"

    now_told = _text(client, path)
    asked = client.post(path, {"paid_on": yesterday, "preview": "1"}, headers=_DIALOG)

    assert "9.500.000 ₫" in now_told
    assert "Luật mới, điều 9" in now_told
    then = asked.content.decode().replace("\xa0", " ")
    assert "9.000.000 ₫" in then
    assert f"Theo quy định ngày {yesterday}" in then
    assert stand(approved).state == "APPROVED"
    assert History.objects.count() == before


def test_what_is_foretold_is_what_is_paid(approved: int, cast: Cast, take: Take, accountant: str) -> None:
    told = _text(_as(cast, accountant), f"/commissions/{approved}/pay")

    take("pay", approved, by=accountant, of="commissions", payment_ref="UNC-01")

    paid = stand(approved)
    assert (paid.pit_withheld, paid.paid_amount) == (1_000_000, 9_000_000)
    assert "1.000.000 ₫" in told
    # What is paid has nothing before it any more.
    assert "Theo quy định ngày" not in _text(_as(cast, accountant), f"/commissions/{approved}/pay")


def test_a_small_one_is_told_to_be_free_of_tax(
    deal: Make, take: Take, share: Make, cast: Cast, accountant: str
) -> None:
    made = deal(is_won=True)
    take("plan_commission", made, rate="1")
    small = share(made, kind="COLLABORATOR", beneficiary="Lưu Thị Vân")
    prove(cast, small)
    take("accrue", small, by="manager", of="commissions")
    _approve(cast, small)

    assert "Nhỏ hơn 2.000.000 ₫: không khấu trừ" in _text(_as(cast, accountant), f"/commissions/{small}/pay")


def test_winning_a_deal_tells_what_each_share_would_bring(
    deal: Make, take: Take, share: Make, cast: Cast
) -> None:
    made = deal()
    take("plan_commission", made, rate="10")
    share(made, split="60", kind="COLLABORATOR", beneficiary="Lưu Thị Vân")
    share(made, split="40", kind="AGENT", beneficiary="Đại lý Hoa Phượng")

    told = _text(_as(cast, "seller"), f"/opportunities/{made}/win")

    assert "Lưu Thị Vân" in told
    assert "5.400.000 ₫" in told
    assert "Đại lý Hoa Phượng" in told
    assert "Cộng lại: thuế 600.000 ₫, còn chi 9.400.000 ₫" in told


def test_whoever_may_not_see_what_is_withheld_is_told_nothing(
    approved: int, cast: Cast, accountant: str
) -> None:
    role = Role.objects.get(code="ACCOUNTANT")
    FieldRight.objects.create(role=role, entity="commissions", field="pit_withheld", level="hidden")

    told = _text(_as(cast, accountant), f"/commissions/{approved}/pay")

    assert "Theo quy định ngày" not in told
    assert "9.000.000" not in told
