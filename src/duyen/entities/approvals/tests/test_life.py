"""The life of requests, walked at random and held to a model: who may do what when, and what it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.approvals.asking import ask, withdraw
from duyen.entities.approvals.deciding import expire_overdue, grant, refuse
from duyen.entities.approvals.people import to_decide
from duyen.entities.approvals.rules import State
from duyen.entities.approvals.tests.conftest import Decide
from duyen.entities.entity import Entity
from duyen.entities.models import ApprovalRequest
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
#: Who may ask for the deletion of the seller's customer, and who decides, as the rights and the limit say.
_ASKERS, _DECIDERS = {"seller"}, {"manager", "director"}
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "grant", "refuse", "withdraw", "wait", "change", "restore"]),
        st.sampled_from(["seller", "teller", "manager", "director", "outsider", "care_agent"]),
    ),
    min_size=3,
    max_size=12,
)


@dataclass
class Model:
    """What should be so: the state of the newest request, and whether the customer is outside the bin."""

    state: State | None = None
    is_there: bool = True
    version: int = 1

    def expects(self, verb: str, who: str) -> bool:
        """Tell whether the step goes through, and take it in the model where it does."""
        waits = self.state is State.WAITING
        if verb == "ask" and who in _ASKERS and self.is_there and not waits:
            self.state = State.WAITING
            return True
        if verb == "withdraw" and waits and who in _ASKERS:
            self.state = State.WITHDRAWN
            return True
        if verb in ("grant", "refuse") and waits and who in _DECIDERS:
            self.state = State.GRANTED if verb == "grant" else State.REFUSED
            if verb == "grant":
                self.is_there, self.version = False, self.version + 1
            return True
        if verb == "wait" and waits:
            self.state = State.EXPIRED
            return True
        if (
            verb == "change"
            and self.is_there
            and who in {"seller", "teller", "manager", "director", "care_agent"}
        ):
            self.version += 1
            return True
        if verb == "restore" and not self.is_there and who in _ASKERS | _DECIDERS:
            self.is_there, self.version = True, self.version + 1
            return True
        return False


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_lives_as_its_model(
    cast: Cast, customers: Entity, decide_limit: Decide, steps: list[tuple[str, str]]
) -> None:
    with transaction.atomic():
        decide_limit()
        values = {"name": "Công ty TNHH Ánh Dương", "kind": "ORGANISATION"}
        record = standard.create(customers, actor=cast.actor("seller"), values=values).id
        model = Model()

        for number, (verb, who) in enumerate(steps):
            before = _seen(record)
            expected = model.expects(verb, who)
            went = _went(partial(_take, verb, who, number, record, customers, cast))
            assert went == expected, (verb, who, before)
            if not went:
                assert _seen(record) == before
            _holds(record, model, cast)
        transaction.set_rollback(True)


def _went(take: Callable[[], bool]) -> bool:
    try:
        with transaction.atomic():
            return take()
    except DomainError:
        return False


def _take(verb: str, who: str, number: int, record: int, customers: Entity, cast: Cast) -> bool:
    actor = cast.actor(who)
    newest = ApprovalRequest.objects.filter(record_id=record).order_by("-pk").first()
    version = Party.objects.values_list("version", flat=True).get(pk=record)
    if verb == "ask":
        ask(customers, "delete", record, actor=actor, arguments={})
    elif verb == "change":
        standard.change(customers, record, actor=actor, values={"note": f"lần {number}"}, version=version)
    elif verb == "restore":
        standard.restore(customers, record, actor=actor)
    elif newest is None:
        return False
    elif verb == "grant":
        return grant(newest.pk, actor=actor, version=version).problem is None
    elif verb == "refuse":
        refuse(newest.pk, actor=actor, answer="không")
    elif verb == "withdraw":
        withdraw(newest.pk, actor=actor)
    else:
        trail.begin(cast.actor("admin"), "tests.age")
        ApprovalRequest.objects.filter(pk=newest.pk, state=State.WAITING).update(
            due_at=now() - dt.timedelta(seconds=1)
        )
        return expire_overdue() > 0
    return True


def _seen(record: int) -> tuple[object, ...]:
    """Give all that a refused step must leave as it was."""
    requests = ApprovalRequest.objects.filter(record_id=record).order_by("pk")
    party = Party.objects.values("version", "deleted_at", "note").get(pk=record)
    return (*requests.values_list("pk", "state", "version"), tuple(party.values()))


def _holds(record: int, model: Model, cast: Cast) -> None:
    """Hold what is there to the model, and to what is always so."""
    newest = ApprovalRequest.objects.filter(record_id=record).order_by("-pk").first()
    assert (newest.state if newest else None) == model.state
    party = Party.objects.get(pk=record)
    assert (party.deleted_at is None, party.version) == (model.is_there, model.version)
    decided = ApprovalRequest.objects.filter(state__in=[State.GRANTED, State.REFUSED])
    assert all(each.decided_by_id not in (None, each.asked_by_id) for each in decided)
    waits = model.state is State.WAITING
    for who in ("seller", "teller", "manager", "director", "outsider"):
        assert to_decide(cast.actor(who)).exists() == (waits and who in _DECIDERS)
