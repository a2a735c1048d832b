"""Open the trail before a write: who acts, which verb, through which door. Note who opened what is watched.

The database refuses every write on a traced table in a transaction where this was not done.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.database.endings import before_end
from duyen.kernel.errors import DomainError

_RANDOM_BITS = 20
_MOST_INNER = 1000
#: What runs before the end of each transaction in which the trail was opened.
_endings: list[Callable[[], None]] = []
#: The id of the next operation that another one calls; lower than the caller's, because it ends before.
_next_inner: ContextVar[int | None] = ContextVar("next_inner", default=None)


@dataclass(frozen=True)
class Operation:
    """One use of one action: everything it writes carries its id and can be undone together."""

    id: int
    verb: str
    actor: Actor


class OnlyLooking(DomainError):
    """Somebody looks through another person's eyes, and would write or open what is watched."""

    code = "only_looking"
    sentence = _(
        "You are viewing as %(name)s. Nothing can be changed, and what is watched stays closed. End it first."
    )


def at_the_end(ending: Callable[[], None]) -> None:
    """Run something before the end of every transaction that writes, when all of it is in the trail."""
    _endings.append(ending)


def new_operation_id() -> int:
    """Make a 63-bit id that rises with time and needs no round trip."""
    inner = _next_inner.get()
    if inner is not None:
        _next_inner.set(inner + 1)
        return inner
    return (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)


def begin(actor: Actor, verb: str, *, note: str = "", operation_id: int | None = None) -> Operation:
    """Tell the database who writes from here to the end of the transaction.

    Must be called inside a transaction; the setting ends with it. `operation_id` goes on with an
    operation that is done in several transactions, so that it can be undone as one. Raises OnlyLooking.
    """
    _refuse_looking(actor)
    operation = Operation(operation_id or new_operation_id(), verb, actor)
    # SET LOCAL takes no parameters. The literal is quoted here, and JSON leaves no backslash outside quotes.
    literal = _context(operation, note).replace("'", "''")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL duyen.context = '{literal}'", None)
    for ending in _endings:
        before_end(ending)
    return operation


def note_opened(
    actor: Actor,
    verb: str,
    *,
    entity: str,
    record_id: int = 0,
    party_id: int | None = None,
    note: str = "",
    told: Mapping[str, Any] | None = None,
) -> Operation:
    """Write down that `actor` opened something that is watched, although nothing changed by it.

    `entity` and `record_id` say on whose page the entry stands (a record's family; 0 where it is no
    record), `told` is kept beside it as JSON. Needs no open trail and leaves an open one as it is.
    Raises OnlyLooking.
    """
    return _note(actor, verb, entity, [record_id], party_id, note, told)


def note_on(actor: Actor, verb: str, *, entity: str, record_ids: Sequence[int], note: str = "") -> Operation:
    """Write the same down as `note_opened` does on each of these records, by one statement."""
    return _note(actor, verb, entity, record_ids, None, note, None)


def note_each(actor: Actor, verb: str, *, entity: str, told: Mapping[int, Mapping[str, Any]]) -> Operation:
    """Write the same down on each of these records, beside each its own facts, by one statement."""
    _refuse_looking(actor)
    operation = Operation(new_operation_id(), verb, actor)
    facts = [json.dumps(each, ensure_ascii=False) for each in told.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT duyen_note_opened(%s, %s, t.record, NULL, t.facts::jsonb) "
            "FROM unnest(%s::bigint[], %s::text[]) AS t(record, facts)",
            [_context(operation, ""), entity, list(told), facts],
        )
    return operation


def _note(
    actor: Actor,
    verb: str,
    entity: str,
    record_ids: Sequence[int],
    party_id: int | None,
    note: str,
    told: Mapping[str, Any] | None,
) -> Operation:
    _refuse_looking(actor)
    operation = Operation(new_operation_id(), verb, actor)
    facts = json.dumps(told, ensure_ascii=False) if told else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT duyen_note_opened(%s, %s, record, %s, %s) FROM unnest(%s::bigint[]) AS record",
            [_context(operation, note), entity, party_id, facts, list(record_ids)],
        )
    return operation


def _refuse_looking(actor: Actor) -> None:
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)


def _context(operation: Operation, note: str) -> str:
    """Say who acts as the functions of the database read it."""
    actor = operation.actor
    context = {
        "op": operation.id,
        "verb": operation.verb,
        "door": actor.door.value,
        "actor": actor.user_id,
        "name": actor.name,
        "for": actor.on_behalf_of,
        "note": note,
    }
    return json.dumps(context, ensure_ascii=False)


@contextmanager
def within() -> Iterator[None]:
    """Let an action call others: each is told apart and before it, and what follows belongs to it again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('duyen.context', true)")
        (context,) = cursor.fetchone()
    token = _next_inner.set(int(json.loads(context)["op"]) - _MOST_INNER)
    try:
        yield
    finally:
        _next_inner.reset(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('duyen.context', %s, true)", [context])
