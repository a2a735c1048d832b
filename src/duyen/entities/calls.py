"""Calls of the API that a module declares, beside those that follow from its entities.

A call is declared once, by fields as a step is: its address, its body and answer in the description, its page
of the reference, its examples and the test of who may make it follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from duyen.entities.fields import Field, Label
from duyen.entities.registry import BadDeclaration, entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import DomainError

Row = Mapping[str, Any]
METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Shape:
    """An object of JSON: its name in the description, what it is, its fields, and lists of further objects.

    A field that is `required` is there always; any other may be null. Rows hold the columns of the fields,
    and under the name of a list its rows.
    """

    name: str
    about: str
    fields: tuple[Field, ...] = ()
    lists: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What a call is made with: who makes it, the id in its address (0 for none), and the clean values.

    Of a list also how many rows are asked for at most, and behind which id they begin.
    """

    actor: Actor
    id: int
    values: Mapping[str, Any]
    limit: int = 0
    after: int | None = None


@dataclass(frozen=True)
class Sample:
    """With what an example makes a call: the id in its address, and the values."""

    id: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One call: `GET` reads, `POST` writes and takes an Idempotency-Key.

    `path` stands under /api/v1 and may hold `{id}`. `entity` is what it is about: `needs` is a right on that,
    without which it is refused before it runs; empty is open to everybody, and `run` judges. `asks` are the
    arguments of a GET and the body of a POST. A GET's `run` gives the row of `gives`; with `is_list` up to
    `limit` + 1 rows, of which each has an `id`. A POST's `run` gives what is kept for a repeated call, ids
    and no values, of which `show` makes the row. `refuses` are refusals of its own, beside those that every
    call has. `sample` gives with what the reader's example makes the call, nothing where she cannot now.
    """

    name: str
    method: str
    path: str
    label: Label
    about: str
    entity: str
    gives: Shape
    run: Callable[[Asked], Any]
    needs: str = ""
    asks: Sequence[Field] = ()
    is_list: bool = False
    status: HTTPStatus = HTTPStatus.OK
    show: Callable[[Actor, Any], Row] | None = None
    refuses: tuple[type[DomainError], ...] = ()
    sample: Callable[[Actor], Sample | None] | None = None

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def has_id(self) -> bool:
        return "{id}" in self.path

    def is_open_to(self, actor: Actor) -> bool:
        """Tell whether the actor has the right that the call needs, on whatever records."""
        return not self.needs or actor.may(self.entity, self.needs)


_calls: dict[str, Call] = {}


def declare_calls(*calls: Call) -> None:
    """Add calls to the API. Raises BadDeclaration for what no address or description could hold."""
    for call in calls:
        taken = {(each.method, each.path) for each in _calls.values()}
        if call.name in _calls or (call.method, call.path) in taken:
            raise BadDeclaration(f"the call {call.name} is declared twice")
        if call.method not in METHODS or (call.show is None) == call.is_write:
            raise BadDeclaration(
                f"the call {call.name} reads by GET, or writes by POST and shows what it wrote"
            )
        if (call.has_id or call.is_write) and call.sample is None:
            raise BadDeclaration(f"the call {call.name} says by no sample how an example makes it")
        entity_named(call.entity)
        _calls[call.name] = call


def declared_calls() -> list[Call]:
    """List the calls of all modules, in the order of their declaration."""
    return list(_calls.values())
