"""Consents: what is kept of one, who may note and withdraw it, and what nobody changes afterwards."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.performing import NotNow
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now
from duyen.modules.consents.models import Consent, ConsentText
from duyen.modules.consents.tests.conftest import Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _problems(refused: pytest.ExceptionInfo[InvalidValues]) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in refused.value.problems]


def test_keeps_what_the_text_promised(consent: Make, customer: int, cast: Cast) -> None:
    row = stand(consent(given_at="2026-01-31T09:00:00+07:00"))

    assert (row.party_id, row.purpose, row.most, row.per) == (customer, "MARKETING", 4, "MONTH")
    assert (row.data_kinds, row.channels) == (["CONTACT"], ["EMAIL", "SMS", "CALL"])
    assert row.expires_on == dt.date(2028, 1, 31)
    assert (row.owner_id, row.unit_id) == (cast.users["seller"].pk, cast.unit("HP1").pk)


def test_is_never_assumed(consent: Make, text: Make) -> None:
    made = text()

    for lacking in ("channels", "evidence", "given_by", "given_at"):
        with pytest.raises(InvalidValues) as refused:
            consent(text=made, **{lacking: [] if lacking == "channels" else ""})
        assert _problems(refused) == [(lacking, "required")]
    assert not Consent.objects.exists()


def test_is_refused_for_what_the_text_does_not_say(consent: Make) -> None:
    with pytest.raises(InvalidValues) as refused:
        consent(channels=["EMAIL", "ZALO"])
    assert _problems(refused) == [("channels", "not_in_text")]

    with pytest.raises(InvalidValues) as refused:
        consent(given_at=(now() + dt.timedelta(hours=1)).isoformat())
    assert _problems(refused) == [("given_at", "future")]
    assert not Consent.objects.exists()


def test_what_was_agreed_to_stays_as_it_was(consent: Make, cast: Cast) -> None:
    made = consent()
    before = stand(made)

    with pytest.raises(InvalidValues):
        standard.change(
            entity_named("consents"),
            made,
            actor=cast.actor("seller"),
            values={"channels": ["CALL"]},
            version=before.version,
        )
    with pytest.raises(NotAllowed):
        standard.delete(entity_named("consents"), made, actor=cast.actor("director"))

    after = stand(made)
    assert (after.channels, after.version, after.deleted_at) == (before.channels, before.version, None)


def test_is_withdrawn_at_once_and_stays_as_a_proof(consent: Make, take: Take) -> None:
    made = consent()

    take("withdraw", made, refused_by="VOICE", refusal="Đừng gọi nữa")

    row = stand(made)
    assert (row.state, row.refused_by, row.refusal) == ("WITHDRAWN", "VOICE", "Đừng gọi nữa")
    assert row.state_since.date() <= now().date()
    verbs = History.objects.filter(entity="consents", record_id=made).values_list("verb", flat=True)
    assert "consents.withdraw" in set(verbs)
    with pytest.raises(NotNow):
        take("withdraw", made, refused_by="LINK")


def test_a_withdrawal_noted_by_mistake_is_set_right_by_who_may(consent: Make, take: Take) -> None:
    made = consent()
    take("withdraw", made, refused_by="VOICE")

    with pytest.raises(NotAllowed):
        take("reinstate", made, refusal="Nhầm người")
    assert stand(made).state == "WITHDRAWN"

    take("reinstate", made, by="director", refusal="Nhầm người")
    assert (stand(made).state, stand(made).refused_by) == ("GIVEN", "")


def test_is_noted_for_a_contact_too_but_not_for_somebody_elses_customer(
    consent: Make, cast: Cast, customer: int
) -> None:
    contact = standard.create(
        entity_named("contacts"), actor=cast.actor("seller"), values={"name": "Trần Văn Bình"}
    ).id

    assert stand(consent(party=contact)).party_id == contact
    with pytest.raises(InvalidValues) as refused:
        consent(by="outsider")
    assert ("unit", "not_allowed") in _problems(refused)
    assert Consent.objects.count() == 1


def test_goes_with_the_customer_to_another_owner(consent: Make, customer: int, cast: Cast) -> None:
    made = consent()

    standard.hand_over(
        entity_named("customers"),
        [customer],
        actor=cast.actor("director"),
        owner=cast.users["outsider"].pk,
        unit=cast.unit("HD1").pk,
    )

    row = stand(made)
    assert (row.owner_id, row.unit_id) == (cast.users["outsider"].pk, cast.unit("HD1").pk)
    with pytest.raises(NotFound):
        standard.change(
            entity_named("consents"),
            made,
            actor=cast.actor("seller"),
            values={"note": "x"},
            version=row.version,
        )


def test_a_text_that_asks_for_advertising_says_how_often(text: Make) -> None:
    with pytest.raises(InvalidValues) as refused:
        text(most=None, per="")
    assert _problems(refused) == [("most", "required")]

    with pytest.raises(InvalidValues) as refused:
        text(purpose="SERVICE")
    assert _problems(refused) == [("purpose", "no_consent")]
    assert not ConsentText.objects.exists()


def test_a_text_gets_a_new_edition_and_the_old_one_stays(text: Make, cast: Cast) -> None:
    first, second = text(), text(name="Nội dung khác", words="Lời mới")

    assert [ConsentText.objects.get(pk=each).edition for each in (first, second)] == [1, 2]
    version = ConsentText.objects.get(pk=first).version
    with pytest.raises(InvalidValues):
        standard.change(
            entity_named("consent_texts"),
            first,
            actor=cast.actor("director"),
            values={"words": "Khác"},
            version=version,
        )
    assert ConsentText.objects.get(pk=first).words.startswith("Tôi đồng ý")
