"""Somebody who is no customer yet: her data are copied and erased like those of others."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.exporting.fetching import fetch
from duyen.entities.models import Erasure
from duyen.entities.performing import perform
from duyen.entities.personal.standing import Erased
from duyen.entities.registry import entity_named
from duyen.entities.restricted import Restricted
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.foundation.notices.models import Notice
from duyen.foundation.org.models import User
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.words import Channel, Purpose, Why
from duyen.modules.leads.models import Lead
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.notices import CORRECTION
from duyen.modules.subject_requests.tests.conftest import Note, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = {"proven_by": "ID_CARD", "proof": "Căn cước, xem tại quầy"}
NAME, MAIL, NEED = "Vũ Thị Hồng Nhung", "hongnhung@example.com", "Mạng cho tiệm hoa ở ngõ 25"
PHONES = ("+84987123456", "0987123456", "0987 123 456")


def _capture(cast: Cast, **values: Any) -> int:
    given = {"name": NAME, "phones": ["0987 123 456"], "emails": [MAIL], "need": NEED, "source": "WEB"}
    return standard.create(entity_named("leads"), actor=cast.actor("seller"), values={**given, **values}).id


def _everything() -> list[str]:
    """Read the whole base as text: each row of each table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') "
            "AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        told = []
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {name} t")
            told += [f"{name}: {row[0]}" for row in cursor.fetchall()]
    return told


def _left_of_her() -> list[str]:
    words = [each.casefold() for each in (NAME, "Vu Thi Hong Nhung", MAIL, NEED, "hẹn hoa", *PHONES)]
    return [line[:400] for line in _everything() if any(word in line.casefold() for word in words)]


@pytest.fixture
def lead(cast: Cast) -> int:
    """A lead of the seller that she took on, called and wrote about."""
    made = _capture(cast)
    seller = cast.actor("seller")
    perform(entity_named("leads"), "take", made, actor=seller, arguments={})
    call = {"kind": "CALL", "subject": f"Gọi {NAME}", "body": "Hẹn hoa 0987.123.456", "result": "Hẹn hoa"}
    values = {**call, "about": [f"leads:{made}"]}
    standard.create(entity_named("activities"), actor=seller, values=values)
    return made


def _erase(note: Note, take: Take, **whom: Any) -> int:
    request = note("DELETE", requester=NAME, **{"customer": None, **whom})
    take("prove", request, **PROOF)
    job = take("erase_data", request, confirmation="XOÁ").job or 0
    assert work(job)
    assert Job.objects.get(pk=job).problem == ""
    take("complete", request, answer="Đã xoá, báo qua thư")
    return request


def test_copies_what_is_held_of_a_lead(officer: Actor, lead: int, note: Note, take: Take) -> None:
    request = note("ACCESS", requester=NAME, customer=None, lead=lead)
    take("prove", request, **PROOF)
    job = take("copy_data", request).job or 0
    assert work(job)

    file, _name = fetch(Job.objects.get(pk=job), actor=officer)

    with file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        page = archive.read("index.html").decode()
    for words in (NAME, "0987 123 456", MAIL, NEED, "Hẹn hoa"):
        assert words in page
    take("complete", request, answer="Đã gửi bản sao")
    assert SubjectRequest.objects.get(pk=request).state == "DONE"


def test_erases_a_lead_with_all_that_was_noted_about_it(lead: int, note: Note, take: Take) -> None:
    speaker = Lead.objects.get(pk=lead).party_id

    request = _erase(note, take, lead=lead)

    assert _left_of_her() == []
    assert Erasure.objects.get(record_id=speaker).reason == SubjectRequest.objects.get(pk=request).code
    held = Lead.objects.get(pk=lead)
    assert (held.state, held.disqualify_reason, held.phones) == ("DISQUALIFIED", "NO_CONTACT_WANTED", [])


def test_what_is_left_of_an_erased_lead_is_locked_for_everybody(
    cast: Cast, officer: Actor, lead: int, note: Note, take: Take
) -> None:
    leads, page = entity_named("leads"), f"/leads/{lead}"
    assert f'href="{page}/edit"' in _seen_by(cast, page)
    _erase(note, take, lead=lead)
    before = Lead.objects.values().get(pk=lead)

    shown = _seen_by(cast, page)

    assert "Dữ liệu của người này đã xoá vĩnh viễn." in shown
    assert f'href="{page}/edit"' not in shown
    assert "Ghi sự đồng ý" not in shown
    for actor in (cast.actor("seller"), cast.actor("director")):
        with pytest.raises(Erased):
            standard.change(leads, lead, actor=actor, values={"need": "x"}, version=before["version"])
        with pytest.raises(Erased):
            standard.delete(leads, lead, actor=cast.actor("director"))
    assert Lead.objects.values().get(pk=lead) == before


def _seen_by(cast: Cast, page: str, who: str = "seller") -> str:
    client = Client()
    client.force_login(cast.user(who))
    return client.get(page).content.decode()


def test_tells_the_owner_of_a_lead_that_a_correction_waits(
    cast: Cast, lead: int, note: Note, take: Take
) -> None:
    request = note("CORRECT", by="director", requester=NAME, customer=None, lead=lead, wish="Sai số nhà")

    take("prove", request, **PROOF)

    told = Notice.objects.filter(kind=CORRECTION).values_list("user_id", "entity", "record_id")
    assert list(told) == [(cast.user("seller").pk, "leads", lead)]
    assert "Sai số nhà" in _seen_by(cast, f"/leads/{lead}")


