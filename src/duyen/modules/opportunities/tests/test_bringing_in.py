"""Running and closed deals come in by a file, from the page on which people bring files in."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.kernel.clock import ZONE, today
from duyen.kernel.dates import show_date
from duyen.modules.opportunities.models import Opportunity, Stay
from duyen.modules.opportunities.tests.reporting import lines_in, text
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.imports import form_of, job_of

pytestmark = pytest.mark.django_db

_HEADS = (
    "Loại cơ hội;Tên cơ hội;Khách hàng;Giai đoạn;Nguồn;Giá trị;Ngày kỳ vọng;Ngày đóng;"
    "Lý do thắng;Lý do thua;Lý do hủy"
)


@pytest.fixture
def code(customer: int) -> str:
    """The code of the seller's customer."""
    return str(Party.objects.get(pk=customer).code)


def _browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def _bring_in(client: Client, *lines: str, step: str = "begin") -> Job:
    """Hand a file in, leave the columns where they were recognised, and try it or begin."""
    content = "\n".join([_HEADS, *(f"Bán mới;{each}" for each in lines)]).encode("utf-8-sig")
    handed = client.post("/opportunities/import", {"file": SimpleUploadedFile("cơ hội.csv", content)})
    assert handed.status_code == 302, handed.content.decode()
    form = form_of(client.get(handed.headers["Location"]).content.decode())
    led = [form[f"c{place}"] for place in range(11)]
    assert led == [
        *("type", "name", "customer", "stage", "source", "amount", "expected_close", "closed_on"),
        *("win_reason", "loss_reason", "cancel_reason"),
    ]
    return job_of(client.post(handed.headers["Location"], {**form, "step": step}))


def _days_ago(days: int) -> str:
    return show_date(today() - dt.timedelta(days=days))


def test_running_and_closed_deals_come_in_by_one_file(cast: Cast, code: str) -> None:
    client, soon = _browser(cast, "manager"), show_date(today() + dt.timedelta(days=20))
    past = _days_ago(90)
    lines = [
        f"Đang theo;{code};Khảo sát hạ tầng;Giới thiệu;12.000.000;{soon};;;;",
        f"Đã thắng;{code};Chờ ký;Giới thiệu;30.000.000;{past};{_days_ago(80)};Giá, ưu đãi;;",
        f"Đã thua;{code};Thương lượng;Giới thiệu;45.000.000;{past};{_days_ago(70)};;Giá;",
    ]

    tried = _bring_in(client, *lines, step="try")
    assert (tried.result["imported"], Opportunity.objects.count()) == (3, 0)
    job = _bring_in(client, *lines)

    assert (job.result["imported"], job.rejected) == (3, 0)
    running, won, lost = (Opportunity.objects.get(name=each) for each in ("Đang theo", "Đã thắng", "Đã thua"))
    assert (running.state, running.stage.name, running.probability, running.closed_on) == (
        *("OPEN", "Khảo sát hạ tầng", 35),
        None,
    )
    assert (won.state, won.stage.name, won.probability, won.actual_amount) == (
        "WON",
        "Chờ ký",
        100,
        30_000_000,
    )
    assert (won.win_reason, won.closed_on) == ("PRICE", today() - dt.timedelta(days=80))
    assert (lost.state, lost.stage.name, lost.probability, lost.loss_reason) == (
        *("LOST", "Thương lượng", 0),
        "PRICE",
    )
    assert lost.weighted == 0
    closed = client.get("/opportunities?list=closed&state.in=WON&state.in=LOST").content.decode()
    assert set(re.findall(r">([^<>]*)</span></a></td>", closed)) == {"Đã thắng", "Đã thua"}


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        ("{past};;;", "Ngày kết thúc"),
        (";;Giá;", "Lý do thua"),
        ("{past};Giá, ưu đãi;Giá;", "một lý do"),
        ("{later};;Giá;", "nằm trong quá khứ"),
    ],
)
def test_what_does_not_say_how_it_ended_stays_out(cast: Cast, code: str, ended: str, told: str) -> None:
    client = _browser(cast, "manager")
    days = {"past": _days_ago(9), "later": show_date(today() + dt.timedelta(days=1))}
    before = History.objects.filter(entity="opportunities").count()

    job = _bring_in(client, f"Thiếu;{code};Thương lượng;Giới thiệu;;{_days_ago(9)};{ended.format(**days)}")

    assert (job.result["imported"], job.rejected, Opportunity.objects.count()) == (0, 1, 0)
    assert told in client.get(f"/jobs/{job.pk}").content.decode()
    assert History.objects.filter(entity="opportunities").count() == before


