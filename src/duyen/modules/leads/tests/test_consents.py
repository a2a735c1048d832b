"""The page of a lead says whether advertising may reach them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import now
from duyen.modules.consents.actions import NewConsent, give_consent
from duyen.modules.consents.models import Consent
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.words import Channel, GivenBy, Purpose
from duyen.modules.leads.tests.conftest import Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _page(cast: Cast, who: str, path: str) -> str:
    client = Client()
    client.force_login(cast.user(who))
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_lead_who_agreed_to_nothing_gets_no_advertising(lead: Make, cast: Cast) -> None:
    made = lead(emails=["mai@example.com"])

    assert "không gửi quảng cáo" in _page(cast, "seller", f"/leads/{made}")
    tab = _page(cast, "seller", f"/leads/{made}?tab=consents")

    told = tab[tab.index("Quảng cáo") :]
    assert "Không được" in told
    assert "chưa đồng ý" in told


def _text(cast: Cast) -> int:
    values = {
        "name": "Ưu đãi",
        "purpose": "MARKETING",
        "channels": ["EMAIL", "SMS"],
        "data_kinds": ["CONTACT"],
        "most": 2,
        "per": "MONTH",
        "valid_months": 24,
        "words": "Tôi đồng ý nhận ưu đãi.",
    }
    return standard.create(entity_named("consent_texts"), actor=cast.actor("director"), values=values).id


def test_a_consent_is_noted_and_withdrawn_from_the_page_of_a_lead(lead: Make, cast: Cast) -> None:
    made = lead(emails=["mai@example.com"])
    path = f"/consents/new?party={stand(made).party_id}"
    assert path in _page(cast, "seller", f"/leads/{made}?tab=consents")
    assert "Phạm Thị Mai" in _page(cast, "seller", path)
    client = Client()
    client.force_login(cast.user("seller"))
    given = {
        "party": stand(made).party_id,
        "text": _text(cast),
        "channels": ["EMAIL"],
        "given_by": "PAPER",
        "evidence": "Phiếu số 9",
        "given_at": "2026-01-05T09:00",
    }

    answer = client.post("/consents/new", given)

    assert answer.status_code == 302, answer.content.decode()
    consent = Consent.objects.get()
    assert (consent.party_id, consent.owner_id) == (stand(made).party_id, cast.user("seller").pk)
    page = _page(cast, "seller", f"/consents/{consent.pk}")
    assert f'href="/leads/{made}">Phạm Thị Mai' in page
    assert "Được quảng cáo qua: Thư điện tử" in _page(cast, "seller", f"/leads/{made}")

    client.post(f"/consents/{consent.pk}/withdraw", {"refused_by": "VOICE"})

    assert Consent.objects.get().state == "WITHDRAWN"
    assert "Không được quảng cáo tới người này." in _page(cast, "seller", f"/leads/{made}")


def test_a_lead_who_refuses_is_known_again_wherever_the_address_stands(lead: Make, cast: Cast) -> None:
    made, twin = lead(emails=["mai@example.com"]), lead(name="Mai Phạm", emails=["mai@example.com"])
    assert f"/leads/{made}/refuse_contact" in _page(cast, "seller", f"/leads/{made}?tab=consents")

    asked = {"refused_by": "VOICE", "words": "Đừng gọi nữa"}
    perform(entity_named("leads"), "refuse_contact", made, actor=cast.actor("seller"), arguments=asked)

    for each in (made, twin):
        told = contact_permission(stand(each).party_id, Channel.EMAIL, Purpose.MARKETING)
        assert told.rule == "refused"


def test_nobody_notes_a_consent_for_a_lead_that_is_not_open_to_her(lead: Make, cast: Cast) -> None:
    party = stand(lead()).party_id
    given = {
        "party": party,
        "text": _text(cast),
        "channels": ["EMAIL"],
        "given_by": "PAPER",
        "evidence": "Phiếu",
        "given_at": "2026-01-05T09:00",
    }
    with pytest.raises(InvalidValues) as refused:
        standard.create(entity_named("consents"), actor=cast.actor("colleague"), values=given)

    assert "party" in [each.field for each in refused.value.problems]
    assert not Consent.objects.exists()


def test_consents_go_with_a_lead_that_turns_out_to_be_a_customer_and_back(
    lead: Make, cast: Cast, take: Take
) -> None:
    values = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "emails": ["mai@example.com"]}
    known = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    made, text = lead(emails=["mai@example.com"]), _text(cast)
    own = stand(made).party_id
    for party, evidence in ((own, "Biểu mẫu trên web"), (known, "Phiếu cũ")):
        given = NewConsent(party, text, [Channel.EMAIL], GivenBy.FORM, evidence, now() - dt.timedelta(days=1))
        give_consent(given, actor=cast.actor("seller"))

    take("join", made, party=known)

    assert set(Consent.objects.values_list("party_id", flat=True)) == {known}
    assert contact_permission(known, Channel.EMAIL, Purpose.MARKETING).is_allowed

    take("stand_alone", made, party=known)

    held = dict(Consent.objects.values_list("evidence", "party_id"))
    assert held == {"Biểu mẫu trên web": own, "Phiếu cũ": known}
