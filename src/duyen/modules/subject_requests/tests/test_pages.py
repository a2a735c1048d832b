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
