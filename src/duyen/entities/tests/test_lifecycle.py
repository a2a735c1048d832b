"""A life cycle walks only along its commands: every step from every state, against the declaration."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities.entity import Entity
from duyen.entities.performing import NotNow, perform
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.audit.models import History
from duyen.modules.parties.models import Party
from duyen.modules.parties.relationship import RELATIONSHIP
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_COMMANDS = {command.verb: command for command in RELATIONSHIP.commands}


def test_reaches_every_state_and_names_only_declared_ones() -> None:
    declared = {option.code for option in RELATIONSHIP.states}
    entered = {command.to for command in RELATIONSHIP.commands}
    left = {state for command in RELATIONSHIP.commands for state in command.from_}

    assert entered | {"ATTRACTING"} == declared
    assert left <= declared
    assert declared - left == {"TERMINATED"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(_COMMANDS)), min_size=1, max_size=8))
def test_takes_a_step_exactly_where_the_declaration_allows_it(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, steps: list[str]
) -> None:
    record, director = make_customer(by="director", unit=cast.unit("HP1").pk), cast.actor("director")
    state, taken = "ATTRACTING", 0
    for verb in steps:
        before = History.objects.count()
        if state in _COMMANDS[verb].from_:
            perform(customers, verb, record, actor=director, arguments={"note": "vì vậy"})
            state, taken = str(_COMMANDS[verb].to), taken + 1
        else:
            with pytest.raises(NotNow):
                perform(customers, verb, record, actor=director, arguments={"note": "vì vậy"})
            assert History.objects.count() == before
        row = Party.objects.get(pk=record)
        assert (row.relationship_state, row.version) == (state, 1 + taken)
