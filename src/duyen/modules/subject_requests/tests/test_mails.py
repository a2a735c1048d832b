"""A mail that waits, or was filed to nobody, is hers by its address: it is copied and erased with her."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.exporting.fetching import fetch
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.audit import trail
from duyen.foundation.files.models import File
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.clock import now
from duyen.modules.messaging.actions.enclosing import keep_files
from duyen.modules.messaging.mime.parsing import Enclosed
from duyen.modules.messaging.models import Mail, MailFile
from duyen.modules.subject_requests.tests.conftest import Note, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = {"proven_by": "ID_CARD", "proof": "Căn cước, xem tại quầy"}
NAME, ADDRESS, WORDS = "Đoàn Thuỳ Chi", "thuychi@example.com", "Nhà tôi ở ngõ 25, gọi tôi buổi tối."


def _mail(**values: Any) -> Mail:
    """Keep a mail as it arrived, with no place."""
    given = {
        "way": "in",
        "state": "unfiled",
        "sender_name": NAME,
        "sender_address": ADDRESS,
        "people": {"to": [["", "info@company.example.com"]]},
        "subject": "Hỏi giá",
        "body": WORDS,
        "at": now(),
        "created_at": now(),
    }
    return Mail.objects.create(**{**given, **values})


@pytest.fixture
def her(cast: Cast) -> int:
    """A customer with an e-mail."""
    values = {"name": NAME, "kind": "INDIVIDUAL", "emails": [ADDRESS]}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


def _erase(note: Note, take: Take, her: int) -> None:
    request = note("DELETE", customer=her)
    take("prove", request, **PROOF)
    assert work(take("erase_data", request, confirmation="XOÁ").job or 0)


def test_erases_mails_that_stand_with_nobody(her: int, note: Note, take: Take) -> None:
    waits, passed_over = _mail(), _mail(state="left_out")
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.mail")
        keep_files(waits, [Enclosed("can-cuoc.txt", b"030123456789")], left_out=0, actor=system_actor("Mail"))
    assert File.objects.filter(entity="mails").exists()

    _erase(note, take, her)

    for each in Mail.objects.filter(pk__in=[waits.pk, passed_over.pk]).order_by("pk"):
        told = (each.sender_name, each.sender_address, each.subject, each.body, each.people)
        assert told == ("", "", "", "", {})
        assert each.state == "left_out"
    assert not File.objects.filter(entity="mails").exists()
    assert list(MailFile.objects.values_list("name", flat=True)) == [""]


def test_takes_her_out_of_a_mail_that_somebody_passed_on(her: int, note: Note, take: Take) -> None:
    body = f"Chuyển tiếp: {NAME} <{ADDRESS}> hỏi giá."
    passed_on = _mail(sender_name="Lê Văn Khác", sender_address="khac@example.com", body=body)
    stranger = _mail(sender_name="Người Lạ", sender_address="la@example.com", body="Hỏi giá")
    before = Mail.objects.filter(pk=stranger.pk).values().get()

    _erase(note, take, her)

    held = Mail.objects.get(pk=passed_on.pk)
    assert (held.sender_name, held.body) == ("Lê Văn Khác", "Chuyển tiếp: [đã xoá] <[đã xoá]> hỏi giá.")
    assert Mail.objects.filter(pk=stranger.pk).values().get() == before


def test_leaves_the_words_of_whoever_shares_her_address(cast: Cast, her: int, note: Note, take: Take) -> None:
    values = {"name": "Đoàn Văn Bình", "kind": "INDIVIDUAL", "emails": [ADDRESS]}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    shared = _mail(sender_name="Đoàn Văn Bình", body="Cho tôi hỏi giá.")

    _erase(note, take, her)

    held = Mail.objects.get(pk=shared.pk)
    assert (held.sender_name, held.body, held.state) == ("Đoàn Văn Bình", "Cho tôi hỏi giá.", "unfiled")


def test_copies_mails_that_stand_with_nobody(officer: Actor, her: int, note: Note, take: Take) -> None:
    _mail()
    request = note("ACCESS", customer=her)
    take("prove", request, **PROOF)
    job = take("copy_data", request).job or 0
    assert work(job)

    file, _name = fetch(Job.objects.get(pk=job), actor=officer)

    with file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        page = archive.read("index.html").decode()
    assert WORDS in page
    assert f"<dt>Địa chỉ gửi</dt><dd>{ADDRESS}</dd>" in page
    assert "Dữ liệu chúng tôi lưu về bạn" in page
    assert "fingerprint" not in page
    assert "sender_address" not in page