def test_who_does_not_confirm_deals_brings_no_closed_one_in(cast: Cast, code: str) -> None:
    client, past = _browser(cast, "seller"), _days_ago(9)

    job = _bring_in(
        client,
        f"Đã thua;{code};Thương lượng;Giới thiệu;;{past};{past};;Giá;",
        f"Đang theo;{code};Thương lượng;Giới thiệu;;{past};;;;",
    )

    assert (job.result["imported"], job.rejected) == (1, 1)
    assert [(each.name, each.state) for each in Opportunity.objects.all()] == [("Đang theo", "OPEN")]


def test_a_column_says_the_result_and_another_since_when_it_stood_there(cast: Cast, code: str) -> None:
    client = _browser(cast, "manager")
    heads = (
        "Tên cơ hội;Khách hàng;Loại cơ hội;Nguồn;Giai đoạn;"
        "Ngày vào giai đoạn;Kết quả;Ngày đóng;Ngày kỳ vọng;Giá trị"
    )
    known = f"{code};Bán mới;Giới thiệu;Thương lượng"
    lines = [
        f"Đã thua;{known};{_days_ago(40)};Thua;{_days_ago(30)};{_days_ago(20)};5.000.000",
        f"Đã thắng;{known};{_days_ago(25)};Thắng;{_days_ago(5)};{_days_ago(6)};7.000.000",
        f"Đang theo;{known};{_days_ago(9)};Đang theo;;{_days_ago(-9)};9.000.000",
        f"Không rõ từ bao giờ;{known};;Thắng;{_days_ago(3)};{_days_ago(2)};1.000.000",
    ]

    job = _taken_in(client, heads, *lines)

    assert (job.result["imported"], job.rejected) == (4, 0)
    held = {each.name: each for each in Opportunity.objects.all()}
    lost, won, running = (held[name] for name in ("Đã thua", "Đã thắng", "Đang theo"))
    assert (lost.state, lost.closed_on, lost.probability) == ("LOST", _day(30), 0)
    assert (won.state, won.closed_on, won.actual_amount) == ("WON", _day(5), 7_000_000)
    assert (running.state, running.stage_since.astimezone(ZONE).date()) == ("OPEN", _day(9))
    stays = {each.opportunity_id: (each.left, each.days) for each in Stay.objects.all()}
    assert stays == {lost.pk: ("LOST", 10), won.pk: ("WON", 20), running.pk: ("", None)}
    whole = text(
        client.get(f"/reports/closed_opportunities?on=closed_on&from={_days_ago(31)}&to={_days_ago(4)}")
    )
    assert lines_in(whole)["Tổng"][:3] == ["2", "100%", "12.000.000"]
    line = text(client.get(f"/customers/{lost.party_id}?tab=timeline"))
    for deal, word, day in ((lost, "Thua", 30), (won, "Thắng", 5)):
        entry = next(
            each
            for each in line.split("<li")
            if f"/opportunities/{deal.pk}" in each and "Nhập vào sau" in each
        )
        assert word in entry
        assert _days_ago(day) in entry


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{past};;Thua;", "một kết quả"),
        (";;Thắng;{past}", "Chỉ người duyệt"),
        ("{early};;Thua;{past}", ""),
        (";Giá;Thắng;{past}", "một kết quả"),
        ("{past};;Tạm dừng;{past}", "một kết quả"),
        ("{past};;Thua;{early}", "trước khi đóng"),
    ],
    ids=["no day", "not hers", "as it should be", "two results", "rests", "closed before it came"],
)
def test_a_result_that_contradicts_stays_out(cast: Cast, code: str, row: str, told: str) -> None:
    who = "seller" if told == "Chỉ người duyệt" else "manager"
    heads = (
        "Tên cơ hội;Khách hàng;Loại cơ hội;Nguồn;Ngày kỳ vọng;Ngày vào giai đoạn;Lý do thua;Kết quả;Ngày đóng"
    )
    line = f"Cũ;{code};Bán mới;Giới thiệu;{_days_ago(1)};" + row.format(
        past=_days_ago(9), early=_days_ago(20)
    )
    before = History.objects.filter(entity="opportunities").count()
    client = _browser(cast, who)

    job = _taken_in(client, heads, line)

    assert (job.result["imported"], job.rejected) == ((0, 1) if told else (1, 0))
    if told:
        assert told in client.get(f"/jobs/{job.pk}").content.decode()
        assert History.objects.filter(entity="opportunities").count() == before


def _day(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


def _taken_in(client: Client, heads: str, *lines: str) -> Job:
    """Hand a file in, leave the columns where they were recognised, and begin."""
    content = "\n".join([heads, *lines]).encode("utf-8-sig")
    handed = client.post("/opportunities/import", {"file": SimpleUploadedFile("cơ hội.csv", content)})
    form = form_of(client.get(handed.headers["Location"]).content.decode())
    assert all(form[f"c{place}"] for place in range(len(heads.split(";"))))
    return job_of(client.post(handed.headers["Location"], {**form, "step": "begin"}))
