"""Leads come in by one door: what was given is kept, and each has a party that nobody meets elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.fields import MASK
from duyen.entities.registry import entity_named
from duyen.entities.search import search_all
from duyen.entities.twins.finding import find_like
from duyen.foundation.audit.models import History
from duyen.modules.leads.actions import capture
from duyen.modules.leads.models import Lead
from duyen.modules.leads.tests.conftest import GIVEN, Make, change, party_of, stand
from duyen.modules.parties.models import Party, PartyInRole
from duyen.modules.parties.queries import parties_with_email
from duyen.modules.parties.words import PartyRole
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_keeps_what_was_given_word_for_word_beside_what_was_read(lead: Make, cast: Cast) -> None:
    made = lead(name="  phạm thị   mai ", phones=["(0359) 000.111"], emails=["Mai@Example.com"])
    row = stand(made)
    assert row.raw["name"] == "  phạm thị   mai "
    assert row.raw["phones"] == ["(0359) 000.111"]
    assert (row.name, row.phones) == ("phạm thị mai", ["+84359000111"])
    change(cast, made, name="Phạm Thị Mai", phones=["0359000112"])
    assert stand(made).raw == row.raw


def test_gets_a_number_of_its_own_and_stands_new(lead: Make) -> None:
    row = stand(lead())
    assert row.code.startswith("KHTN-HP-")
    assert (row.state, row.kind, row.temperature, row.purpose) == ("NEW", "INDIVIDUAL", "WARM", "ADVICE")
    assert row.customer_id is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phones": []}, "phones"),
        ({"source": ""}, "source"),
        ({"name": ""}, "name"),
        ({"purpose": "NONE_SUCH"}, "purpose"),
        ({"phones": ["12"]}, "phones"),
        ({"name": "Công ty TNHH Sao Mai", "honorific": "anh"}, "honorific"),
    ],
)
def test_takes_nothing_in_that_nobody_could_answer(cast: Cast, values: dict[str, Any], field: str) -> None:
    before = (Lead.objects.count(), Party.objects.count(), History.objects.count())
    with pytest.raises(InvalidValues) as refused:
        capture(actor=cast.actor("seller"), values={**GIVEN, **values})
    assert field in {each.field for each in refused.value.problems}
    assert (Lead.objects.count(), Party.objects.count(), History.objects.count()) == before


@pytest.mark.parametrize("who", ["admin"])
def test_is_taken_in_by_those_who_work_with_people(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        capture(actor=cast.actor(who), values=GIVEN)
    assert not Lead.objects.exists()
    assert not Party.objects.exists()


def test_knows_whoever_speaks_as_an_unverified_party(lead: Make) -> None:
    row = stand(lead(emails=["mai@example.com"]))
    party = Party.objects.get(pk=row.party_id)
    assert (party.name, party.phones, party.emails) == (row.name, row.phones, row.emails)
    assert (party.role_mask, party.verified) == (int(PartyRole.LEAD), False)
    assert (party.owner_id, party.unit_id) == (row.owner_id, row.unit_id)
    assert PartyInRole.objects.get(party=party).role == "LEAD"
    assert row.firm_id is None


def test_knows_a_second_party_where_somebody_asks_for_a_company(lead: Make) -> None:
    row = stand(lead(company="Công ty TNHH Sao Mai", tax_code="0299900004", job_title="Giám đốc"))
    person, firm = (party_of(each) for each in (row.party_id, row.firm_id))
    assert (person.kind, person.name, person.tax_code) == ("INDIVIDUAL", "Phạm Thị Mai", "")
    assert (firm.kind, firm.name, firm.tax_code) == ("ORGANISATION", "Công ty TNHH Sao Mai", "0299900004")
    assert firm.phones == []
    assert (row.kind, row.legal_form) == ("ORGANISATION", "LLC")


def test_lets_its_own_parties_follow(lead: Make, cast: Cast) -> None:
    made = lead()
    change(cast, made, name="Phạm Thị Mai Anh", emails=["anh@example.com"])
    row = stand(made)
    assert Party.objects.get(pk=row.party_id).emails == ["anh@example.com"]
    change(cast, made, company="Hộ kinh doanh Mai Anh")
    row = stand(made)
    firm = party_of(row.firm_id)
    assert (firm.name, firm.kind, firm.verified) == ("Hộ kinh doanh Mai Anh", "HOUSEHOLD_BUSINESS", False)
    change(cast, made, company="Hộ kinh doanh Mai Anh 2")
    firm.refresh_from_db()
    assert firm.name == "Hộ kinh doanh Mai Anh 2"


def test_takes_its_own_parties_into_the_bin_and_out_of_it(lead: Make, cast: Cast) -> None:
    made, leads = lead(), entity_named("leads")
    standard.delete(leads, made, actor=cast.actor("manager"), reason="Nhập thử")
    party = Party.objects.get(pk=stand(made).party_id)
    assert party.deleted_at is not None
    standard.restore(leads, made, actor=cast.actor("manager"))
    party.refresh_from_db()
    assert party.deleted_at is None


def test_stays_out_of_all_that_asks_for_customers(lead: Make, cast: Cast) -> None:
    lead(emails=["mai@example.com"], name="Quách Ngọc Trâm")
    director = cast.actor("director")
    for name in ("customers", "contacts"):
        assert not entity_named(name).rows(director).exists()
    found = search_all("quach ngoc tram", actor=director)
    assert {each.entity for each in found} == {"leads"}
    again = {"kind": "INDIVIDUAL", "name": "Quách Ngọc Trâm", "phones": ["+84359000111"]}
    assert find_like(entity_named("customers"), actor=director, given=[again]) == [[]]
    assert parties_with_email("mai@example.com") == []


def test_keeps_no_personal_number_in_the_open(lead: Make) -> None:
    row = stand(lead(tax_code="031099000123", kind="INDIVIDUAL"))
    assert row.raw["tax_code"] == MASK
    assert row.tax_code == ""
    assert row.personal_id
    digest = Party.objects.get(pk=row.party_id).personal_id_mac
    assert digest is not None
    assert bytes(digest) == bytes(row.personal_id_mac or b"")


def test_takes_in_many_at_once(cast: Cast) -> None:
    rows = [{**GIVEN, "phones": [f"0359 001 {number:03}"]} for number in range(30)]
    rows.append({**GIVEN, "phones": [], "company": "Sao Mai"})
    made, _operation = standard.create_many(entity_named("leads"), actor=cast.actor("manager"), rows=rows)
    assert [each.id is None for each in made] == [False] * 30 + [True]
    ends = Lead.objects.order_by("pk").values_list("party_id", "phones")
    parties = Party.objects.in_bulk([party for party, _phones in ends])
    assert all(parties[party].phones == phones for party, phones in ends)
    assert Party.objects.count() == 30
