"""While a restriction stands nothing new uses her data: no deal, lead or call, through any door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.importing import start_import
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.restricted import Restricted
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.activities.actions import log
from duyen.modules.activities.models import Activity
from duyen.modules.activities.words import ActivityKind, Direction
from duyen.modules.leads.actions import capture
from duyen.modules.leads.models import Lead
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.tests.conftest import Note, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

NAMED: dict[str, Any] = {"name": "Đoàn Thuỳ Chi", "phones": ["0912 345 678"], "source": "REFERRAL"}


@pytest.fixture
def lead(cast: Cast, person: int) -> int:
    """A lead of the seller that was joined with the person before."""
    seller = cast.actor("seller")
    made = capture(actor=seller, values={**NAMED, "name": "Chị Chi"}).id
    perform(entity_named("leads"), "join", made, actor=seller, arguments={"party": person})
    return made


@pytest.fixture
def granted(note: Note, take: Take, lead: int, officer: Actor) -> int:
    request = note("RESTRICT")
    take("prove", request, proven_by="ID_CARD", proof="Căn cước, xem tại quầy")
    take("complete", request, answer="Đã hạn chế, báo qua điện thoại")
    return request


def _refused(error: InvalidValues, request: int, field: str) -> None:
    """The refusal names the request and who may lift it."""
    (problem,) = (each for each in error.problems if each.code == "restricted")
    assert problem.field == field
    assert SubjectRequest.objects.get(pk=request).code in str(problem.message)
    assert "Ngô Bảo Trâm" in str(problem.message)


def test_nobody_makes_a_deal_with_her(cast: Cast, person: int, granted: int) -> None:
    before = History.objects.count()
    for who in ("seller", "manager", "director"):
        values = {"name": "Internet", "customer": person}
        with pytest.raises(InvalidValues) as refused:
            standard.create(entity_named("opportunities"), actor=cast.actor(who), values=values)
        _refused(refused.value, granted, "customer")
    assert not Opportunity.objects.exists()
    assert History.objects.count() == before


def test_nobody_notes_a_new_call_or_visit_with_her(cast: Cast, person: int, lead: int, granted: int) -> None:
    seller, before = cast.actor("seller"), Activity.objects.count()
    for about in (("customers", person), ("leads", lead)):
        for kind in (ActivityKind.CALL, ActivityKind.VISIT, ActivityKind.EMAIL):
            with pytest.raises(InvalidValues) as refused:
                log(kind, "Chào gói mới", actor=seller, about=[about], result="Khách nghe")
            _refused(refused.value, granted, "about")
    assert Activity.objects.count() == before


def test_what_she_asks_for_herself_is_noted(cast: Cast, person: int, granted: int, officer: Actor) -> None:
    seller = cast.actor("seller")
    log(
        ActivityKind.CALL,
        "Khách gọi khiếu nại",
        actor=seller,
        about=[("customers", person)],
        direction=Direction.IN,
        result="Đã ghi",
    )
    log(ActivityKind.NOTE, "Khiếu nại tại quầy", actor=seller, about=[("customers", person)])
    log(
        ActivityKind.CALL,
        "Báo kết quả",
        actor=seller,
        about=[("customers", person), ("subject_requests", granted)],
        result="Đã báo",
    )
    assert Activity.objects.filter(about__contains=[{"entity": "customers", "id": person}]).count() == 3


def test_her_lead_stays_as_it_is(cast: Cast, lead: int, granted: int) -> None:
    seller, leads = cast.actor("seller"), entity_named("leads")
    before = Lead.objects.filter(pk=lead).values().get()
    with pytest.raises(Restricted):
        standard.change(leads, lead, actor=seller, values={"note": "Mới"}, version=before["version"])
    with pytest.raises(Restricted):
        perform(leads, "take", lead, actor=seller, arguments={})
    assert Lead.objects.filter(pk=lead).values().get() == before


def test_no_new_lead_names_her(cast: Cast, person: int, granted: int) -> None:
    seller, count = cast.actor("seller"), Lead.objects.count()
    with pytest.raises(InvalidValues) as refused:
        capture(actor=seller, values=NAMED)
    _refused(refused.value, granted, "name")
    with pytest.raises(InvalidValues) as refused:
        capture(actor=seller, values={"name": "Bạn của chị", "phones": ["0912000000"], "referrer": person})
    _refused(refused.value, granted, "referrer")
    assert Lead.objects.count() == count
    # Another one of her household has the same phone; a lead of his is his own.
    other = capture(actor=seller, values={**NAMED, "name": "Đoàn Văn Tư"}).id
    with pytest.raises(Restricted):
        perform(entity_named("leads"), "join", other, actor=seller, arguments={"party": person})
    assert Lead.objects.get(pk=other).customer_id is None


def test_a_file_is_told_row_by_row(cast: Cast, granted: int, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    rows = "Đoàn Thuỳ Chi,0912345678,REFERRAL,ADVICE\nNgô Văn Sáu,0359000222,REFERRAL,ADVICE\n"
    path.write_text(f"name,phones,source,purpose\n{rows}", encoding="utf-8")
    job = start_import(entity_named("leads"), path, actor=cast.actor("seller"))
    assert work(job.pk)
    found = Job.objects.get(pk=job.pk).result
    assert (found["imported"], found["rejected"]) == (1, 1)
    assert SubjectRequest.objects.get(pk=granted).code in found["told"][0]["reason"]


def test_the_page_says_it_and_keeps_what_was_typed(cast: Cast, person: int, granted: int) -> None:
    client = Client()
    client.force_login(cast.user("seller"))
    sent = {"name": "Internet cho chị Chi", "customer": str(person)}
    answer = client.post("/opportunities/new", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Internet cho chị Chi" in page
    assert SubjectRequest.objects.get(pk=granted).code in page
    assert not Opportunity.objects.exists()


def test_all_goes_on_once_it_is_lifted(cast: Cast, person: int, lead: int, granted: int, take: Take) -> None:
    take("lift", granted, lifted_why="Người yêu cầu đồng ý, báo qua điện thoại")
    seller = cast.actor("seller")
    version = Lead.objects.get(pk=lead).version
    standard.change(entity_named("leads"), lead, actor=seller, values={"note": "Mới"}, version=version)
    log(ActivityKind.CALL, "Gọi", actor=seller, about=[("leads", lead)], result="Đã nói")
    capture(actor=seller, values=NAMED)
    assert Lead.objects.get(pk=lead).note == "Mới"
