"""The life of a lead: what the model of it allows, the product allows, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.kernel import clock
from duyen.kernel.clock import ZONE, today
from duyen.kernel.errors import DomainError
from duyen.modules.activities.models import Activity
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.words import Channel, Purpose
from duyen.modules.leads.tests.conftest import WORTH, Make, Take, change, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Call = Callable[..., None]
_NEXT = (today() + dt.timedelta(days=30)).isoformat()
_STEPS: dict[str, dict[str, object]] = {
    "take": {},
    "contact": {},
    "qualify": {},
    "nurture": {"next_action_on": _NEXT, "note": "Chờ sau Tết"},
    "disqualify": {"disqualify_reason": "PRICE"},
    "reopen": {"note": "Khách gọi lại"},
}
_OPEN = {"NEW", "ASSIGNED", "CONTACTED", "QUALIFIED", "NURTURING"}
_FROM = {
    "take": {"NEW"},
    "contact": {"ASSIGNED"},
    "qualify": {"CONTACTED"},
    "nurture": {"CONTACTED", "QUALIFIED"},
    "disqualify": _OPEN,
    "reopen": {"DISQUALIFIED", "NURTURING"},
}
_TO = {
    "take": "ASSIGNED",
    "contact": "CONTACTED",
    "qualify": "QUALIFIED",
    "nurture": "NURTURING",
    "disqualify": "DISQUALIFIED",
    "reopen": "ASSIGNED",
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(_STEPS)), min_size=1, max_size=10))
def test_goes_where_the_model_goes_and_nowhere_else(
    lead: Make, take: Take, call: Call, verbs: list[str]
) -> None:
    with transaction.atomic():
        made, state, reopened = lead(**WORTH), "NEW", 0
        call(made)
        for verb in verbs:
            told = History.objects.count()
            try:
                with transaction.atomic():
                    take(verb, made, by="manager", **_STEPS[verb])
            except DomainError:
                assert state not in _FROM[verb], f"{verb} is refused at {state}"
                assert History.objects.count() == told
            else:
                assert state in _FROM[verb], f"{verb} is taken at {state}"
                state = _TO[verb]
                reopened += verb == "reopen"
            row = stand(made)
            assert (row.state, row.reopened) == (state, reopened)
            assert bool(row.disqualify_reason) == (state == "DISQUALIFIED")
        transaction.set_rollback(True)


def _refused(made: int, step: Callable[[], Any], error: type[Exception]) -> Exception:
    """Take a step that is refused, and prove that nothing of it is there."""
    before = (stand(made).version, stand(made).state, History.objects.count(), Activity.objects.count())
    with pytest.raises(error) as refused, transaction.atomic():
        step()
    assert (
        stand(made).version,
        stand(made).state,
        History.objects.count(),
        Activity.objects.count(),
    ) == before
    return refused.value


def test_is_assigned_by_who_leads_the_area_to_somebody_who_works_here(
    lead: Make, take: Take, cast: Cast
) -> None:
    made, teller = lead(), cast.user("teller").pk
    _refused(made, lambda: take("assign", made, owner=teller), NotAllowed)
    take("assign", made, by="manager", owner=teller)
    row = stand(made)
    assert (row.state, row.owner_id, row.unit_id) == ("ASSIGNED", teller, cast.unit("HP1").pk)
    assert row.assigned_at is not None
    assert Activity.objects.count() == 0


def test_is_assigned_to_nobody_who_is_locked(lead: Make, take: Take, cast: Cast) -> None:
    made = lead()
    locked = cast.user("teller")
    perform(entity_named("users"), "lock", locked.pk, actor=cast.actor("admin"), arguments={})
    _refused(made, lambda: take("assign", made, by="manager", owner=locked.pk), InvalidValues)


def test_is_assigned_to_nobody_who_does_not_work_on_leads(lead: Make, take: Take, cast: Cast) -> None:
    made, admin = lead(), cast.user("admin").pk
    _refused(made, lambda: take("assign", made, by="manager", owner=admin), InvalidValues)


@pytest.mark.parametrize(("temperature", "due"), [("HOT", (14, 30)), ("WARM", (15, 0)), ("COLD", (15, 0))])
def test_gives_two_working_hours_to_a_hot_lead_and_eight_to_another(
    lead: Make, take: Take, temperature: str, due: tuple[int, int]
) -> None:
    # A Wednesday; office hours end at 12:00, go on at 13:30 and end at 17:30.
    start = dt.datetime(2026, 11, 25, 11, 0, tzinfo=ZONE)
    if temperature != "HOT":
        start = dt.datetime(2026, 11, 24, 15, 0, tzinfo=ZONE)
    with clock.stopped(start.astimezone(dt.UTC)):
        made = lead(temperature=temperature)
        take("take", made)
    row = stand(made)
    assert row.first_due_at is not None
    local = row.first_due_at.astimezone(ZONE)
    assert (local.day, local.hour, local.minute) == (25, *due)
    assert row.reclaim_at is not None
    assert row.reclaim_at > row.first_due_at


def test_counts_as_contacted_by_what_was_done_with_a_result_alone(lead: Make, take: Take, call: Call) -> None:
    made = lead()
    take("take", made)
    call(made, result="")
    _refused(made, lambda: take("contact", made), NotNow)
    call(made)
    take("contact", made)
    row = stand(made)
    assert row.first_response_at == Activity.objects.get(result="Khách muốn xem báo giá").at


@pytest.mark.parametrize("missing", ["is_feasible", "need"])
def test_is_qualified_only_when_it_is_worth_a_deal(lead: Make, take: Take, call: Call, missing: str) -> None:
    made = lead(**{**WORTH, missing: None})
    call(made)
    take("take", made)
    take("contact", made)
    _refused(made, lambda: take("qualify", made), NotNow)


def test_tells_every_lack_at_once(lead: Make, take: Take, call: Call) -> None:
    made = lead()
    call(made)
    take("take", made)
    take("contact", made)
    refused = _refused(made, lambda: take("qualify", made), NotNow)
    assert isinstance(refused, NotNow)
    assert len(refused.reasons) == 4


def test_plans_the_next_talk_with_somebody_who_is_nurtured(
    lead: Make, take: Take, call: Call, cast: Cast
) -> None:
    made = lead()
    call(made)
    take("take", made)
    take("contact", made)
    take("nurture", made, by="manager", next_action_on=_NEXT, note="Chờ sau Tết")
    task = Activity.objects.get(kind="TASK")
    assert task.owner_id == cast.user("seller").pk
    assert task.due_at is not None
    assert task.due_at.astimezone(ZONE).date().isoformat() == _NEXT
    assert task.about == [{"entity": "leads", "id": made}]
    assert stand(made).next_action_on == dt.date.fromisoformat(_NEXT)


@pytest.mark.parametrize("days", [0, 181])
def test_is_nurtured_for_half_a_year_at_most(lead: Make, take: Take, call: Call, days: int) -> None:
    made = lead()
    call(made)
    take("take", made)
    take("contact", made)
    day = (today() + dt.timedelta(days=days)).isoformat()
    _refused(made, lambda: take("nurture", made, next_action_on=day, note="Chờ"), InvalidValues)


def test_is_given_up_for_a_reason_and_names_the_lead_that_it_repeats(
    lead: Make, take: Take, cast: Cast
) -> None:
    first, made, foreign = lead(), lead(), lead(by="outsider")
    _refused(made, lambda: take("disqualify", made), InvalidValues)
    for wrong in (made, foreign):
        step = partial(take, "disqualify", made, disqualify_reason="DUPLICATE", duplicate_of=wrong)
        _refused(made, step, InvalidValues)
    take("disqualify", made, disqualify_reason="DUPLICATE", duplicate_of=first)
    assert stand(made).duplicate_of_id == first
    _refused(made, lambda: take("reopen", made, note="Không trùng"), NotAllowed)
    take("reopen", made, by="manager", note="Không trùng")
    row = stand(made)
    assert (row.state, row.reopened, row.duplicate_of_id) == ("ASSIGNED", 1, None)


def test_goes_back_to_the_pool_when_nobody_spoke_in_twice_the_time(
    lead: Make, take: Take, call: Call
) -> None:
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    with clock.stopped(early):
        made, spoken = lead(), lead()
        for each in (made, spoken):
            take("take", each)
    with clock.stopped(early + dt.timedelta(hours=1)):
        call(spoken, result="")
        _refused(made, lambda: take("reclaim", made, by="manager", note="Chậm"), NotNow)
    with clock.stopped(early + dt.timedelta(days=7)):
        _refused(made, lambda: take("reclaim", made, note="Chậm"), NotAllowed)
        _refused(spoken, lambda: take("reclaim", spoken, by="manager", note="Chậm"), NotNow)
        actor, leads = system_actor("tests"), entity_named("leads")
        perform(leads, "reclaim", made, actor=actor, arguments={"note": "Chậm"})
    row = stand(made)
    assert (row.state, row.owner_id, row.first_due_at) == ("NEW", None, None)


def test_lets_who_works_in_the_shop_take_a_lead_from_the_pool(lead: Make, take: Take, cast: Cast) -> None:
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    with clock.stopped(early):
        made = lead()
        take("take", made)
    with clock.stopped(early + dt.timedelta(days=7)):
        take("reclaim", made, by="manager", note="Chậm")
        take("take", made, by="teller")
    assert stand(made).owner_id == cast.user("teller").pk


def test_changes_no_state_by_a_form(lead: Make, cast: Cast) -> None:
    made = lead()
    _refused(made, lambda: change(cast, made, state="QUALIFIED"), InvalidValues)


def test_lets_nobody_advertise_to_whoever_wants_no_contact(lead: Make, take: Take, cast: Cast) -> None:
    made = lead(emails=["mai@example.com"])
    refused = {"disqualify_reason": "NO_CONTACT_WANTED"}
    _refused(made, partial(take, "disqualify", made, **refused), InvalidValues)
    take("disqualify", made, **refused, refused_by="VOICE", note="Xin đừng gọi nữa")
    speaker = stand(made).party_id
    for channel in (Channel.CALL, Channel.SMS, Channel.EMAIL):
        told = contact_permission(speaker, channel, Purpose.MARKETING)
        assert (told.is_allowed, told.rule) == (False, "refused")
    other = stand(lead(name="Người nhà")).party_id
    assert contact_permission(other, Channel.CALL, Purpose.MARKETING).rule == "refused"
