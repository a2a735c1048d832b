"""The page, the list and the start page: how handovers reach those who answer them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.foundation.audit.models import History
from duyen.modules.handovers.models import Handover
from duyen.modules.handovers.tests.conftest import Browse, Make, lead_of, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

PAGE = "/leads/handed-over"


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def test_the_receiver_reads_who_it_is_and_no_number_and_accepts(
    handed: Make, browse: Browse, cast: Cast
) -> None:
    made = handed()
    client = browse()

    page = _text(client.get(PAGE))
    for words in ("Phạm Thị Mai", "Mạng cho quán", "Lê Mỹ Duyên", "Khách hỏi gói cáp quang"):
        assert words in page
    assert "0359" not in page
    assert "Phạm Thị Mai" in _text(client.get("/home/tiles/handovers.waiting"))

    assert client.post(f"{PAGE}/{made}/accept").status_code == 302
    assert lead_of(made).owner_id == cast.user("seller").pk
    assert "Không có ai chờ bạn nhận" in _text(client.get(PAGE))
    assert "Đã nhận" in _text(browse("care_agent").get(PAGE))
    assert "Đã giao" in _text(browse("care_agent").get(PAGE))


def test_accepting_the_last_leads_to_the_lead(handed: Make, browse: Browse) -> None:
    made = handed()

    answer = browse().post(f"{PAGE}/{made}/accept")

    assert answer.headers["Location"] == f"/leads/{stand(made).lead_id}"


def test_accepting_one_of_several_gives_a_way_to_it_beside_those_that_wait(
    lead: Make, handed: Make, browse: Browse
) -> None:
    first = handed()
    other = handed(lead_id=lead(name="Vũ Văn Nam", phones=["0912 345 678"]))
    client = browse()

    page = _text(client.post(f"{PAGE}/{first}/accept", follow=True))

    assert f'href="/leads/{stand(first).lead_id}"' in page
    assert "Mở khách hàng tiềm năng: Phạm Thị Mai" in page
    assert "Vũ Văn Nam" in page
    for number in (other, 0, "x", "9" * 30):
        assert "Mở khách hàng tiềm năng:" not in _text(client.get(PAGE, {"accepted": number}))
    assert "Phạm Thị Mai" not in _text(browse("teller").get(PAGE, {"accepted": first}))


def test_the_page_of_a_lead_tells_for_whom_it_waits(handed: Make, browse: Browse) -> None:
    made = handed()

    page = _text(browse("care_agent").get(f"/leads/{stand(made).lead_id}"))

    assert "Lê Mỹ Duyên → Nguyễn Hồng Hạnh" in page
    assert "Chờ nhận" in page


def test_a_return_without_a_reason_is_asked_for_one(handed: Make, browse: Browse) -> None:
    made = handed()
    client, told = browse(), History.objects.count()

    assert "Ghi lý do trả lại" in _text(client.post(f"{PAGE}/{made}/return"), 422)
    assert (stand(made).state, History.objects.count()) == ("WAITING", told)

    client.post(f"{PAGE}/{made}/return", {"note": "Ngoài vùng phủ"})
    assert "Ngoài vùng phủ" in _text(browse("care_agent").get(PAGE))


def test_what_was_answered_meanwhile_is_told(handed: Make, browse: Browse) -> None:
    made = handed(to="", unit="HP1")
    browse("teller").post(f"{PAGE}/{made}/accept")
    told = History.objects.count()

    answer = browse().post(f"{PAGE}/{made}/accept", follow=True)

    assert "Bàn giao này đã có người trả lời" in _text(answer)
    assert History.objects.count() == told


def test_others_find_nothing_to_answer(handed: Make, browse: Browse) -> None:
    made = handed()
    told = History.objects.count()

    for who in ("teller", "colleague", "outsider"):
        assert "Phạm Thị Mai" not in _text(browse(who).get(PAGE))
        _text(browse(who).post(f"{PAGE}/{made}/accept"), 404)
    _text(browse("care_agent").post(f"{PAGE}/{made}/accept"), 404)
    _text(browse().post(f"{PAGE}/{made}/withdraw"), 404)
    _text(browse().post(f"{PAGE}/{made}/burn"), 404)
    _text(browse("admin").get(PAGE), 403)
    assert (stand(made).state, History.objects.count()) == ("WAITING", told)


def test_several_are_handed_over_from_the_list(lead: Make, browse: Browse, cast: Cast) -> None:
    ids = [lead(name=f"Khách {number}", phones=[f"0912 345 67{number}"]) for number in range(3)]
    client = browse("care_agent")
    asked = {"unit": cast.unit("HP1").pk, "note": "Hội thảo tháng 3", "take": "1"}
    chosen = [f"{each}.1" for each in ids]

    answer = client.post("/leads/bulk", {"verb": "hand_to", "ids": chosen, **asked})

    assert answer.status_code == 302
    assert set(Handover.objects.values_list("lead_id", flat=True)) == set(ids)


def test_reads_the_page_by_as_many_queries_for_three_and_for_thirty(
    lead: Make, handed: Make, browse: Browse
) -> None:
    client = browse()

    def count() -> int:
        with CaptureQueriesContext(connection) as told:
            _text(client.get(PAGE))
        return len(told)

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            handed(lead_id=lead(name=f"Khách {number}", phones=[f"0912 345 6{number:02}"]))

    more(0, 3)
    count()
    few = count()
    more(3, 30)
    assert count() == few
