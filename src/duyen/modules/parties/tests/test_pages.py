"""The pages of customers and contacts: what they show of ties, to whom, and what their forms do."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.modules.parties.models import Party, Tie
from duyen.modules.parties.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast: Cast) -> Client:
    """A browser in which the seller has signed in."""
    return _signed_in(cast, "seller")


def _signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def test_adds_a_contact_by_its_form(cast: Cast, browser: Client, make: Make) -> None:
    company = make("Công ty CP Hòa Thuận")
    form = browser.get(f"/customers/{company}/add_contact").content.decode()
    sent = {"name": "Phan Thu Trà", "phones": "0912345678", "job_title": "Giám đốc", "role": "DECISION_MAKER"}

    answer = browser.post(f"/customers/{company}/add_contact", sent)

    assert "Thêm người liên hệ" in form
    assert answer.status_code == 302
    page = browser.get(f"/customers/{company}?tab=contacts").content.decode()
    for words in ("Phan Thu Trà", "Giám đốc", "Ra quyết định", 'href="tel:+84912345678"', "0912 345 678"):
        assert words in page


def test_shows_the_form_again_with_what_is_wrong(cast: Cast, browser: Client, make: Make) -> None:
    company = make("Công ty CP Hòa Thuận")

    answer = browser.post(f"/customers/{company}/add_contact", {"job_title": "Giám đốc"})

    assert answer.status_code == 422
    assert "Hãy nhập tên người mới, hoặc chọn người đã có." in answer.content.decode()
    assert not Tie.objects.exists()


def test_ends_a_tie_by_its_button(cast: Cast, browser: Client, make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("add_contact", company, name="Phan Thu Trà")

    browser.post(f"/customers/{company}/end_tie", {"tie": Tie.objects.get().pk})

    page = browser.get(f"/customers/{company}?tab=contacts").content.decode()
    assert "Từng làm ở đây" in page
    assert Tie.objects.filter(until=None).count() == 0


def test_shows_parents_and_subsidiaries(cast: Cast, browser: Client, make: Make, take: Take) -> None:
    child, parent = make("Công ty con"), make("Tập đoàn mẹ")
    take("set_parent", child, parent=parent)

    assert "Tập đoàn mẹ" in browser.get(f"/customers/{child}?tab=ties").content.decode()
    assert "Công ty con" in browser.get(f"/customers/{parent}?tab=ties").content.decode()


def test_shows_on_a_contacts_page_where_she_works(
    cast: Cast, browser: Client, make: Make, take: Take
) -> None:
    for name in ("Công ty A", "Công ty B"):
        take("add_contact", make(name), name="Phan Thu Trà")
    person = Tie.objects.order_by("pk").values_list("party_id", flat=True)[0]

    page = browser.get(f"/contacts/{person}").content.decode()

    assert "Công ty A" in page
    assert "Công ty B" not in page


def test_offers_a_person_no_contacts(cast: Cast, browser: Client, make: Make) -> None:
    person = make("Lưu Quang Vinh", kind="INDIVIDUAL")

    page = browser.get(f"/customers/{person}").content.decode()

    assert "Thêm người liên hệ" not in page
    assert "?tab=contacts" not in page
    assert browser.get(f"/customers/{person}?tab=contacts").status_code == 404


def test_says_since_when_the_relationship_is_what_it_is(
    cast: Cast, browser: Client, make: Make, take: Take
) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("start", company, note="ký hợp đồng")

    page = browser.get(f"/customers/{company}").content.decode()

    assert "Giai đoạn quan hệ" in page
    assert "từ ngày" in page
    assert "Thu hút" in page


@pytest.mark.parametrize(
    ("who", "status", "may_change"),
    [
        ("seller", 200, True),
        ("manager", 200, True),
        ("director", 200, True),
        ("care_agent", 200, True),
        ("colleague", 404, False),
        ("outsider", 404, False),
    ],
)
def test_is_open_to_those_whose_role_opens_it(
    cast: Cast, make: Make, take: Take, who: str, status: int, may_change: bool
) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("add_contact", company, name="Phan Thu Trà")

    answer = _signed_in(cast, who).get(f"/customers/{company}?tab=contacts")

    assert answer.status_code == status
    assert (f"/customers/{company}/end_tie" in answer.content.decode()) is may_change


def test_tells_nothing_of_a_hidden_contact_but_whom_to_ask(cast: Cast, make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận", by="teller")
    person = make("Người Giấu Tên", kind="INDIVIDUAL", by="colleague", phones=["0912345678"])
    take("add_contact", company, by="director", customer=person)

    for tab in ("contacts", "ties", "info", "history"):
        page = _signed_in(cast, "teller").get(f"/customers/{company}?tab={tab}").content.decode()
        assert "Người Giấu Tên" not in page
        assert "912345678" not in page
        assert "912 345 678" not in page
        assert Party.objects.get(pk=person).code not in page
    page = _signed_in(cast, "teller").get(f"/customers/{company}?tab=contacts").content.decode()
    assert "Cửa hàng An Dương, hỏi Vũ Hoàng Yến" in page


def test_asks_as_many_queries_with_thirty_contacts_as_with_three(
    cast: Cast, browser: Client, make: Make, take: Take
) -> None:
    few, many = make("Công ty A"), make("Công ty B")
    for company, count in ((few, 3), (many, 30)):
        for number in range(count):
            take("add_contact", company, name=f"Người {number}")
    browser.get(f"/customers/{few}?tab=contacts")

    counts = []
    for company in (few, many):
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/customers/{company}?tab=contacts")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 21  # nine modules tell of a customer


def test_a_birth_date_stands_with_its_lunar_date(browser: Client, make: Make) -> None:
    person = make("Vũ Văn Năm", kind="INDIVIDUAL", born_on="17/02/1950")

    page = browser.get(f"/customers/{person}?tab=info").content.decode()

    assert "17/02/1950 <span" in page
    assert "1/1 âm lịch, Canh Dần" in page
