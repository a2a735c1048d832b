"""What stands against a step: every reason at once, from whoever sets a guard, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from duyen.entities import registry
from duyen.entities.bulk.rules import Fate
from duyen.entities.bulk.stepping import perform_many
from duyen.entities.entity import Entity
from duyen.entities.fields import Text
from duyen.entities.guards import Across, Guard
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.entities.performing import NotNow, perform, step_called, why_not_now
from duyen.entities.registry import BadDeclaration
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.models import History
from duyen.kernel.errors import FieldProblem
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
Row = Mapping[str, Any]
NOTE = {"note": "vì vậy"}


def _no_industry(row: Row) -> FieldProblem | None:
    return None if row["industry"] else FieldProblem("industry", "no_industry", "say the industry first.")


class Asked:
    """A guard over a set that counts how often it is asked."""

    def __init__(self, reason: str = "a paper is missing.") -> None:
        self.calls: list[tuple[int, Row | None]] = []
        self.reason = reason

    def find(self, _actor: Actor, rows: Sequence[Row], asked: Row | None) -> Mapping[int, list[str]]:
        self.calls.append((len(rows), asked))
        return {row["id"]: [self.reason, "a second one too."] for row in rows}


@pytest.fixture
def guarded(customers: Entity) -> Iterator[dict[str, list[Guard]]]:
    """Let a test set guards as a higher module does; they go when it ends."""
    yield customers.guards
    customers.guards.clear()


def test_gives_every_reason_at_once_and_changes_nothing(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, guarded: dict[str, list[Guard]]
) -> None:
    record, director = make_customer(by="director", unit=cast.unit("HP1").pk), cast.actor("director")
    registry.extend("customers", guards={"start": [_no_industry, Across(Asked().find)]})
    before = History.objects.count()

    with pytest.raises(NotNow) as refused:
        perform(customers, "start", record, actor=director, arguments=NOTE)

    told = [(each.field, each.code, str(each.message)) for each in refused.value.reasons]
    assert told == [
        ("industry", "no_industry", "say the industry first."),
        ("", "not_now", "a paper is missing."),
        ("", "not_now", "a second one too."),
    ]
    assert "A paper is missing. A second one too." in str(refused.value)
    assert History.objects.count() == before
    assert Party.objects.get(pk=record).relationship_state == "ATTRACTING"


def test_asks_nothing_of_a_record_in_another_state(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, guarded: dict[str, list[Guard]]
) -> None:
    record, director = make_customer(by="director", unit=cast.unit("HP1").pk), cast.actor("director")
    asked = Asked()
    guarded["retain"] = [Across(asked.find)]

    with pytest.raises(NotNow) as refused:
        perform(customers, "retain", record, actor=director, arguments=NOTE)

    assert [each.code for each in refused.value.reasons] == ["state"]
    assert asked.calls == []


def test_asks_a_guard_once_for_a_whole_set(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, guarded: dict[str, list[Guard]]
) -> None:
    director = cast.actor("director")
    records = [make_customer(by="director", unit=cast.unit("HP1").pk) for _ in range(3)]
    asked = Asked()
    guarded["start"] = [Across(asked.find)]

    done = perform_many(customers, "start", records, actor=director, arguments=NOTE)

    assert [number for number, _ in asked.calls] == [3]
    assert asked.calls[0][1] == NOTE
    assert [each.fate for each in done.outcomes] == [Fate.REFUSED] * 3
    assert "A second one too." in str(done.outcomes[0].error)


def test_shows_the_first_reason_on_a_button(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, guarded: dict[str, list[Guard]]
) -> None:
    record, director = make_customer(by="director", unit=cast.unit("HP1").pk), cast.actor("director")
    asked = Asked()
    guarded["start"] = [Across(asked.find)]
    row = customers.rows(director).values(*customers.held_columns).get(pk=record)

    why = why_not_now(customers, step_called(customers, "start"), row, actor=director)

    assert why == "a paper is missing."
    assert asked.calls == [(1, None)]


def test_refuses_a_guard_of_a_step_that_there_is_none(
    customers: Entity, guarded: dict[str, list[Guard]]
) -> None:
    guarded["stroll"] = [_no_industry]

    with pytest.raises(BadDeclaration, match="stroll"):
        registry.check()


def _with(customers: Entity, *commands: Command) -> Entity:
    """Give customers with other commands over the same column."""
    old = customers.lifecycle
    assert old is not None
    fields = [each for each in customers.fields if each.name != old.column]
    own = {command.verb for command in old.commands}
    actions = [each for each in customers.actions if each.verb not in own]
    lifecycle = Lifecycle(old.column, old.label, old.states, commands, old.since)
    return replace(customers, lifecycle=lifecycle, fields=fields, actions=actions)


def test_leaves_the_state_alone_where_a_command_leads_nowhere(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record, director = make_customer(by="director", unit=cast.unit("HP1").pk), cast.actor("director")
    move = Command(
        "move",
        "Move",
        ("ATTRACTING",),
        None,
        asks=[Text("into", "Into")],
        sets=lambda _actor, _row, asked: {"industry": asked["into"]},
    )
    entity, was = _with(customers, move), Party.objects.get(pk=record)

    perform(entity, "move", record, actor=director, arguments={"into": "TRADE"})

    row = Party.objects.get(pk=record)
    assert (row.relationship_state, row.relationship_since) == (
        was.relationship_state,
        was.relationship_since,
    )
    assert (row.industry, row.version) == ("TRADE", 2)


def test_works_out_where_a_command_leads_for_one_and_for_many(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    director, unit = cast.actor("director"), cast.unit("HP1").pk
    one, two, three = (make_customer(by="director", unit=unit) for _ in range(3))
    to = Text("to", "To")
    go = Command("go", "Go", ("ATTRACTING",), lambda _actor, _row, asked: asked["to"], asks=[to])
    entity = _with(customers, go)

    perform(entity, "go", one, actor=director, arguments={"to": "ONBOARDING"})
    perform_many(entity, "go", [two, three], actor=director, arguments={"to": "ATTRACTING"})

    rows = {row.pk: row for row in Party.objects.filter(pk__in=[one, two, three])}
    assert rows[one].relationship_state == "ONBOARDING"
    assert [(rows[each].relationship_state, rows[each].version) for each in (two, three)] == [
        ("ATTRACTING", 2)
    ] * 2
    with pytest.raises(ValueError, match="no such state"):
        perform(entity, "go", two, actor=director, arguments={"to": "NOWHERE"})
