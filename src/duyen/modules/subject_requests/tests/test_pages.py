"""What the officer sees: beforehand what an erasure takes away, afterwards its proof."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import User
from duyen.modules.subject_requests.tests.conftest import Note, Take

pytestmark = pytest.mark.django_db(transaction=True)


def test_shows_what_goes_before_and_the_proof_after(person: int, note: Note, take: Take) -> None:
    request = note("DELETE")
    take("prove", request, proven_by="ID_CARD", proof="Căn cước, xem tại quầy")
    client = Client()
    client.force_login(User.objects.get(email="dpo@example.com"))

    shown = client.post(f"/subject_requests/{request}/erase_data", {"preview": "1"}).content.decode()

    assert "Ẩn danh 1" in shown
    assert "Chưa xoá gì." in client.get(f"/subject_requests/{request}").content.decode()
    assert work(take("erase_data", request, confirmation="XOÁ").job or 0)
    after = client.get(f"/subject_requests/{request}").content.decode()
    assert "Bằng chứng còn nguyên như khi lập." in after
    assert "Ngô Bảo Trâm" in after
    proof = after[: after.index("Bằng chứng còn nguyên như khi lập.")].rpartition("<dl")[2]
    assert "<dd>1</dd>" in proof
    assert "<dd>0</dd>" not in proof
    left = client.get(f"/customers/{person}").content.decode()
    assert "Dữ liệu của người này đã xoá vĩnh viễn." in left
    assert "Khôi phục" not in left


@pytest.mark.parametrize(("kind", "verb"), [("ACCESS", "copy_data"), ("DELETE", "erase_data")])
def test_the_page_of_the_work_leads_back_to_the_request(
    person: int, note: Note, take: Take, kind: str, verb: str
) -> None:
    request = note(kind)
    take("prove", request, proven_by="ID_CARD", proof="Căn cước, xem tại quầy")
    job = take(verb, request, **({"confirmation": "XOÁ"} if verb == "erase_data" else {})).job or 0
    client = Client()
    client.force_login(User.objects.get(email="dpo@example.com"))

    for _before_and_after in range(2):
        shown = client.get(f"/jobs/{job}").content.decode()
        assert f'<a class="btn ghost" href="/subject_requests/{request}">Về yêu cầu dữ liệu</a>' in shown
        work(job)
