"""Leads that nobody uses are erased at night; whoever is needed, or was touched, is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction

from duyen.entities import standard
from duyen.entities.models import Erasure
from duyen.entities.performing import perform
from duyen.entities.personal import erasing
from duyen.entities.personal.proving import digest_of
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.foundation.notices.models import Notice
from duyen.foundation.org.models import User
from duyen.kernel.clock import now, stopped, today
from duyen.modules.consents.actions import NewConsent, give_consent, refuse
from duyen.modules.consents.models import Suppression
from duyen.modules.consents.words import Channel, GivenBy
from duyen.modules.leads.models import Lead
from duyen.modules.retention.actions import begin_night
from duyen.modules.retention.models import Night
from duyen.modules.retention.tests.conftest import LATER, Make, Pass, decide
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NAME, PHONE = "Vũ Thị Hồng Nhung", "+84987123456"
LEADS = "leads"


def _left_of_her() -> list[str]:
    """Find her name and number anywhere in the base."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') "
            "AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            told += [
                f"{table}: {row[0]}"[:400] for row in cursor.fetchall() if NAME in row[0] or PHONE in row[0]
            ]
    return told


def test_erases_a_lead_that_nobody_used_with_a_proof(came: Make, night: Pass) -> None:
    lead = came()

    run = night()

    assert run is not None
    assert (run.erased, run.left_alone, run.months, run.finished_at is None) == (1, 0, 6, False)
    assert _left_of_her() == []
    held = Lead.objects.get(pk=lead)
    assert (held.state, held.disqualify_reason, held.phones) == ("DISQUALIFIED", "KEPT_NO_LONGER", [])
    proof = Erasure.objects.get(record_id=held.party_id)
    assert proof.reason == "Hết hạn lưu: 6 tháng không ai dùng đến"
    assert proof.digest == digest_of(proof)
    after = night(LATER + dt.timedelta(days=1))
    assert after is not None
    assert after.erased == 0


def test_erases_what_lies_in_the_bin_and_what_was_given_up(came: Make, cast: Cast, night: Pass) -> None:
    seller, leads = cast.actor("seller"), entity_named(LEADS)
    binned, given_up = came(), came()
    standard.delete(leads, binned, actor=cast.actor("manager"))
    perform(leads, "disqualify", given_up, actor=seller, arguments={"disqualify_reason": "NO_NEED"})

    run = night()

    assert run is not None
    assert run.erased == 2
    assert _left_of_her() == []
    assert Lead.objects.get(pk=given_up).disqualify_reason == "NO_NEED"


def test_the_first_night_only_tells(came: Make, officer: User, night: Pass) -> None:
    came()

    run = night(is_first=True)

    assert run is not None
    assert (run.is_notice, run.due, run.erased) == (True, 1, 0)
    assert Notice.objects.filter(user=officer, kind="retention_will_erase").exists()
    assert not Erasure.objects.exists()


def test_keeps_whoever_is_needed(came: Make, cast: Cast, night: Pass) -> None:
    seller, leads = cast.actor("seller"), entity_named(LEADS)
    kept = {
        name: came(name)
        for name in ("Có việc", "Có yêu cầu", "Có đồng ý", "Có hẹn", "Có ghi chú", "Được sửa", "Đã biết")
    }
    about = [f"leads:{kept['Có việc']}"]
    task = {"kind": "TASK", "subject": "Gọi lại", "about": about}
    standard.create(entity_named("activities"), actor=seller, values=task)
    request = {"requester": "Nhung", "kind": "ACCESS", "received_by": "COUNTER", "lead": kept["Có yêu cầu"]}
    standard.create(entity_named("subject_requests"), actor=seller, values=request)
    _agrees(cast, Lead.objects.get(pk=kept["Có đồng ý"]).party_id)
    _change(cast, kept["Có hẹn"], wanted_by=today() + LATER + dt.timedelta(days=30))
    known = {"name": "Nhung", "kind": "INDIVIDUAL", "phones": [PHONE]}
    customer = standard.create(entity_named("customers"), actor=seller, values=known).id
    perform(leads, "join", kept["Đã biết"], actor=seller, arguments={"party": customer})
    with stopped(now() + dt.timedelta(days=60)):
        note = {"kind": "NOTE", "subject": "Đã nói chuyện", "about": [f"leads:{kept['Có ghi chú']}"]}
        standard.create(entity_named("activities"), actor=seller, values=note)
        _change(cast, kept["Được sửa"], need="Cáp quang")
    before = list(Lead.objects.order_by("pk").values())

    run = night()

    assert run is not None
    assert (run.due, run.erased) == (0, 0)
    assert list(Lead.objects.order_by("pk").values()) == before
    assert not Erasure.objects.exists()


