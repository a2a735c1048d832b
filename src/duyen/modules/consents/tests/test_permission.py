"""Who may be contacted: the one function that every sender asks, against the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.audit import trail
from duyen.kernel.clock import ZONE, stopped
from duyen.modules.consents.actions import ContactDenied, bring_list_in, refuse, take_contact
from duyen.modules.consents.models import Consent, ContactMade, Suppression
from duyen.modules.consents.queries import contact_permission, contact_permissions
from duyen.modules.consents.tests.conftest import Make, Take, stand
from duyen.modules.consents.words import Channel, Purpose
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_NOON = dt.datetime(2026, 11, 10, 12, 0, tzinfo=ZONE)
_MAIL, _SMS, _CALL = Channel.EMAIL, Channel.SMS, Channel.CALL


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """At noon in Vietnam, when everything that depends on hours is allowed."""
    with stopped(_NOON):
        yield


def _rule(party: int, channel: Channel = _MAIL, purpose: Purpose = Purpose.MARKETING) -> str:
    return contact_permission(party, channel, purpose).rule


def _check_list(cast: Cast, *numbers: str) -> None:
    bring_list_in(numbers or ["0987654321"], file_name="ds.csv", actor=cast.actor("director"))


def test_nobody_gets_advertising_who_did_not_agree(customer: int) -> None:
    found = contact_permission(customer, _MAIL, Purpose.MARKETING)

    assert (found.is_allowed, found.rule, found.addresses) == (False, "no_consent", ())
    assert "chưa đồng ý" in found.sentence
    assert "91/2025" in found.source


def test_what_serves_a_contract_needs_no_consent(customer: int) -> None:
    found = contact_permission(customer, _SMS, Purpose.SERVICE)

    assert (found.is_allowed, found.rule, found.addresses) == (True, "contract", ("+84912345678",))
    assert _rule(customer, _CALL, Purpose.LEGAL) == "law"


def test_whoever_agreed_is_reached_by_the_channels_she_chose(consent: Make, customer: int) -> None:
    consent(channels=["EMAIL"])

    assert _rule(customer) == "consent"
    assert _rule(customer, _SMS) == "no_consent"
    assert _rule(customer, _MAIL, Purpose.SURVEY) == "no_consent"


def test_says_where_nothing_can_be_sent(cast: Cast) -> None:
    bare = standard.create(
        entity_named("contacts"), actor=cast.actor("seller"), values={"name": "Trần Văn Bình"}
    )
    assert _rule(bare.id, _MAIL, Purpose.SERVICE) == "no_address"


def test_a_consent_ends_with_its_last_day(consent: Make, customer: int) -> None:
    last = stand(consent()).expires_on
    night = dt.datetime.combine(last, dt.time(23, 59), tzinfo=ZONE)

    assert contact_permission(customer, _MAIL, Purpose.MARKETING, night).is_allowed
    after = contact_permission(customer, _MAIL, Purpose.MARKETING, night + dt.timedelta(minutes=1))
    assert after.rule == "expired"


def test_messages_and_calls_wait_for_the_list_and_for_their_hours(
    consent: Make, customer: int, cast: Cast
) -> None:
    consent()
    assert _rule(customer, _SMS) == "list_unchecked"

    _check_list(cast)
    assert (_rule(customer, _SMS), _rule(customer, _CALL)) == ("consent", "consent")

    evening = contact_permission(customer, _CALL, Purpose.MARKETING, _NOON + dt.timedelta(hours=5))
    assert (evening.rule, evening.again_at) == ("hours", _NOON + dt.timedelta(hours=20))
    assert contact_permission(customer, _SMS, Purpose.MARKETING, _NOON + dt.timedelta(hours=9)).is_allowed

    stale = _NOON + dt.timedelta(hours=24, minutes=1)
    assert contact_permission(customer, _SMS, Purpose.MARKETING, stale).rule == "list_unchecked"


def test_numbers_on_the_list_get_no_advertising_whatever_they_agreed_to(
    consent: Make, customer: int, cast: Cast
) -> None:
    consent()

    _check_list(cast, "Số thuê bao", "0912 345 678;nguyen van a", "0987654321")

    assert (_rule(customer, _SMS), _rule(customer, _MAIL)) == ("on_the_list", "consent")
    assert _rule(customer, _SMS, Purpose.SERVICE) == "contract"

    _check_list(cast, "0987654321")
    assert _rule(customer, _SMS) == "consent"


def test_a_withdrawn_consent_stops_at_once_on_every_record_with_the_address(
    consent: Make, customer: int, cast: Cast, take: Take
) -> None:
    made = consent()
    other = standard.create(
        entity_named("contacts"),
        actor=cast.actor("seller"),
        values={"name": "Lan (bản ghi trùng)", "emails": ["LAN@example.com"]},
    ).id
    consent(party=other)
    assert _rule(other) == "consent"

    take("withdraw", made, refused_by="VOICE")

    assert (_rule(customer), _rule(other)) == ("refused", "refused")
    assert not Suppression.objects.filter(mac=b"lan@example.com").exists()


def test_only_a_consent_given_later_opens_it_again(consent: Make, customer: int, take: Take) -> None:
    made = consent()
    take("withdraw", made, refused_by="LINK")
    consent(given_at=(_NOON - dt.timedelta(minutes=5)).isoformat())
    assert _rule(customer) == "refused"

    with stopped(_NOON + dt.timedelta(hours=1)):
        consent(given_at=(_NOON + dt.timedelta(minutes=30)).isoformat())
        assert _rule(customer) == "consent"


def test_whoever_refused_letters_is_told_of_as_such(consent: Make, text: Make, cast: Cast) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    home = [{"line": "12 ngõ 3", "ward": "Xã Không Có Thật", "province": "Hải Phòng"}]
    given = {"kind": "INDIVIDUAL", "phones": ["0912999888"], "addresses": home}
    hers, other = (
        standard.create(customers, actor=seller, values={**given, "name": name}).id
        for name in ("Lan", "Lan (bản ghi trùng)")
    )
    assert _rule(hers, Channel.POST) == "no_consent"
    with transaction.atomic():
        trail.begin(seller, "tests.refuse")
        refuse(hers, list(Channel), refused_by="COUNTER")

    found = contact_permission(hers, Channel.POST, Purpose.MARKETING)
    assert (found.rule, _rule(other, Channel.POST)) == ("refused", "refused")
    assert "từ chối" in found.sentence
    assert _rule(hers, Channel.POST, Purpose.SERVICE) == "contract"

    with stopped(_NOON + dt.timedelta(hours=1)):
        later = (_NOON + dt.timedelta(minutes=30)).isoformat()
        consent(party=hers, text=text(channels=["POST"]), channels=["POST"], given_at=later)
        assert _rule(hers, Channel.POST) == "consent"


def test_a_mistake_that_is_set_right_opens_it_again(consent: Make, customer: int, take: Take) -> None:
    made = consent()
    take("withdraw", made, refused_by="VOICE")

    take("reinstate", made, by="director", refusal="Nhầm người")

    assert _rule(customer) == "consent"
    assert not Suppression.objects.exists()


def test_one_channel_can_be_withdrawn_alone(consent: Make, customer: int, cast: Cast, take: Take) -> None:
    made = consent()
    _check_list(cast)

    take("withdraw", made, refused_by="VOICE", only_channels=["CALL"])

    assert (stand(made).state, stand(made).refused_channels) == ("GIVEN", ["CALL"])
    assert (_rule(customer, _CALL), _rule(customer, _SMS), _rule(customer)) == (
        "refused",
        "consent",
        "consent",
    )


def test_whoever_refuses_contact_is_left_alone_without_any_consent(
    customer: int, consent: Make, cast: Cast, take: Take
) -> None:
    made = consent()

    take("refuse_contact", customer, of="customers", refused_by="VOICE", words="Đừng liên hệ nữa")

    row = stand(made)
    assert (row.state, row.refusal, row.withdrawn_at) == ("WITHDRAWN", "Đừng liên hệ nữa", _NOON)
    assert (_rule(customer), _rule(customer, _SMS)) == ("refused", "refused")
    assert _rule(customer, _SMS, Purpose.SERVICE) == "contract"


def test_a_refusal_outlives_the_record(customer: int, cast: Cast, consent: Make, take: Take) -> None:
    take("refuse_contact", customer, of="customers", refused_by="VOICE")
    standard.delete(entity_named("customers"), customer, actor=cast.actor("seller"))

    with stopped(_NOON + dt.timedelta(days=90)):
        again = standard.create(
            entity_named("customers"),
            actor=cast.actor("outsider"),
            values={"name": "Lan", "kind": "INDIVIDUAL", "phones": ["0912.345.678"]},
        ).id
        assert _rule(again, _SMS) == "refused"


def test_law_counts_what_an_address_got_within_a_day(
    consent: Make, customer: int, cast: Cast, text: Make
) -> None:
    consent(text=text(most=50))
    seller = cast.actor("seller")
    for hour in range(3):
        at = _NOON + dt.timedelta(hours=hour)
        take_contact(customer, _MAIL, Purpose.MARKETING, actor=seller, address="lan@example.com", at=at)

    with pytest.raises(ContactDenied) as denied:
        take_contact(
            customer,
            _MAIL,
            Purpose.MARKETING,
            actor=seller,
            address="Lan@Example.com",
            at=_NOON + dt.timedelta(hours=3),
        )

    assert denied.value.permission.rule == "cap"
    assert denied.value.permission.again_at == _NOON + dt.timedelta(days=1)
    assert ContactMade.objects.count() == 3
    assert contact_permission(customer, _MAIL, Purpose.MARKETING, _NOON + dt.timedelta(days=1)).is_allowed


def test_what_she_agreed_to_counts_over_all_channels(
    consent: Make, customer: int, cast: Cast, text: Make
) -> None:
    consent(text=text(most=2, per="WEEK"))
    _check_list(cast)
    seller = cast.actor("seller")
    take_contact(customer, _MAIL, Purpose.MARKETING, actor=seller, address="lan@example.com")
    take_contact(customer, _SMS, Purpose.MARKETING, actor=seller, address="+84912345678")

    assert _rule(customer) == "own_cap"
    told = contact_permission(customer, _MAIL, Purpose.MARKETING)
    assert "2 lần trong một tuần" in told.sentence
    assert told.again_at == _NOON + dt.timedelta(days=7)


def test_what_serves_a_contract_is_not_counted(customer: int, cast: Cast) -> None:
    take_contact(customer, _MAIL, Purpose.SERVICE, actor=cast.actor("seller"), address="lan@example.com")
    assert not ContactMade.objects.exists()


def test_the_company_goes_on_with_the_law(consent: Make, customer: int, cast: Cast) -> None:
    consent()
    _check_list(cast)
    standard.create(
        entity_named("contact_rules"),
        actor=cast.actor("director"),
        values={
            "kind": "CALL_HOURS",
            "since": "2026-11-11",
            "first": 13,
            "last": 15,
            "basis": "Nghị định mới",
        },
    )

    assert _rule(customer, _CALL) == "consent"
    with stopped(_NOON + dt.timedelta(days=1)):
        _check_list(cast)
        found = contact_permission(customer, _CALL, Purpose.MARKETING)
        assert (found.rule, found.source) == ("hours", "Nghị định mới")


def test_many_are_asked_for_by_as_many_queries_as_one(consent: Make, customer: int, cast: Cast) -> None:
    consent()
    parties = [customer]
    for number in range(30):
        values = {"name": f"Khách {number}", "kind": "INDIVIDUAL", "emails": [f"k{number}@example.com"]}
        parties.append(
            standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
        )

    with CaptureQueriesContext(
        connection,
    ) as one:
        contact_permission(customer, _MAIL, Purpose.MARKETING)
    with CaptureQueriesContext(connection) as all_:
        found = contact_permissions(parties, _MAIL, Purpose.MARKETING)

    assert len(one) == len(all_) <= 8
    assert {key for key, each in found.items() if each.is_allowed} == {customer}


def test_a_party_in_the_bin_is_not_contacted(consent: Make, customer: int, cast: Cast) -> None:
    consent()
    standard.delete(entity_named("customers"), customer, actor=cast.actor("seller"))
    assert _rule(customer) == "no_address"
    assert Consent.objects.count() == 1
