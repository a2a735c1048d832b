"""The statement of a beneficiary: what it adds up, whom it opens to, and how it stands on paper."""

from __future__ import annotations

import pypdfium2
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.clock import today
from duyen.modules.commissions import rules
from duyen.modules.commissions.paper import Paper
from duyen.modules.commissions.statement_pdf import draw
from duyen.modules.commissions.tests.conftest import Make, Take, prove, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@st.composite
def _shares(draw_: st.DrawFn) -> dict[str, object]:
    state = draw_(st.sampled_from(["ACCRUED", "APPROVED", "PAID", "CLAWED_BACK"]))
    amount = draw_(st.integers(0, 10**12))
    is_paid = state == "PAID" or (state == "CLAWED_BACK" and draw_(st.booleans()))
    tax = draw_(st.integers(0, amount)) if is_paid else None
    paid = None if tax is None else amount - tax
    return {"state": state, "amount": amount, "pit_withheld": tax, "paid_amount": paid}


@given(st.lists(_shares(), max_size=12))
def test_everything_that_was_earned_is_withheld_paid_or_due(shares: list[dict[str, object]]) -> None:
    sums = rules.sums_of(shares)

    assert sums.earned == sums.tax + sums.paid + sums.due
    assert sums.due == sum(int(str(e["amount"])) for e in shares if e["state"] in ("ACCRUED", "APPROVED"))
    assert sums.earned + sums.clawed_back == sum(int(str(e["amount"])) for e in shares)


@pytest.fixture
def earned(deal: Make, take: Take, share: Make, cast: Cast) -> int:
    """Two thirds of 3.000.000 that an agent earned of the seller's won deal; the rest is only planned."""
    made = deal(is_won=True)
    take("plan_commission", made, rate="3")
    first = share(made, "66.67")
    share(made, "33.33", kind="PARTNER", beneficiary="Công ty Sóng Biển")
    prove(cast, first)
    take("accrue", first, of="commissions", by="manager")
    return first


def _at(commission_id: int, part: str = "statement", **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/commissions/{commission_id}/{part}?{query}"


def test_shows_what_one_beneficiary_earned(earned: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    page = client.get(_at(earned)).content.decode()

    assert "2.000.100" in page
    assert "Mạng cho kho lạnh" in page
    assert "Sóng Biển" not in page
    assert len(page.encode()) < 60_000


def test_holds_to_the_days_that_are_asked(earned: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    before = client.get(_at(earned, since="01/01/2020", until="31/12/2020"))
    wrong = client.get(_at(earned, since="31/12/2020", until="01/01/2020"))
    unread = client.get(_at(earned, since="hôm kia"))

    assert "2.000.100" not in before.content.decode()
    assert "Không có hoa hồng nào" in before.content.decode()
    assert (wrong.status_code, unread.status_code) == (422, 422)
    assert "Ngày cuối đứng trước ngày đầu" in wrong.content.decode()
    assert "hôm kia" in unread.content.decode()


def test_is_closed_to_the_seller_of_another_area(earned: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("outsider"))

    assert client.get(_at(earned)).status_code == 404
    assert client.get(_at(earned, "statement.pdf")).status_code == 404


def test_tells_each_reader_no_more_than_is_open_to_her(
    earned: int, deal: Make, take: Take, share: Make, client: Client, cast: Cast
) -> None:
    far = deal(is_won=True, owner=cast.users["outsider"].pk, unit=cast.unit("HD1").pk, amount=70_000_000)
    take("plan_commission", far, by="director", rate="10")
    other = share(far, "100", by="director")
    prove(cast, other, by="director")
    take("accrue", other, of="commissions", by="director")

    for who, is_open in (("seller", False), ("director", True)):
        client.force_login(cast.user(who))
        assert ("7.000.000" in client.get(_at(earned)).content.decode()) is is_open


def test_stands_on_paper_with_every_letter(earned: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    answer = client.get(_at(earned, "statement.pdf"))

    assert answer.headers["Content-Type"] == "application/pdf"
    text = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_bounded()
    assert all(word in text for word in ("Bảng kê hoa hồng", "Đại lý Hoa Phượng", stand(earned).code))
    assert "2.000.100" in text.replace("\u00a0", " ")
    assert f"hoa-hong-dai-ly-hoa-phuong-{today():%Y%m%d}.pdf" in answer.headers["Content-Disposition"]


def test_a_long_one_goes_on_over_pages() -> None:
    row = ("01/01/2026", "HH-26-000001 · <b>& đ", "1 ₫", "—", "—")
    paper = Paper(
        "Sao Biển", "Bảng kê", ["Ai"], list("abcde"), [row] * 120, [("Tổng", "120 ₫")], ["Ký"], "Trang"
    )

    document = pypdfium2.PdfDocument(draw(paper))

    assert len(document) > 2
    assert "<b>& đ" in document[0].get_textpage().get_text_bounded()
