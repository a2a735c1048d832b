"""A lead that is handed over: accepted, returned or withdrawn, and never lost in silence."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.notices.models import Notice
from duyen.kernel import clock
from duyen.kernel.errors import DomainError
from duyen.modules.assignments.actions import assign_waiting
from duyen.modules.handovers.actions import answer, tell_late
from duyen.modules.handovers.models import Handover
from duyen.modules.handovers.tests.conftest import MORNING, Make, lead_of, stand
from duyen.modules.handovers.words import Step
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_HOUR = dt.timedelta(hours=1)
_TO = {Step.ACCEPT: "ACCEPTED", Step.RETURN: "RETURNED", Step.WITHDRAW: "WITHDRAWN"}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(Step)), st.booleans()), min_size=1, max_size=5))
def test_goes_where_the_model_goes_and_nowhere_else(
    handed: Make, cast: Cast, steps: list[tuple[Step, bool]]
) -> None:
    with transaction.atomic():
        made, state = handed(), "WAITING"
        for step, is_receiver in steps:
            may = state == "WAITING" and is_receiver == (step is not Step.WITHDRAW)
            told = History.objects.count()
            try:
                with transaction.atomic():
                    answer(
                        made, step, actor=cast.actor("seller" if is_receiver else "care_agent"), note="Vì sao"
                    )
            except DomainError:
                assert not may, f"{step} is refused at {state}"
                assert History.objects.count() == told
            else:
                assert may, f"{step} is taken at {state}"
                state = _TO[step]
            row = stand(made)
            assert (row.state, row.answered_at is None) == (state, state == "WAITING")
            owner = "seller" if state == "ACCEPTED" else "care_agent"
            assert lead_of(made).owner_id == cast.user(owner).pk
            assert lead_of(made).state == ("ASSIGNED" if state == "ACCEPTED" else "NEW")
        transaction.set_rollback(True)


def test_the_clock_starts_when_it_is_accepted(handed: Make, cast: Cast) -> None:
    made = handed()
    assert (lead_of(made).assigned_at, lead_of(made).first_due_at) == (None, None)

    with clock.stopped(MORNING + 2 * _HOUR):
        answer(made, Step.ACCEPT, actor=cast.actor("seller"))

    row = lead_of(made)
    assert (row.assigned_at, row.unit_id) == (MORNING + 2 * _HOUR, cast.unit("HP1").pk)
    assert row.first_due_at is not None


def test_nobody_takes_what_waits_for_an_answer(handed: Make, cast: Cast) -> None:
    made = handed()
    lead_id, told = stand(made).lead_id, History.objects.count()

    for verb, who, asked in (
        ("take", "care_agent", {}),
        ("assign", "director", {"owner": cast.user("outsider").pk}),
        ("hand_to", "care_agent", {"owner": cast.user("colleague").pk, "note": "Lần nữa"}),
    ):
        with pytest.raises(NotNow, match="Nguyễn Hồng Hạnh"), transaction.atomic():
            perform(entity_named("leads"), verb, lead_id, actor=cast.actor(who), arguments=asked)
    assert History.objects.count() == told
    assert lead_of(made).state == "NEW"


def test_a_lead_that_nobody_owned_stays_with_whoever_hands_it_over(
    lead: Make, handed: Make, cast: Cast
) -> None:
    pooled = lead(by="director", owner=None, unit=cast.unit("HP").pk)
    asked = {"unit": cast.unit("HP1").pk, "note": "Khách hỏi gói cáp quang"}

    perform(entity_named("leads"), "hand_to", pooled, actor=cast.actor("director"), arguments=asked)

    held = Handover.objects.get(lead_id=pooled)
    assert lead_of(held.pk).owner_id == cast.user("director").pk
    assert assign_waiting() == 0


def test_a_unit_answers_by_whoever_works_on_leads_there(handed: Make, cast: Cast) -> None:
    made = handed(to="", unit="HP1")

    for who in ("colleague", "outsider", "care_agent"):
        with pytest.raises(NotFound), transaction.atomic():
            answer(made, Step.ACCEPT, actor=cast.actor(who))
    answer(made, Step.ACCEPT, actor=cast.actor("seller"))

    assert lead_of(made).owner_id == cast.user("seller").pk


def test_tells_the_receiver_and_of_a_return_the_giver(handed: Make, cast: Cast) -> None:
    made = handed()
    notices = Notice.objects.filter(user_id=cast.user("seller").pk, kind="lead_handed_over")
    assert notices.count() == 1

    with pytest.raises(InvalidValues, match="cần sửa"), transaction.atomic():
        answer(made, Step.RETURN, actor=cast.actor("seller"))
    answer(made, Step.RETURN, actor=cast.actor("seller"), note="Ngoài vùng phủ")

    told = Notice.objects.filter(user_id=cast.user("care_agent").pk, kind="lead_handover_answered")
    assert told.count() == 1
    assert (stand(made).answer, lead_of(made).owner_id) == ("Ngoài vùng phủ", cast.user("care_agent").pk)


def test_tells_both_sides_once_when_nobody_answers_within_eight_working_hours(
    handed: Make, cast: Cast
) -> None:
    made = handed()
    due = stand(made).due_at

    assert tell_late(due - dt.timedelta(minutes=1)) == 0
    assert tell_late(due) == 1
    assert tell_late(due + _HOUR) == 0
    people = (
        Notice.objects.filter(kind="lead_handover_late").order_by("user_id").values_list("user_id", flat=True)
    )
    assert set(people) == {cast.user("seller").pk, cast.user("care_agent").pk}
    assert stand(made).state == "WAITING"


def test_hands_over_only_to_whoever_works_on_leads_and_only_what_is_new(lead: Make, cast: Cast) -> None:
    made = lead()

    def hand(**asked: object) -> None:
        with transaction.atomic():
            arguments = {"note": "Khách hỏi", **asked}
            perform(
                entity_named("leads"), "hand_to", made, actor=cast.actor("care_agent"), arguments=arguments
            )

    for asked in ({}, {"owner": cast.user("care_agent").pk}, {"owner": cast.user("admin").pk}):
        with pytest.raises(InvalidValues):
            hand(**asked)
    perform(entity_named("leads"), "take", made, actor=cast.actor("care_agent"), arguments={})
    with pytest.raises(NotNow, match="đã có người xử lý"):
        hand(owner=cast.user("seller").pk)
    assert Handover.objects.count() == 0


def test_whoever_may_not_work_on_a_lead_hands_nothing_over(lead: Make, cast: Cast) -> None:
    made, asked = lead(), {"owner": cast.user("seller").pk, "note": "Khách hỏi"}

    for who, error in (("outsider", NotFound), ("admin", NotFound)):
        with pytest.raises((error, NotAllowed)), transaction.atomic():
            perform(entity_named("leads"), "hand_to", made, actor=cast.actor(who), arguments=asked)
    assert Handover.objects.count() == 0
