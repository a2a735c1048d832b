"""A calling session: one lead at a time, noted by one key, and never twice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import hand_over
from duyen.foundation.audit.models import History
from duyen.kernel import clock
from duyen.modules.activities.actions import plan
from duyen.modules.activities.models import Activity
from duyen.modules.activities.words import ActivityKind
from duyen.modules.calling.tests.conftest import MORNING, Make, form, stand
from duyen.modules.consents.models import ContactMade, Suppression
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Browse = Callable[..., Client]
HOUR = dt.timedelta(hours=1)


def _post(client: Client, lead_id: int, outcome: str, **typed: Any) -> Any:
    return client.post(f"/leads/calling/{lead_id}", form(lead_id, outcome, **typed))


def _calls(lead_id: int) -> list[tuple[str, str, str]]:
    rows = Activity.objects.filter(kind="CALL", about__contains=[{"entity": "leads", "id": lead_id}])
    return list(rows.order_by("pk").values_list("state", "outcome", "result"))


def _refused(answer: Any, lead_id: int, before: tuple[int, str], status: int) -> str:
    """Read a refusal, and prove that it changed nothing."""
    assert answer.status_code == status
    assert (History.objects.count(), stand(lead_id).state) == before
    return str(answer.content.decode())


def _standing(lead_id: int) -> tuple[int, str]:
    return History.objects.count(), stand(lead_id).state


def test_leads_to_the_table_of_her_open_leads_alone(lead: Make, browse: Browse) -> None:
    hers = lead(by="manager")
    others = lead(name="Lê Thị Xa", phones=["0912 345 678"])
    client = browse("manager")

    page = unescape(client.get("/leads/calling").content.decode())
    address = re.search(r'href="(/leads\?list=mine[^"]*)"', page)
    assert address is not None
    rows = client.get(address[1]).content.decode()
    assert f"/leads/{hers}" in rows
    assert f"/leads/{others}" not in rows


def test_opens_the_most_urgent_lead_and_after_each_outcome_the_next(lead: Make, browse: Browse) -> None:
    warm, hot = lead(name="Vũ Văn Ấm"), lead(name="Lê Thị Nóng", phones=["0912 345 678"], temperature="HOT")
    client = browse()

    assert client.get("/leads/calling/next").headers["Location"] == f"/leads/calling/{hot}"
    page = client.get(f"/leads/calling/{hot}").content.decode()
    assert 'href="tel:+84912345678"' in page
    assert "Lê Thị Nóng" in page

    answer = _post(client, hot, "REACHED", said="Muốn xem báo giá")
    assert answer.headers["Location"] == f"/leads/calling/next?was={hot}"
    assert client.get(answer.headers["Location"]).headers["Location"] == f"/leads/calling/{warm}?was={hot}"
    assert stand(hot).state == "CONTACTED"
    assert stand(hot).first_response_at == MORNING
    assert _calls(hot) == [("DONE", "REACHED", "Muốn xem báo giá")]
    assert (
        "Hôm nay đã gọi 1 cuộc, 1 cuộc gặp được"
        in client.get(f"/leads/calling/{warm}?was={hot}").content.decode()
    )


def test_whoever_does_not_answer_is_tried_again_by_the_calendar(lead: Make, browse: Browse) -> None:
    made = lead()

    _post(browse(), made, "NO_ANSWER")

    assert stand(made).state == "ASSIGNED"
    assert stand(made).next_action_on == MORNING.date()
    assert _calls(made) == [("DONE", "NO_ANSWER", ""), ("PLANNED", "", "")]
    page = browse().get("/leads/calling").content.decode()
    assert "Đã hẹn gọi trong hôm nay" in page
    with clock.stopped(MORNING + 3 * HOUR):
        assert browse().get("/leads/calling/next").headers["Location"] == f"/leads/calling/{made}"


def test_calls_again_when_it_was_promised_and_finishes_the_promise(lead: Make, browse: Browse) -> None:
    made = lead()

    _post(browse(), made, "CALL_BACK", when="mai 14:00")
    assert stand(made).state == "CONTACTED"
    assert str(stand(made).next_action_on) == "2027-03-12"
    assert browse().get("/leads/calling/next").headers["Location"] == "/leads/calling"

    with clock.stopped(MORNING + 29 * HOUR):
        assert browse().get("/leads/calling/next").headers["Location"] == f"/leads/calling/{made}"
        _post(browse(), made, "REACHED", said="Đã nhận báo giá")
    assert _calls(made) == [("DONE", "POSTPONED", ""), ("DONE", "REACHED", "Đã nhận báo giá")]
    assert stand(made).next_action_on is None


def test_nurtures_by_one_key_with_a_day_and_a_task(lead: Make, browse: Browse) -> None:
    made, other = lead(), lead(name="Vũ Văn Ấm", phones=["0359 000 222"])
    client = browse()
    page = client.get(f"/leads/calling/{made}").content.decode()
    assert 'value="NURTURE" data-key="8"' in page

    answer = _post(client, made, "NURTURE", when="+30", said="Hết quý mới có ngân sách")

    row = stand(made)
    assert answer.headers["Location"] == f"/leads/calling/next?was={made}"
    assert (row.state, str(row.next_action_on)) == ("NURTURING", "2027-04-10")
    assert _calls(made) == [("DONE", "POSTPONED", "Hết quý mới có ngân sách")]
    tasks = Activity.objects.filter(kind="TASK", about__contains=[{"entity": "leads", "id": made}])
    assert [each.state for each in tasks] == ["PLANNED"]
    assert stand(other).state == "ASSIGNED"
    page = client.get(f"/leads/calling/{made}").content.decode()
    assert 'value="NURTURE"' not in page


@pytest.mark.parametrize(
    ("when", "told"),
    [("", "Cho biết gọi lại lúc nào"), ("hôm nay 23:00", "ngày sắp tới"), ("+200", "180 ngày")],
)
def test_nurtures_nobody_without_a_day_that_lies_ahead(
    lead: Make, browse: Browse, when: str, told: str
) -> None:
    made = lead()
    client, before = browse(), _standing(made)
    page = _refused(_post(client, made, "NURTURE", when=when, said="Chị bận họp"), made, before, 422)
    assert told in page
    assert "Chị bận họp" in page


def test_finishes_a_call_that_the_seller_planned_herself(lead: Make, browse: Browse, cast: Cast) -> None:
    made = lead()
    plan(
        ActivityKind.CALL,
        "Gọi giờ trưa",
        actor=cast.actor("seller"),
        about=[("leads", made)],
        due_at=MORNING - HOUR,
    )

    _post(browse(), made, "REACHED")

    assert _calls(made) == [("DONE", "REACHED", "")]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("", "Cho biết gọi lại lúc nào"),
        ("hôm kia", "không phải ngày"),
        ("11/03/2027 8:00", "Giờ này đã qua"),
        ("+200", "Hẹn trong vòng 180 ngày"),
    ],
)
def test_keeps_what_was_typed_when_the_time_is_no_time(
    lead: Make, browse: Browse, when: str, told: str
) -> None:
    made = lead()
    client, before = browse(), _standing(made)

    page = _refused(_post(client, made, "CALL_BACK", when=when, said="Chị bận họp"), made, before, 422)

    assert told in page
    assert "Chị bận họp" in page


def test_a_wrong_number_ends_the_lead_unless_there_is_another(lead: Make, browse: Browse) -> None:
    one, two = lead(), lead(phones=["0912 345 678", "0987 654 321"])
    client = browse()

    _post(client, one, "WRONG_NUMBER")
    assert (stand(one).state, stand(one).disqualify_reason) == ("DISQUALIFIED", "WRONG_NUMBER")
    assert stand(one).first_response_at is None

    answer = _post(client, two, "WRONG_NUMBER")
    assert answer.headers["Location"] == f"/leads/calling/{two}"
    assert stand(two).state == "ASSIGNED"
    assert _calls(two) == [("DONE", "WRONG_NUMBER", "0912 345 678")]


def test_no_interest_gives_the_lead_up_with_its_reason(lead: Make, browse: Browse) -> None:
    made = lead()

    _post(browse(), made, "NOT_INTERESTED", reason="PRICE", said="Thấy đắt")

    assert (stand(made).state, stand(made).disqualify_reason) == ("DISQUALIFIED", "PRICE")
    assert stand(made).first_response_at == MORNING


def test_whoever_goes_back_to_a_lead_given_up_reads_why_and_who_takes_it_up_again(
    lead: Make, browse: Browse
) -> None:
    made = lead()
    client = browse()
    _post(client, made, "NOT_INTERESTED", reason="PRICE")
    before = _standing(made)

    page = unescape(client.get(f"/leads/calling/{made}").content.decode())

    assert "Đã loại vì: Giá. Lỡ bấm nhầm thì nhờ trưởng khu vực cho làm tiếp." in page
    _refused(_post(client, made, "REACHED"), made, before, 409)


def test_whoever_wants_no_more_calls_is_not_advertised_to_any_more(lead: Make, browse: Browse) -> None:
    made = lead()

    _post(browse(), made, "REFUSED", said="Đừng gọi nữa")

    assert (stand(made).state, stand(made).disqualify_reason) == ("DISQUALIFIED", "NO_CONTACT_WANTED")
    assert Suppression.objects.filter(channel="CALL").count() == 1


def test_qualifies_with_what_the_call_told_and_says_what_is_missing(lead: Make, browse: Browse) -> None:
    made = lead()
    client, before = browse(), _standing(made)
    asks = ["need", "budget", "wanted_by", "is_decider", "is_feasible"]

    page = _refused(_post(client, made, "QUALIFIED", asks=asks, need="Mạng cho quán"), made, before, 422)
    assert "Mạng cho quán" in page
    assert _calls(made) == []

    told = {"need": "Mạng cho quán", "budget": "500.000", "is_decider": "1", "is_feasible": "1"}
    _post(client, made, "QUALIFIED", asks=asks, **told)
    assert (stand(made).state, stand(made).budget, stand(made).need) == (
        "QUALIFIED",
        500_000,
        "Mạng cho quán",
    )


def test_a_form_that_is_sent_twice_notes_once(lead: Make, browse: Browse) -> None:
    made = lead()
    sent = form(made, "REACHED")
    client = browse()

    first = client.post(f"/leads/calling/{made}", sent)
    told = History.objects.count()
    second = client.post(f"/leads/calling/{made}", sent)

    assert first.headers["Location"] == second.headers["Location"]
    assert (len(_calls(made)), History.objects.count()) == (1, told)
    other = client.post(f"/leads/calling/{made}", {**sent, "outcome": "NO_ANSWER"})
    assert other.status_code == 302
    assert (len(_calls(made)), History.objects.count()) == (1, told)


def test_says_who_has_a_lead_that_was_given_away_meanwhile(lead: Make, browse: Browse, cast: Cast) -> None:
    made = lead(by="manager")
    client, sent = browse("manager"), form(made, "REACHED", said="Khách đồng ý")
    hand_over(entity_named("leads"), [made], actor=cast.actor("director"), owner=cast.user("colleague").pk)
    before = _standing(made)

    page = _refused(client.post(f"/leads/calling/{made}", sent), made, before, 409)

    assert "Vũ Hoàng Yến" in page
    assert "Khách đồng ý" in page


def test_a_lead_that_left_ones_sight_is_told_and_nothing_typed_is_lost(
    lead: Make, browse: Browse, cast: Cast
) -> None:
    made = lead()
    client, sent = browse(), form(made, "REACHED", said="Khách đồng ý")
    hand_over(
        entity_named("leads"),
        [made],
        actor=cast.actor("director"),
        owner=cast.user("outsider").pk,
        unit=cast.unit("HD1").pk,
    )
    before = _standing(made)

    page = _refused(client.post(f"/leads/calling/{made}", sent), made, before, 404)

    assert "Khách đồng ý" in page
    assert "Đặng Văn Ấn" not in page


def test_a_lead_that_moved_on_meanwhile_is_not_touched(lead: Make, browse: Browse, cast: Cast) -> None:
    made = lead()
    sent = form(made, "REACHED")
    told = {"disqualify_reason": "PRICE"}
    perform(entity_named("leads"), "disqualify", made, actor=cast.actor("manager"), arguments=told)
    before = _standing(made)

    page = _refused(browse().post(f"/leads/calling/{made}", sent), made, before, 409)

    assert "Vừa có người xử lý" in page


def test_who_gave_data_for_an_event_is_called_only_with_a_consent(lead: Make, browse: Browse) -> None:
    made = lead(purpose="EVENT")
    client, before = browse(), _standing(made)

    page = client.get(f"/leads/calling/{made}").content.decode()
    assert "tel:" not in page
    assert "Không được gọi" in page
    assert "chưa đồng ý" in page
    assert 'name="outcome"' not in page

    _refused(_post(client, made, "REACHED"), made, before, 422)
    assert ContactMade.objects.count() == 0


def test_skips_goes_back_and_says_when_all_were_passed(lead: Make, browse: Browse) -> None:
    one, two = lead(temperature="HOT"), lead(name="Trần Văn Hai", phones=["0912 345 678"])
    client = browse()

    assert f"/leads/calling/next?was={one}" in client.get(f"/leads/calling/{one}").content.decode()
    passed = client.get(f"/leads/calling/next?was={one}").headers["Location"]
    assert passed == f"/leads/calling/{two}?was={one}"
    assert f'href="/leads/calling/{one}"' in client.get(passed).content.decode()
    assert client.get(f"/leads/calling/next?was={one},{two},x,-1").headers["Location"] == "/leads/calling"


def test_shows_nobody_elses_leads(lead: Make, browse: Browse) -> None:
    made = lead()

    assert "Phạm Thị Mai" not in browse("manager").get("/leads/calling").content.decode()
    assert browse("manager").get(f"/leads/calling/{made}").status_code == 404
    assert browse("outsider").get(f"/leads/calling/{made}").status_code == 404
    assert browse("admin").get("/leads/calling").status_code == 403


def test_reads_the_queue_by_as_many_queries_for_three_and_for_thirty(lead: Make, browse: Browse) -> None:
    client = browse()

    def count() -> int:
        with CaptureQueriesContext(connection) as told:
            assert client.get("/leads/calling").status_code == 200
        return len(told)

    for number in range(3):
        lead(name=f"Khách {number}", phones=[f"0912 345 6{number:02}"])
    count()
    few = count()
    for number in range(3, 30):
        lead(name=f"Khách {number}", phones=[f"0912 345 6{number:02}"])
    assert count() == few
