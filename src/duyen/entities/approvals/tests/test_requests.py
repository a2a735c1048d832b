"""A step that needs a second person: refused alone, asked for, decided by somebody else, carried out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from duyen.entities import standard
from duyen.entities.approvals.asking import NotNeeded, ask, withdraw
from duyen.entities.approvals.deciding import expire_overdue, grant, refuse
from duyen.entities.approvals.errors import (
    AskedAlready,
    NeedsApproval,
    NobodyDecides,
    NotWaiting,
    NotYours,
    ReasonNeeded,
)
from duyen.entities.approvals.people import to_decide
from duyen.entities.approvals.rules import State
from duyen.entities.approvals.tests.conftest import Ask, Decide, Make
from duyen.entities.bulk.keeping import delete_many
from duyen.entities.bulk.rules import Fate
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, StaleVersion
from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.notices.models import Notice
from duyen.foundation.org.absences import record_absence
from duyen.kernel.clock import now, today
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _is_there(record_id: int) -> bool:
    return Party.objects.filter(pk=record_id, deleted_at=None).exists()


def test_asks_nobody_as_long_as_the_company_did_not_turn_it_on(
    cast: Cast, customers: Entity, make: Make
) -> None:
    record = make()

    standard.delete(customers, record, actor=cast.actor("seller"))

    assert not _is_there(record)


def test_refuses_the_step_to_whoever_may_not_take_it_alone(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    record = make()
    decide_limit()
    entries = History.objects.count()

    with pytest.raises(NeedsApproval, match="Giám đốc"):
        standard.delete(customers, record, actor=cast.actor("seller"))

    assert _is_there(record)
    assert History.objects.count() == entries
    assert not ApprovalRequest.objects.exists()


def test_lets_whoever_has_the_limit_take_it_alone(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    record = make()
    decide_limit()

    standard.delete(customers, record, actor=cast.actor("manager"))

    assert not _is_there(record)


def test_holds_on_the_same_person_by_every_door(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    record = make(by="seller", kind="INDIVIDUAL", name="Lê Văn Ấn")
    contact = entity_named("contacts")
    with transaction.atomic():
        trail.begin(cast.actor("seller"), "tests.role")
        Party.objects.filter(pk=record).update(role_mask=3)
    decide_limit()
    seller = cast.actor("seller")

    done = delete_many(customers, [record], actor=seller)
    restored = delete_many(contact, [record], actor=seller)

    assert [each.fate for each in (*done.outcomes, *restored.outcomes)] == [Fate.REFUSED] * 2
    with pytest.raises(NeedsApproval):
        standard.delete(contact, record, actor=seller)
    assert _is_there(record)


def test_does_not_let_an_undo_go_round_it(cast: Cast, customers: Entity, decide_limit: Decide) -> None:
    seller = cast.actor("seller")
    values = {"name": "Công ty TNHH Ánh Dương", "kind": "ORGANISATION"}
    made = standard.create(customers, actor=seller, values=values)
    standard.delete(customers, made.id, actor=seller)
    back = standard.restore(customers, made.id, actor=seller)
    decide_limit()

    for operation in (made.operation, back.operation):
        with pytest.raises(NeedsApproval):
            undo(operation.id, actor=seller)

    assert _is_there(made.id)


def test_carries_the_step_out_in_the_name_of_the_one_who_asked(
    cast: Cast, customers: Entity, asked: Ask
) -> None:
    request = asked()

    decided = grant(request.pk, actor=cast.actor("manager"), version=1, answer="Đồng ý")

    assert decided.problem is None
    assert not _is_there(request.record_id)
    kept = ApprovalRequest.objects.get(pk=request.pk)
    assert (kept.state, kept.decided_by_id, kept.answer) == (
        State.GRANTED,
        cast.users["manager"].pk,
        "Đồng ý",
    )
    entries = History.objects.filter(root_entity="parties", root_id=request.record_id).order_by("id")
    told = [(each.verb, each.actor_id) for each in entries]
    seller, manager = cast.users["seller"].pk, cast.users["manager"].pk
    assert told[-3:] == [
        ("approvals.ask", seller),
        ("customers.delete", seller),
        ("approvals.grant", manager),
    ]
    assert kept.operation == entries.get(verb="customers.delete").operation
    assert History.objects.filter(entity="approvals", verb="approvals.grant", actor_id=manager).exists()
    notices = Notice.objects.filter(user_id=seller).values_list("kind", "entity", "record_id")
    assert list(notices) == [("approval_granted", "customers", request.record_id)]


def test_tells_those_with_the_least_power_that_covers_it(cast: Cast, asked: Ask) -> None:
    request = asked()

    told = Notice.objects.filter(kind="approval_asked").values_list("user_id", "record_id")

    assert list(told) == [(cast.users["manager"].pk, request.record_id)]


def test_is_never_decided_by_the_one_who_asked(
    cast: Cast, customers: Entity, asked: Ask, decide_limit: Decide
) -> None:
    request = asked()
    decide_limit(roles={"SALES_REP": None, "DIRECTOR": None})

    with pytest.raises(NotYours):
        grant(request.pk, actor=cast.actor("seller"), version=1)
    with pytest.raises(NotYours):
        refuse(request.pk, actor=cast.actor("seller"), answer="không")

    assert _is_there(request.record_id)
    assert ApprovalRequest.objects.get().state == State.WAITING


def test_keeps_in_the_database_that_nobody_decides_about_her_own(cast: Cast, asked: Ask) -> None:
    request = asked()

    forced = ApprovalRequest.objects.filter(pk=request.pk)
    with transaction.atomic():
        trail.begin(cast.actor("seller"), "tests.force")
        with pytest.raises(IntegrityError, match="nobody_decides_about_her_own"), transaction.atomic():
            forced.update(state=State.GRANTED, decided_by_id=request.asked_by_id, decided_at=now())


@pytest.mark.parametrize("who", ["teller", "care_agent"])
def test_is_not_decided_by_a_role_without_a_limit(cast: Cast, asked: Ask, who: str) -> None:
    request = asked()

    with pytest.raises(NotYours):
        grant(request.pk, actor=cast.actor(who), version=1)

    assert not to_decide(cast.actor(who)).exists()
    assert _is_there(request.record_id)


@pytest.mark.parametrize("who", ["outsider", "admin", "newcomer"])
def test_does_not_exist_for_whoever_may_not_see_the_record(cast: Cast, asked: Ask, who: str) -> None:
    request = asked()
    if who == "newcomer":
        return

    with pytest.raises(NotFound):
        grant(request.pk, actor=cast.actor(who), version=1)


def test_is_asked_for_once_at_a_time(cast: Cast, customers: Entity, asked: Ask) -> None:
    request = asked()

    with pytest.raises(AskedAlready, match="Nguyễn Hồng Hạnh"):
        asked(record=request.record_id)

    assert ApprovalRequest.objects.count() == 1


def test_asks_for_nothing_that_one_may_do_alone(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    record = make()
    decide_limit()

    with pytest.raises(NotNeeded):
        ask(customers, "delete", record, actor=cast.actor("manager"), arguments={})


def test_asks_for_nothing_to_which_one_has_no_right(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    record = make()
    decide_limit()

    with pytest.raises(NotAllowed):
        ask(customers, "delete", record, actor=cast.actor("teller"), arguments={})

    assert not ApprovalRequest.objects.exists()


def test_does_not_wait_for_nobody(cast: Cast, customers: Entity, make: Make, decide_limit: Decide) -> None:
    record = make()
    decide_limit(roles={"ACCOUNTANT": None})

    with pytest.raises(NobodyDecides):
        ask(customers, "delete", record, actor=cast.actor("seller"), arguments={})


def test_shows_who_decides_the_record_as_it_is_now(cast: Cast, customers: Entity, asked: Ask) -> None:
    request = asked()
    changed = standard.change(
        customers, request.record_id, actor=cast.actor("teller"), values={"note": "mới"}, version=1
    )

    with pytest.raises(StaleVersion):
        grant(request.pk, actor=cast.actor("manager"), version=1)
    assert _is_there(request.record_id)

    decided = grant(request.pk, actor=cast.actor("manager"), version=changed.version)
    assert decided.done is not None
    assert not _is_there(request.record_id)


def test_keeps_the_reason_when_the_step_cannot_be_taken_any_more(
    cast: Cast, customers: Entity, asked: Ask
) -> None:
    request = asked()
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.move")
        Party.objects.filter(pk=request.record_id).update(
            owner_id=cast.users["teller"].pk, unit_id=cast.unit("HP2").pk
        )

    decided = grant(request.pk, actor=cast.actor("manager"), version=1)

    assert decided.problem is not None
    assert decided.problem.code == "not_found"
    kept = ApprovalRequest.objects.get(pk=request.pk)
    assert kept.state == State.WAITING
    assert set(kept.problem or ()) == {"vi", "en"}
    assert _is_there(request.record_id)
    assert Notice.objects.filter(kind="approval_stuck", user_id=request.asked_by_id).exists()


def test_is_refused_with_a_reason(cast: Cast, asked: Ask) -> None:
    request = asked()
    manager = cast.actor("manager")

    with pytest.raises(ReasonNeeded):
        refuse(request.pk, actor=manager, answer="  ")
    refuse(request.pk, actor=manager, answer="Khách còn nợ")

    kept = ApprovalRequest.objects.get(pk=request.pk)
    assert (kept.state, kept.answer) == (State.REFUSED, "Khách còn nợ")
    assert _is_there(request.record_id)
    with pytest.raises(NotWaiting):
        grant(request.pk, actor=manager, version=1)


def test_is_taken_back_by_the_one_who_asked_alone(cast: Cast, asked: Ask) -> None:
    request = asked()

    with pytest.raises(NotYours):
        withdraw(request.pk, actor=cast.actor("manager"))
    withdraw(request.pk, actor=cast.actor("seller"))

    assert ApprovalRequest.objects.get().state == State.WITHDRAWN
    told = Notice.objects.filter(kind="approval_withdrawn").values_list("user_id", flat=True)
    assert list(told) == [cast.users["manager"].pk]


def test_ends_when_its_working_hours_are_over(cast: Cast, asked: Ask) -> None:
    request = asked()
    assert request.due_at > now()
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.age")
        ApprovalRequest.objects.update(due_at=now() - dt.timedelta(minutes=1))

    with pytest.raises(NotWaiting):
        grant(request.pk, actor=cast.actor("manager"), version=1)
    assert expire_overdue() == 1
    assert expire_overdue() == 0

    kept = ApprovalRequest.objects.get()
    assert (kept.state, kept.decided_by_id) == (State.EXPIRED, None)
    assert _is_there(request.record_id)
    assert Notice.objects.filter(kind="approval_expired", user_id=request.asked_by_id).exists()


def test_is_decided_by_the_deputy_of_whoever_is_away(cast: Cast, asked: Ask, decide_limit: Decide) -> None:
    request = asked()
    decide_limit(roles={"AREA_HEAD": None})
    manager, agent = cast.users["manager"], cast.users["care_agent"]
    with pytest.raises(NotYours):
        grant(request.pk, actor=cast.actor("care_agent"), version=1)
    record_absence(manager.pk, actor=cast.actor("manager"), since=today(), until=today(), deputy=agent.pk)

    grant(request.pk, actor=cast.actor("care_agent"), version=1)

    kept = ApprovalRequest.objects.get()
    assert (kept.state, kept.decided_by_id, kept.decided_for_id) == (State.GRANTED, agent.pk, manager.pk)
    entry = History.objects.get(entity="approvals", verb="approvals.grant")
    assert entry.on_behalf_of == manager.pk


def test_is_not_decided_by_the_one_who_asked_as_a_deputy(
    cast: Cast, asked: Ask, decide_limit: Decide
) -> None:
    request = asked()
    decide_limit(roles={"AREA_HEAD": None})
    record_absence(
        cast.users["manager"].pk,
        actor=cast.actor("manager"),
        since=today(),
        until=today(),
        deputy=request.asked_by_id,
    )

    with pytest.raises(NotYours):
        grant(request.pk, actor=cast.actor("seller"), version=1)

    assert not to_decide(cast.actor("seller")).exists()
    assert ApprovalRequest.objects.get().state == State.WAITING


def test_does_nothing_for_whoever_may_not_sign_in_any_more(cast: Cast, asked: Ask) -> None:
    request = asked()
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.lock")
        type(cast.user("seller")).objects.filter(pk=request.asked_by_id).update(is_active=False)

    decided = grant(request.pk, actor=cast.actor("manager"), version=1)

    assert decided.problem is not None
    assert decided.problem.code == "asker_gone"
    assert _is_there(request.record_id)