def _change(cast: Cast, lead: int, **values: Any) -> None:
    version = Lead.objects.get(pk=lead).version
    standard.change(entity_named(LEADS), lead, actor=cast.actor("seller"), values=values, version=version)


def _agrees(cast: Cast, party: int) -> None:
    text = {
        "name": "Nhận tin",
        "purpose": "MARKETING",
        "channels": ["EMAIL"],
        "data_kinds": ["CONTACT"],
        "most": 4,
        "per": "MONTH",
        "valid_months": 24,
        "words": "Tôi đồng ý nhận tin. Từ chối bất cứ lúc nào.",
    }
    made = standard.create(entity_named("consent_texts"), actor=cast.actor("director"), values=text).id
    given = NewConsent(party, made, [Channel.EMAIL], GivenBy.PAPER, "Phiếu ký tại quầy", now())
    give_consent(given, actor=cast.actor("seller"))


def test_what_a_clock_does_is_no_touch(came: Make, cast: Cast, night: Pass) -> None:
    lead = came()
    with stopped(now() + LATER - dt.timedelta(days=5)):
        told = {"owner": cast.user("seller").pk}
        perform(entity_named(LEADS), "assign", lead, actor=system_actor("Assignments"), arguments=told)

    run = night()

    assert run is not None
    assert run.erased == 1


def test_goes_by_the_bound_and_the_oldest_first(came: Make, night: Pass) -> None:
    first, second = came(), came("Lê Văn Khác")
    decide(leads_a_night=1)

    run = night()

    assert run is not None
    assert (run.due, run.erased) == (2, 1)
    assert Lead.objects.get(pk=first).phones == []
    assert Lead.objects.get(pk=second).phones == [PHONE]


def test_a_night_that_was_killed_goes_on(came: Make, night: Pass, monkeypatch: pytest.MonkeyPatch) -> None:
    came()
    with monkeypatch.context() as broken:
        broken.setattr(erasing, "blank", _breaks)
        with pytest.raises(RuntimeError):
            night()
    assert Erasure.objects.get().finished_at is None

    with stopped(now() + LATER):
        assert work(Job.objects.get(kind="retention.leads").pk)

    run = Night.objects.latest("pk")
    assert (run.erased, run.finished_at is None) == (1, False)
    assert Erasure.objects.get().finished_at is not None
    assert _left_of_her() == []


def _breaks(*_told: object, **_more: object) -> int:
    raise RuntimeError("killed")


def test_switched_off_erases_nobody(came: Make, night: Pass) -> None:
    lead = came()
    decide(leads_on=False)

    with stopped(now() + LATER):
        assert begin_night() is None

    assert Lead.objects.get(pk=lead).phones == [PHONE]


def test_a_refusal_outlives_her(came: Make, night: Pass) -> None:
    party = Lead.objects.get(pk=came()).party_id
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.refuse")
        refuse(party, [Channel.SMS], refused_by="VOICE", words="")
    known = list(Suppression.objects.order_by("pk").values())

    night()

    assert known
    assert list(Suppression.objects.order_by("pk").values()) == known
