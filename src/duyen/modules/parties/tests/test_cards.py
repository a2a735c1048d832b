"""Cards of people and firms: as files and codes, with what the reader may see; numbers that open Zalo."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.modules.parties.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast: Cast) -> Client:
    return _signed_in(cast, "seller")


def _signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


@pytest.fixture
def firm(make: Make, take: Take) -> int:
    """A firm with one contact."""
    company = make("Công ty CP Hòa Thuận", phones=["02438251234"])
    take("add_contact", company, name="Phan Thu Trà", phones="0912345678", job_title="Giám đốc")
    return company


def _contact() -> int:
    return Party.objects.get(name="Phan Thu Trà").pk


def test_gives_the_card_of_a_contact_with_her_firm_and_title(browser: Client, firm: int) -> None:
    answer = browser.get(f"/contacts/{_contact()}/card.vcf")

    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="phan-thu-tra.vcf"'
    lines = answer.content.decode().split("\r\n")
    for line in (
        "N:Phan;Trà;Thu;;",
        "ORG:Công ty CP Hòa Thuận",
        "TITLE:Giám đốc",
        "TEL;TYPE=cell:+84912345678",
    ):
        assert line in lines


def test_gives_the_cards_of_all_contacts_of_a_firm_and_says_so_in_the_trail(
    browser: Client, firm: int, take: Take
) -> None:
    take("add_contact", firm, name="Lưu Quang Vinh")

    answer = browser.get(f"/customers/{firm}/contacts.vcf")

    text = answer.content.decode()
    assert text.count("BEGIN:VCARD") == 2
    assert text.index("Lưu Quang Vinh") < text.index("Phan Thu Trà")
    entry = History.objects.get(verb="customers.take_cards")
    assert (entry.root_id, entry.note) == (firm, "2")


def test_costs_as_many_queries_for_one_contact_as_for_ten(browser: Client, firm: int, take: Take) -> None:
    browser.get(f"/customers/{firm}/contacts.vcf")
    with CaptureQueriesContext(connection) as few:
        browser.get(f"/customers/{firm}/contacts.vcf")
    for place in range(9):
        take("add_contact", firm, name=f"Người Thứ {place}")
    with CaptureQueriesContext(connection) as many:
        browser.get(f"/customers/{firm}/contacts.vcf")
    assert len(many) == len(few)


def test_leaves_out_what_the_reader_may_not_see(cast: Cast, browser: Client, firm: int) -> None:
    role = Role.objects.get(code="SALES_REP")
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.hide")
        FieldRight.objects.create(role=role, entity="contacts", field="phones", level=FieldLevel.HIDDEN.value)
    assert "TEL" not in browser.get(f"/contacts/{_contact()}/card.vcf").content.decode()


@pytest.mark.parametrize("part", ["card", "card.vcf"])
def test_is_not_there_for_whom_the_record_is_closed(cast: Cast, firm: int, part: str) -> None:
    stranger = _signed_in(cast, "outsider")
    assert stranger.get(f"/contacts/{_contact()}/{part}").status_code == 404
    assert stranger.get(f"/customers/{firm}/{part}").status_code == 404
    assert stranger.get(f"/customers/{firm}/contacts.vcf").status_code == 404
    assert not History.objects.filter(verb="customers.take_cards").exists()


def test_draws_a_code_that_a_phone_reads(browser: Client, firm: int) -> None:
    page = browser.get(f"/contacts/{_contact()}/card").content.decode()
    assert "<svg" in page
    assert f'href="/contacts/{_contact()}/card.vcf"' in page


def test_draws_a_code_also_for_a_card_that_is_too_long(browser: Client, make: Make) -> None:
    name = "Ươ" * 120
    company = make(name, phones=["0912345678"])
    assert "<svg" in browser.get(f"/customers/{company}/card").content.decode()


def test_a_mobile_number_opens_zalo_on_record_and_tab(browser: Client, firm: int) -> None:
    assert "https://zalo.me/84912345678" in browser.get(f"/contacts/{_contact()}?tab=info").content.decode()
    assert "https://zalo.me/84912345678" in browser.get(f"/customers/{firm}?tab=contacts").content.decode()


def test_prints_a_record_with_the_tabs_that_were_chosen(browser: Client, firm: int) -> None:
    whole = browser.get(f"/customers/{firm}/print").content.decode()
    part = browser.get(f"/customers/{firm}/print?part=info").content.decode()
    with_history = browser.get(f"/customers/{firm}/print?part=history").content.decode()

    assert "Phan Thu Trà" in whole
    assert "Phan Thu Trà" not in part
    assert "Công ty CP Hòa Thuận" in part
    assert 'class="tl"' in with_history


def test_prints_nothing_of_a_closed_record(cast: Cast, firm: int) -> None:
    assert _signed_in(cast, "outsider").get(f"/customers/{firm}/print").status_code == 404