def test_advertises_to_no_later_lead_with_her_number(cast: Cast, lead: int, note: Note, take: Take) -> None:
    _erase(note, take, lead=lead)

    later = Lead.objects.get(pk=_capture(cast))

    for channel in (Channel.SMS, Channel.EMAIL):
        assert contact_permission(later.party_id, channel, Purpose.MARKETING).rule == Why.REFUSED


def test_erases_a_customer_with_the_leads_that_were_joined(
    cast: Cast, lead: int, note: Note, take: Take
) -> None:
    values = {"name": NAME, "kind": "INDIVIDUAL", "phones": [PHONES[0]]}
    known = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    perform(entity_named("leads"), "join", lead, actor=cast.actor("seller"), arguments={"party": known})

    _erase(note, take, customer=known)

    assert _left_of_her() == []


def test_takes_only_her_name_out_of_what_is_about_the_company_too(cast: Cast, note: Note, take: Take) -> None:
    seller = cast.actor("seller")
    values: dict[str, Any] = {"name": "Công ty TNHH Hải Long", "kind": "ORGANISATION"}
    firm = standard.create(entity_named("customers"), actor=seller, values=values).id
    asked = _capture(cast, company="Công ty TNHH Hải Long")
    perform(entity_named("leads"), "join", asked, actor=seller, arguments={"party": firm})
    words = {"kind": "NOTE", "subject": f"Báo giá gửi {NAME}", "body": "Kênh thuê riêng 100 Mbps"}
    made = standard.create(
        entity_named("activities"), actor=seller, values={**words, "about": [f"leads:{asked}"]}
    )

    _erase(note, take, lead=asked)

    assert _left_of_her() == []
    row = entity_named("activities").model._default_manager.values("subject", "body").get(pk=made.id)
    assert row == {"subject": "Báo giá gửi [đã xoá]", "body": "Kênh thuê riêng 100 Mbps"}


def test_says_what_else_may_be_hers_until_it_is_answered(
    cast: Cast, officer: Actor, lead: int, note: Note, take: Take
) -> None:
    other = _capture(cast, name="Hồng Nhung", emails=[])
    stranger = _capture(cast, name="Lê Văn Khác", phones=["0911 222 333"], emails=[])
    values = {"name": "Nhung", "kind": "INDIVIDUAL", "phones": [PHONES[0]]}
    known = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    request = note("DELETE", requester=NAME, customer=None, lead=lead)
    client = Client()
    client.force_login(User.objects.get(email="dpo@example.com"))

    page = client.get(f"/subject_requests/{request}").content.decode()

    assert f'href="/leads/{other}"' in page
    assert f'href="/customers/{known}"' in page
    assert f'href="/leads/{stranger}"' not in page
    take("refuse", request, answer="Không đúng người")
    assert f'href="/leads/{other}"' not in client.get(f"/subject_requests/{request}").content.decode()


def test_locks_a_lead_whose_use_was_restricted(cast: Cast, lead: int, note: Note, take: Take) -> None:
    request = note("RESTRICT", requester=NAME, customer=None, lead=lead)
    take("prove", request, **PROOF)
    take("complete", request, answer="Đã hạn chế, báo qua thư")
    leads, before = entity_named("leads"), Lead.objects.filter(pk=lead).values().get()

    changed, given_up = {"need": "Mới"}, {"disqualify_reason": "NO_NEED"}
    for who in ("seller", "manager"):
        with pytest.raises(Restricted):
            standard.change(leads, lead, actor=cast.actor(who), values=changed, version=before["version"])
    with pytest.raises(Restricted):
        perform(leads, "disqualify", lead, actor=cast.actor("seller"), arguments=given_up)
    assert Lead.objects.filter(pk=lead).values().get() == before

    client = Client()
    client.force_login(cast.user("seller"))
    assert "Hạn chế sử dụng dữ liệu" in client.get(f"/leads/{lead}").content.decode()
    take("lift", request, lifted_why="Đã thống nhất, báo qua điện thoại")
    perform(leads, "disqualify", lead, actor=cast.actor("seller"), arguments=given_up)
    assert Lead.objects.get(pk=lead).state == "DISQUALIFIED"


def test_is_about_one_person(person: int, lead: int, note: Note) -> None:
    with pytest.raises(InvalidValues):
        note("ACCESS", customer=person, lead=lead)
    assert not SubjectRequest.objects.exists()


def test_finds_a_lead_in_the_bin_for_the_officer(cast: Cast, lead: int, note: Note, take: Take) -> None:
    standard.delete(entity_named("leads"), lead, actor=cast.actor("manager"))
    request = note("DELETE", requester=NAME, customer=None)
    with pytest.raises(InvalidValues):
        take("choose_from_bin", request, known_by="0911 000 111")
    with pytest.raises(NotAllowed):
        take("choose_from_bin", request, actor=cast.actor("seller"), known_by=PHONES[1])
    assert SubjectRequest.objects.get(pk=request).lead_id is None

    take("choose_from_bin", request, known_by="0987 123 456")

    assert SubjectRequest.objects.get(pk=request).lead_id == lead
    client = Client()
    client.force_login(User.objects.get(email="dpo@example.com"))
    assert client.get(f"/subject_requests/{request}").status_code == 200
    take("prove", request, **PROOF)
    assert work(take("erase_data", request, confirmation="XOÁ").job or 0)
    assert _left_of_her() == []
