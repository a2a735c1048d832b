"""Life cycles: the states of a record, and the commands that alone lead from one to another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from duyen.entities.actions import Action
from duyen.entities.announcing import CommandTaken, announce
from duyen.entities.approvals.declared import Limit
from duyen.entities.fields import Choice, Field, Label, Option
from duyen.entities.guards import Guard
from duyen.entities.pages import Preview
from duyen.entities.states import other_state
from duyen.entities.writing import update_row, update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem

#: Gets the actor, a row (its columns) and what was asked, and gives columns that a command writes beside.
Sets = Callable[[Actor, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
#: Gets the actor, the row as it stands after a command, and what was asked; does what follows from it.
Then = Callable[[Actor, Mapping[str, Any], Mapping[str, Any]], None]
#: Gets the actor, a row (its columns) and what was asked, and gives the state to which a command leads.
LeadsTo = Callable[[Actor, Mapping[str, Any], Mapping[str, Any]], str]
#: Gives from a row (its columns) the steps of the bar above the record: label, and "ok" behind, "now", or "".
Bar = Callable[[Mapping[str, Any]], Sequence[tuple[Label, str]]]


@dataclass(frozen=True)
class Command:
    """One way from some states to another one.

    `to` is the state where it leads, or a function that works it out; none leaves the state as it is, for
    what moves a record between stages that a company keeps as rows. `sets` gives further columns that it
    writes, `then` does what follows from it, in the same transaction. `guards` stand against it.
    `approval` says when it needs a second person, `preview` tells in its dialog what it would do.
    """

    verb: str
    label: Label
    from_: Sequence[str]
    to: str | LeadsTo | None
    needs: str = CHANGE
    asks: Sequence[Field] = ()
    guards: Sequence[Guard] = ()
    icon: str = ""
    tone: str = ""
    sets: Sets | None = None
    then: Then | None = None
    text: Label = ""
    approval: Limit | None = None
    preview: Preview | None = None

    def columns(self, actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the columns that it writes beside the state."""
        return self.sets(actor, row, asked) if self.sets else {}

    def state_after(self, actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any], now: str) -> str:
        """Give the state in which the record is after it, which is in state `now` before."""
        if self.to is None:
            return now
        return self.to(actor, row, asked) if callable(self.to) else self.to


@dataclass(frozen=True)
class Lifecycle:
    """The states of one column of an entity and the commands between them.

    `since` is the column that holds when the present state began; `ticks` is the verb of the command that the
    circle at a row of a list takes. Where records move through stages of their own beside the state, `bar`
    gives what stands above the record instead of the states; it tells of the field `bar_about`.

    With `at_birth` a new record may say its state, under one of `heads` in a file: the entity judges who may,
    and works out the state of all others.
    """

    column: str
    label: Label
    states: Sequence[Option]
    commands: Sequence[Command]
    since: str
    ticks: str = ""
    bar: Bar | None = None
    bar_about: str = ""
    at_birth: bool = False
    heads: tuple[str, ...] = ()

    @property
    def tick(self) -> Command | None:
        """The command by which a row is ticked off, where there is one."""
        return next((each for each in self.commands if self.ticks and each.verb == self.ticks), None)

    def field(self) -> Choice:
        """Give the field that shows the state; none but a new record may be given one, and few of those."""
        return Choice(
            self.column,
            self.label,
            options=self.states,
            editable=self.at_birth,
            at_birth=self.at_birth,
            heads=self.heads,
            badge=True,
        )

    def actions(self, entity: str, model: type[Model]) -> list[Action]:
        """Give the commands as actions of `entity`, whose rows stand in `model`."""
        return [self._action(entity, model, command) for command in self.commands]

    def _action(self, entity: str, model: type[Model], command: Command) -> Action:
        def run(*, actor: Actor, row: Mapping[str, Any], **asked: Any) -> Mapping[str, Any]:
            moment = now()
            columns = {
                **command.columns(actor, row, asked),
                **self._stated(command, actor, row, asked, moment),
                "version": int(row["version"]) + 1,
                "updated_at": moment,
                "updated_by_id": actor.user_id,
            }
            update_row(model, row["id"], columns)
            after = {**row, **columns}
            if command.then:
                command.then(actor, after, asked)
            announce(CommandTaken(entity, row["id"], command.verb, after[self.column], actor))
            return after

        def set_run(*, actor: Actor, rows: Sequence[Mapping[str, Any]], **asked: Any) -> None:
            moment = now()
            alike = {"updated_at": moment, "updated_by_id": actor.user_id}
            told = {
                row["id"]: {
                    **command.columns(actor, row, asked),
                    **self._stated(command, actor, row, asked, moment),
                }
                for row in rows
            }
            for named in _by_names(told):
                update_rows(model, named, alike=alike)
            after = [{**row, **told[row["id"]], **alike, "version": int(row["version"]) + 1} for row in rows]
            if command.then:
                for row in after:
                    command.then(actor, row, asked)
            for row in after:
                announce(CommandTaken(entity, row["id"], command.verb, row[self.column], actor))

        return Action(
            name=f"{entity}.{command.verb}",
            label=command.label,
            run=run,
            needs=command.needs,
            asks=tuple(command.asks),
            icon=command.icon,
            tone=command.tone,
            allows=lambda row: self.wrong_state(command, row),
            guards=tuple(command.guards),
            about=self.column,
            set_run=set_run,
            text=command.text,
            approval=command.approval,
            preview=command.preview,
            is_told=True,
        )

    def _stated(
        self,
        command: Command,
        actor: Actor,
        row: Mapping[str, Any],
        asked: Mapping[str, Any],
        moment: dt.datetime,
    ) -> dict[str, Any]:
        """Give the columns of the state, where a command changes it."""
        after = command.state_after(actor, row, asked, row[self.column])
        if callable(command.to) and after not in self.codes:
            raise ValueError(f"{command.verb} leads to {after}, and there is no such state")
        # A command between two states stamps its moment also where both are the same one.
        if command.to is None or (callable(command.to) and after == row[self.column]):
            return {}
        return {self.column: after, self.since: moment}

    @property
    def codes(self) -> frozenset[str]:
        """Name the states."""
        return frozenset(str(each.code) for each in self.states)

    def wrong_state(self, command: Command, row: Mapping[str, Any]) -> FieldProblem | None:
        """Give the reason where `command` does not begin in the state of `row`; then no other one counts."""
        if row[self.column] in command.from_:
            return None
        return other_state(self.field(), command.from_, row[self.column])


def _by_names(told: Mapping[int, Mapping[str, Any]]) -> list[dict[int, Mapping[str, Any]]]:
    """Put rows together that name the same columns, as one statement writes them."""
    found: dict[frozenset[str], dict[int, Mapping[str, Any]]] = {}
    for row_id, columns in told.items():
        found.setdefault(frozenset(columns), {})[row_id] = columns
    return list(found.values())
