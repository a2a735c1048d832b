"""Life cycles: the states of a record, and the commands that alone lead from one to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.announcing import CommandTaken, announce
from duyen.entities.fields import Choice, Field, Label, Option
from duyen.entities.writing import update_row, update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.kernel.clock import now

#: Gets the actor, a row (its columns) and what was asked, and gives columns that a command writes beside.
Sets = Callable[[Actor, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
#: Gets the actor, the row as it stands after a command, and what was asked; does what follows from it.
Then = Callable[[Actor, Mapping[str, Any], Mapping[str, Any]], None]
#: Looks at a row (its columns) and gives the reason why a command cannot run now, or nothing.
Guard = Callable[[Mapping[str, Any]], Label | None]


@dataclass(frozen=True)
class Command:
    """One way from some states to another one.

    `sets` gives further columns that it writes, `then` does what follows from it, in the same transaction.
    """

    verb: str
    label: Label
    from_: Sequence[str]
    to: str
    needs: str = CHANGE
    asks: Sequence[Field] = ()
    guards: Sequence[Guard] = ()
    icon: str = ""
    tone: str = ""
    sets: Sets | None = None
    then: Then | None = None
    text: Label = ""

    def columns(self, actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the columns that it writes beside the state."""
        return self.sets(actor, row, asked) if self.sets else {}


@dataclass(frozen=True)
class Lifecycle:
    """The states of one column of an entity and the commands between them.

    `since` is the column that holds when the present state began.
    """

    column: str
    label: Label
    states: Sequence[Option]
    commands: Sequence[Command]
    since: str

    def field(self) -> Choice:
        """Give the read-only field that shows the state."""
        return Choice(self.column, self.label, options=self.states, editable=False, badge=True)

    def actions(self, entity: str, model: type[Model]) -> list[Action]:
        """Give the commands as actions of `entity`, whose rows stand in `model`."""
        return [self._action(entity, model, command) for command in self.commands]

    def _action(self, entity: str, model: type[Model], command: Command) -> Action:
        def run(*, actor: Actor, row: Mapping[str, Any], **asked: Any) -> Mapping[str, Any]:
            moment = now()
            columns = {
                **command.columns(actor, row, asked),
                self.column: command.to,
                self.since: moment,
                "version": int(row["version"]) + 1,
                "updated_at": moment,
                "updated_by_id": actor.user_id,
            }
            update_row(model, row["id"], columns)
            after = {**row, **columns}
            if command.then:
                command.then(actor, after, asked)
            announce(CommandTaken(entity, row["id"], command.verb, command.to, actor))
            return after

        def set_run(*, actor: Actor, rows: Sequence[Mapping[str, Any]], **asked: Any) -> None:
            moment = now()
            columns = {
                self.column: command.to,
                self.since: moment,
                "updated_at": moment,
                "updated_by_id": actor.user_id,
            }
            told = {row["id"]: command.columns(actor, row, asked) for row in rows}
            update_rows(model, told, alike=columns)
            if command.then:
                for row in rows:
                    after = {**row, **told[row["id"]], **columns, "version": int(row["version"]) + 1}
                    command.then(actor, after, asked)
            for row in rows:
                announce(CommandTaken(entity, row["id"], command.verb, command.to, actor))

        return Action(
            name=f"{entity}.{command.verb}",
            label=command.label,
            run=run,
            needs=command.needs,
            asks=tuple(command.asks),
            icon=command.icon,
            tone=command.tone,
            why_not=lambda row: self.why_not(command, row),
            about=self.column,
            set_run=set_run,
            text=command.text,
        )

    def why_not(self, command: Command, row: Mapping[str, Any]) -> Label | None:
        """Give the first reason why `command` cannot run on `row` now, or nothing."""
        if row[self.column] not in command.from_:
            known = self.field().show(row[self.column])
            return _("the record is in state “%(state)s”.") % {"state": known}
        reasons = (guard(row) for guard in command.guards)
        return next((reason for reason in reasons if reason is not None), None)
