"""A visitor fills in a form: it becomes a lead once, with the consent that was ticked and no other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now, stopped
from duyen.modules.consents.models import Consent
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.words import Channel, Purpose
from duyen.modules.leads.models import Lead
from duyen.modules.web_forms.models import Entry
from duyen.modules.web_forms.rules import PER_CALLER
from duyen.modules.web_forms.tests.conftest import Make, Send, token_of
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(cast: Cast) -> int:
    """Give a text under which visitors agree to offers by mail and SMS."""
    values = {
        "name": "Ưu đãi",
        "purpose": "MARKETING",
        "channels": ["EMAIL", "SMS"],
        "data_kinds": ["CONTACT"],
        "most": 2,
        "per": "MONTH",
        "valid_months": 24,
        "words": "Tôi đồng ý nhận ưu đãi của Sao Biển, nhiều nhất hai lần một tháng.",
    }
    return standard.create(entity_named("consent_texts"), actor=cast.actor("director"), values=values).id


def _nothing() -> tuple[int, int, int]:
    return Lead.objects.count(), Entry.objects.count(), History.objects.count()


def test_becomes_a_lead_of_the_unit_of_the_form(form: Make, send: Send, cast: Cast) -> None:
    answer = send(form(), emails="mai@example.com")

    assert answer.status_code == 302
    assert "Cảm ơn" in Client().get(answer.url).content.decode()
    lead = Lead.objects.get()
    assert (lead.name, lead.phones, lead.emails) == ("Phạm Thị Mai", ["+84359000111"], ["mai@example.com"])
    assert (lead.source, lead.source_detail, lead.need) == (
        "WEB",
        "Lắp mạng, trang chủ",
        "Mạng cho quán cà phê",
    )
    assert (lead.unit_id, lead.owner_id, lead.state) == (cast.unit("HP").pk, None, "NEW")
    assert lead.raw["phones"] == ["0359 000 111"]


def test_keeps_a_long_text_whole(form: Make, send: Send) -> None:
    need = "Mạng cho quán. " + "x" * 4_000 + " Cần gấp"

    assert send(form(), need=need).status_code == 302

    lead = Lead.objects.get()
    assert (lead.need, lead.raw["need"]) == (need, need)


@pytest.mark.parametrize(("field", "length"), [("need", 10_001), ("name", 251)])
def test_says_what_is_too_long_and_keeps_it_on_the_page(
    form: Make, send: Send, field: str, length: int
) -> None:
    made, before = form(), _nothing()

    answer = send(made, **{field: "x" * length})

    assert answer.status_code == 422
    assert "x" * length in answer.content.decode()
    assert _nothing() == before


def test_is_taken_once_however_often_it_is_sent(form: Make, send: Send) -> None:
    made = form()
    page = token_of(Client().get(f"/f/{made.key}").content.decode())

    answers = {send(made, page=page).status_code for _time in range(3)}

    assert answers == {302}
    assert Lead.objects.count() == 1


def test_knows_where_a_visitor_comes_from(form: Make, send: Send, cast: Cast) -> None:
    campaigns, values = entity_named("campaigns"), {"name": "Mùa tựu trường"}
    done = standard.create(campaigns, actor=cast.actor("director"), values=values)
    code = campaigns.model._default_manager.values_list("code", flat=True).get(pk=done.id)

    send(form(), query=f"?source=FACEBOOK&utm_source=fb&utm_campaign=tuu-truong&campaign={code}")

    lead = Lead.objects.get()
    assert (lead.source, lead.source_detail, lead.campaign_id) == ("FACEBOOK", "fb · tuu-truong", done.id)


def test_leaves_alone_what_the_address_makes_up(form: Make, send: Send) -> None:
    send(form(), query="?source=NONE_SUCH&campaign=CD-0")
    assert (Lead.objects.get().source, Lead.objects.get().campaign_id) == ("WEB", None)


def test_takes_nothing_that_it_does_not_ask_for(form: Make, send: Send, cast: Cast) -> None:
    send(form(), owner=str(cast.user("seller").pk), budget="5000000", tags="vip", job_title="Giám đốc")
    lead = Lead.objects.get()
    assert (lead.owner_id, lead.budget, lead.tags, lead.job_title) == (None, None, [], "")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"phones": ""}, "Điền mục này"),
        ({"phones": "12"}, "số điện thoại"),
        ({"name": ""}, "Họ tên"),
    ],
)
def test_says_at_the_field_what_is_missing_and_keeps_the_rest(
    form: Make, send: Send, given: dict[str, Any], told: str
) -> None:
    made = form()
    before = _nothing()

    answer = send(made, **given)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert told in page
    assert "Mạng cho quán cà phê" in page
    assert _nothing() == before


def test_says_at_once_all_that_is_missing(form: Make, send: Send) -> None:
    page = send(form(), name="", phones="").content.decode()
    assert page.count('aria-invalid="true"') == 2


def test_says_at_once_what_is_missing_and_what_cannot_be_read(form: Make, send: Send) -> None:
    made, before = form(), _nothing()
    page = send(made, name="", phones="12").content.decode()
    assert page.count('aria-invalid="true"') == 2
    assert "Điền mục này" in page
    assert _nothing() == before


# --- consent -------------------------------------------------------------------------------------------


def test_nobody_agrees_by_silence(form: Make, send: Send, text: int) -> None:
    made = form(consent_text=text)
    page = Client().get(f"/f/{made.key}").content.decode()
    assert "nhiều nhất hai lần một tháng" in page
    assert " checked" not in page

    send(made, emails="mai@example.com")

    assert not Consent.objects.exists()
    party = Lead.objects.get().party_id
    permission = contact_permission(party, Channel.EMAIL, Purpose.MARKETING, now())
    assert (permission.is_allowed, permission.rule) == (False, "no_consent")


def test_keeps_what_was_ticked_with_its_proof(form: Make, send: Send, text: int) -> None:
    made = form(consent_text=text)

    answer = send(made, emails="mai@example.com", agreed=["EMAIL", "POST"])

    assert answer.status_code == 302, answer.content.decode()

    consent = Consent.objects.get()
    assert (consent.party_id, consent.text_id) == (Lead.objects.get().party_id, text)
    assert (consent.channels, consent.given_by) == (["EMAIL"], "FORM")
    assert made.code in consent.evidence
    assert f"/f/{made.key}" in consent.evidence


# --- machines and floods -------------------------------------------------------------------------------


def test_a_machine_is_thanked_and_nothing_is_kept(form: Make, send: Send) -> None:
    made = form()
    before = _nothing()
    assert send(made, website="https://spam.example").status_code == 302
    assert _nothing() == before


def test_who_is_too_quick_may_send_it_again(form: Make, send: Send) -> None:
    made = form()
    before = _nothing()
    answer = send(made, waits=0.5)
    assert (answer.status_code, _nothing()) == (422, before)
    assert send(made, page=token_of(answer.content.decode())).status_code == 302
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("page", ["", "made:up", "eyJhIjoxfQ:1a:b"])
def test_a_page_of_ones_own_making_is_shown_anew(form: Make, page: str) -> None:
    made = form()
    before = _nothing()
    answer = Client().post(f"/f/{made.key}", {"name": "Mai", "phones": "0359000111", "page": page})
    assert (answer.status_code, _nothing()) == (422, before)


def test_the_page_of_another_form_is_shown_anew(form: Make, send: Send, text: int) -> None:
    made, other = form(), form(consent_text=text)
    page = token_of(Client().get(f"/f/{other.key}").content.decode())
    before = _nothing()
    assert send(made, page=page, agreed=["EMAIL"]).status_code == 422
    assert _nothing() == before


def test_a_page_left_open_over_night_is_shown_anew_with_what_was_typed(form: Make, send: Send) -> None:
    made = form()
    answer = send(made, waits=13 * 3600)
    assert answer.status_code == 422
    assert "Mạng cho quán cà phê" in answer.content.decode()
    assert not Lead.objects.exists()


def test_a_page_left_open_over_night_still_knows_where_its_visitor_came_from(form: Make, send: Send) -> None:
    made = form()
    anew = token_of(send(made, query="?source=FACEBOOK&utm_source=fb", waits=13 * 3600).content.decode())

    assert send(made, page=anew, waits=13 * 3600 + 10).status_code == 302

    assert (Lead.objects.get().source, Lead.objects.get().source_detail) == ("FACEBOOK", "fb")


def test_a_tick_under_other_words_is_not_carried_over(form: Make, send: Send, text: int, cast: Cast) -> None:
    made = form()
    page = token_of(Client().get(f"/f/{made.key}").content.decode())
    entity, given = entity_named("web_forms"), {"consent_text": text}
    standard.change(entity, made.pk, actor=cast.actor("director"), values=given, version=1)

    answer = send(made, page=page, agreed=["EMAIL"], waits=13 * 3600)

    later = answer.content.decode()
    assert answer.status_code == 422, later
    assert "nhiều nhất hai lần một tháng" in later
    assert " checked" not in later


def test_a_flood_of_one_caller_stops_and_others_go_on(form: Make, send: Send) -> None:
    made = form()
    answers = [send(made, name=f"Người {number}").status_code for number in range(PER_CALLER + 2)]
    assert answers == [302] * PER_CALLER + [429] * 2
    assert send(made, network="198.51.100.4").status_code == 302
    assert Lead.objects.count() == PER_CALLER + 1


def test_a_form_for_a_fair_takes_more_from_one_tablet_and_still_holds_a_flood_back(
    form: Make, send: Send
) -> None:
    fair, website = form(per_caller=8), form()

    answers = [send(fair, name=f"Khách {number}").status_code for number in range(10)]

    assert answers == [302] * 8 + [429] * 2
    assert Lead.objects.count() == 8
    # The form on the website is held back by what came through itself alone, and by its own number.
    assert [send(website, name=f"Người {number}").status_code for number in range(6)] == [302] * 5 + [429]


@pytest.mark.parametrize("number", [0, -1, 101, 5_000, None, "nhiều"])
def test_no_form_lets_a_flood_through(form: Make, number: object) -> None:
    before = _nothing()
    with pytest.raises(InvalidValues) as refused:
        form(per_caller=number)
    assert [each.field for each in refused.value.problems] == ["per_caller"]
    assert _nothing() == before


def test_a_caller_is_let_in_again_later(form: Make, send: Send) -> None:
    made = form()
    for number in range(PER_CALLER):
        send(made, name=f"Người {number}")
    with stopped(now() + dt.timedelta(minutes=11)):
        assert send(made, name="Người sau").status_code == 302


def test_keeps_no_network_by_which_anybody_is_found(form: Make, send: Send) -> None:
    send(form(), network="203.0.113.77")
    assert b"203.0.113.77" not in bytes(Entry.objects.get().caller)


# --- closed, inside other pages ------------------------------------------------------------------------


def test_keeps_its_address_when_it_is_changed(form: Make, send: Send, cast: Cast) -> None:
    made = form()
    page = token_of(Client().get(f"/f/{made.key}").content.decode())
    entity, given = entity_named("web_forms"), {"title": "Đăng ký tư vấn"}

    standard.change(entity, made.pk, actor=cast.actor("director"), values=given, version=1)

    assert "Đăng ký tư vấn" in Client().get(f"/f/{made.key}").content.decode()
    assert send(made, page=page).status_code == 302


def test_a_closed_form_takes_nothing(form: Make, send: Send, cast: Cast) -> None:
    made = form()
    page = token_of(Client().get(f"/f/{made.key}").content.decode())
    entity = entity_named("web_forms")
    standard.change(entity, made.pk, actor=cast.actor("director"), values={"is_open": False}, version=1)
    before = _nothing()

    answer = send(made, page=page)

    assert answer.status_code == 404
    assert "đã đóng" in answer.content.decode()
    assert _nothing() == before


def test_no_page_that_is_not_named_shows_it(form: Make) -> None:
    alone = Client().get(f"/f/{form().key}")
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    shared = Client().get(f"/f/{form(sites='https://www.example.vn/dang-ky').key}")
    policy = shared.headers["Content-Security-Policy"]
    assert "frame-ancestors https://www.example.vn;" in policy
    assert "script-src 'self'" in policy


def test_a_form_has_an_address_that_nobody_guesses(form: Make) -> None:
    assert form().key != form().key
    assert len(form().key) == 16
    assert Client().get("/f/none-such").status_code == 404
