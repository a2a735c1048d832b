"""A person asks for her data and then for deletion: both done after proof, within the term, with proof."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.exporting.fetching import fetch
from duyen.entities.models import Erasure
from duyen.entities.performing import NotNow
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.foundation.notices.models import Notice
from duyen.kernel.clock import today
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.words import Channel, Purpose, Why
from duyen.modules.subject_requests.actions import remind
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.notices import ANSWERED, COMES_DUE, CORRECTION, RECEIVED
from duyen.modules.subject_requests.tests.conftest import Note, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
PROOF = {"proven_by": "ID_CARD", "proof": "Căn cước, xem tại quầy"}


def stand(request: int) -> SubjectRequest:
    return SubjectRequest.objects.get(pk=request)


@pytest.mark.django_db(transaction=True)
def test_gives_her_the_copy_and_then_erases_her(
    cast: Cast, officer: Actor, person: int, note: Note, take: Take
) -> None:
    call = {"kind": "CALL", "subject": "Chị Chi hỏi giá cước", "about": [f"customers:{person}"]}
    standard.create(entity_named("activities"), actor=cast.actor("seller"), values=call)
    asked = note("ACCESS")
    take("acknowledge", asked)
    take("prove", asked, **PROOF)
    with pytest.raises(NotNow):
        take("complete", asked, answer="Đã gửi")
    copied = take("copy_data", asked).job
    assert copied is not None
    assert work(copied)
    job = Job.objects.get(pk=copied)
    assert (job.state, job.problem) == (JobState.DONE, "")

    file, name = fetch(job, actor=officer)

    with file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        page = archive.read("index.html").decode()
    assert name.endswith(".zip")
    for words in ("Đoàn Thuỳ Chi", "0912 345 678", "Chị Chi hỏi giá cước"):
        assert words in page
    take("complete", asked, answer="Đã gửi bản sao")

    deletion = note("DELETE")
    take("prove", deletion, **PROOF)
    with pytest.raises(NotNow):
        take("complete", deletion, answer="Đã xoá")
    assert work(take("erase_data", deletion, confirmation="xoa").job or 0)
    take("complete", deletion, answer="Đã xoá, báo qua điện thoại")

    proof = Erasure.objects.get(record_id=person)
    assert (proof.reason, proof.by_name) == (stand(deletion).code, "Ngô Bảo Trâm")
    for each in (asked, deletion):
        done = stand(each)
        assert done.state == "DONE"
        assert done.answered_at is not None
        assert done.answered_at <= done.due_at
        assert "Chi" not in done.requester
    assert "Đoàn Thuỳ Chi" not in str(list(History.objects.values_list("changes", "note")))
    with pytest.raises(NotFound):
        fetch(Job.objects.get(pk=job.pk), actor=officer)


def test_works_out_both_terms_and_tells_the_officer(officer: Actor, note: Note) -> None:
    row = stand(note("DELETE", received_on=today() - dt.timedelta(days=1)))

    assert row.received_on < row.acknowledge_by.date() <= row.due_at.date()
    assert (row.due_at.date() - row.received_on).days <= 20
    assert list(Notice.objects.values_list("user_id", "kind", "record_id")) == [
        (officer.user_id, RECEIVED, row.pk)
    ]


@pytest.mark.parametrize(("verb", "kind"), [("complete", "CORRECT"), ("refuse", "RESTRICT")])
def test_tells_whoever_noted_it_that_it_is_answered(
    cast: Cast, note: Note, take: Take, verb: str, kind: str
) -> None:
    request = note(kind)
    take("prove", request, **PROOF)
    told = Notice.objects.filter(kind=ANSWERED).values_list("user_id", "record_id")
    assert not told

    take(verb, request, answer="Đã trả lời qua điện thoại")

    assert list(told.all()) == [(cast.user("seller").pk, request)]


def test_tells_the_owner_of_the_customer_that_a_correction_waits(
    cast: Cast, person: int, note: Note, take: Take
) -> None:
    request = note("CORRECT", by="director", wish="Họ là Đoàn Thị, không phải Đoàn Thuỳ")
    told = Notice.objects.filter(kind=CORRECTION).values_list("user_id", "entity", "record_id")
    assert not told
    page = f"/customers/{person}"
    assert "Họ là Đoàn Thị" not in _page(cast, "seller", page)

    take("prove", request, **PROOF)

    assert list(told.all()) == [(cast.user("seller").pk, "customers", person)]
    assert "Họ là Đoàn Thị, không phải Đoàn Thuỳ" in _page(cast, "seller", page)
    take("complete", request, answer="Đã sửa tên")
    assert "Họ là Đoàn Thị" not in _page(cast, "seller", page)


@pytest.mark.parametrize("kind", ["ACCESS", "DELETE", "RESTRICT"])
def test_tells_no_owner_of_other_requests(person: int, note: Note, take: Take, kind: str) -> None:
    take("prove", note(kind, by="director"), **PROOF)

    assert not Notice.objects.filter(kind=CORRECTION).exists()


def _page(cast: Cast, who: str, address: str) -> str:
    client = Client()
    client.force_login(cast.user(who))
    return client.get(address).content.decode()


@pytest.mark.parametrize("verb", ["copy_data", "erase_data"])
def test_does_nothing_before_the_identity_is_proven(note: Note, take: Take, verb: str) -> None:
    request = note("DELETE")
    with pytest.raises(NotNow):
        take(verb, request, **({"confirmation": "XOÁ"} if verb == "erase_data" else {}))
    assert not Job.objects.exists()
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_lets_nobody_answer_without_the_right(cast: Cast, note: Note, take: Take, who: str) -> None:
    request = note()
    with pytest.raises(NotAllowed):
        take("prove", request, actor=cast.actor(who), **PROOF)
    assert stand(request).state == "RECEIVED"


@pytest.mark.parametrize("kind", ["WITHDRAW", "RESTRICT", "OBJECT"])
def test_stops_advertising_when_it_is_done_and_not_before(
    person: int, note: Note, take: Take, kind: str
) -> None:
    request = note(kind)
    take("prove", request, **PROOF)
    assert contact_permission(person, Channel.SMS, Purpose.MARKETING).rule != Why.REFUSED

    take("complete", request, answer="Đã dừng quảng cáo")

    assert contact_permission(person, Channel.SMS, Purpose.MARKETING).rule == Why.REFUSED


def test_erases_nothing_without_the_word(note: Note, take: Take) -> None:
    request = note("DELETE")
    take("prove", request, **PROOF)
    with pytest.raises(InvalidValues):
        take("erase_data", request, confirmation="có")
    assert not Erasure.objects.exists()


def test_extends_once_and_only_what_has_to_stop(note: Note, take: Take) -> None:
    request = note("RESTRICT")
    before = stand(request).due_at
    with pytest.raises(InvalidValues):
        take("extend", request, added_days=16, added_why="Chờ bên gửi tin")
    take("extend", request, added_days=15, added_why="Chờ bên gửi tin")
    assert dt.timedelta(days=13) <= stand(request).due_at - before <= dt.timedelta(days=17)
    with pytest.raises(NotNow):
        take("extend", request, added_days=1, added_why="Thêm nữa")
    with pytest.raises(NotNow):
        take("extend", note("ACCESS"), added_days=1, added_why="Bận")


def test_proves_nobody_where_nobody_is_chosen(note: Note, take: Take) -> None:
    request = note(customer=None)
    with pytest.raises(NotNow):
        take("prove", request, **PROOF)
    assert stand(request).proven_by == ""


def test_keeps_person_and_kind_once_the_identity_is_proven(cast: Cast, note: Note, take: Take) -> None:
    request = note("ACCESS")
    take("prove", request, **PROOF)
    entity = entity_named("subject_requests")
    with pytest.raises(InvalidValues):
        standard.change(
            entity,
            request,
            actor=cast.actor("seller"),
            values={"kind": "DELETE"},
            version=stand(request).version,
        )
    assert stand(request).kind == "ACCESS"


def test_tells_of_what_is_late_and_of_nothing_that_is_answered(
    officer: Actor, note: Note, take: Take
) -> None:
    late = note(received_on=today() - dt.timedelta(days=40))
    answered = note(received_on=today() - dt.timedelta(days=40))
    take("refuse", answered, answer="Không có dữ liệu")

    assert remind() == 1

    told = Notice.objects.filter(kind=COMES_DUE).values_list("user_id", "record_id")
    assert list(told) == [(officer.user_id, late)]
