"""The gate before a step: whoever may not take it alone is refused, unless somebody granted just this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from duyen.entities.approvals.declared import Asked, Limit, Row
from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.approvals.keeping import deciding
from duyen.entities.approvals.rules import Deciding, covers, roles_for
from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.models import Role

if TYPE_CHECKING:
    from duyen.entities.entity import Entity


@dataclass(frozen=True)
class Need:
    """A step that needs a second person: by which limit, about what amount, and what the company decided.

    `who` names the roles that may grant it, those with the least power first. `part` says which part of the
    record it is about where each waits by itself, `settled` what it is asked with in place of what was typed,
    `why` in words what makes it need somebody.
    """

    limit: Limit
    told: Deciding
    amount: Decimal | None
    excluded: frozenset[int]
    who: str
    part: str = ""
    settled: Asked = field(default_factory=dict)
    why: Label = ""

    @property
    def roles(self) -> list[str]:
        """List the codes of the roles that may grant it, those with the least power first."""
        return roles_for(self.told.roles, self.amount)

    def error(self) -> NeedsApproval:
        """Make the refusal of the step."""
        return NeedsApproval(self)


@dataclass(frozen=True)
class _Granted:
    """The one step that is being carried out because somebody granted it."""

    family: str
    verb: str
    record_id: int
    allows: Callable[[Need], bool]


_granted: ContextVar[_Granted | None] = ContextVar("granted", default=None)


def needed(entity: Entity, verb: str, row: Row, asked: Asked, *, actor: Actor) -> Need | None:
    """Tell whether the actor needs a second person for a step with this record; nothing where not."""
    return needed_by(entity, verb, [row], asked, actor=actor).get(row["id"])


def needed_by(
    entity: Entity,
    verb: str,
    rows: Sequence[Row],
    asked: Asked,
    *,
    actor: Actor,
    held: Deciding | None = None,
) -> dict[int, Need]:
    """Tell for which of these records the actor needs a second person, by id.

    Asks the database nothing for a step that declares no limit, else the same for one record and for many.
    `held` is what the company decided, where the caller knows it.
    """
    limit = entity.limit_of(verb)
    if limit is None or limit.by_step or actor.is_system:
        return {}
    concerned = [row for row in rows if limit.applies(row, asked)]
    told = (held or deciding(limit)) if concerned else None
    if told is None or not told.is_on:
        return {}
    amounts = {row["id"]: limit.weigh(row, asked) for row in concerned}
    alone = {record_id for record_id, amount in amounts.items() if _is_alone(actor, limit, told, amount)}
    names = role_names(list(told.roles)) if len(alone) < len(concerned) else {}
    return {
        row["id"]: _need(limit, told, amounts[row["id"]], row, asked, names)
        for row in concerned
        if row["id"] not in alone
    }


def _is_alone(actor: Actor, limit: Limit, told: Deciding, amount: Decimal | None) -> bool:
    roles = actor.facts.role_codes if actor.facts else frozenset()
    return not limit.always and covers(roles, told.roles, amount)


def _need(
    limit: Limit,
    told: Deciding,
    amount: Decimal | None,
    row: Row,
    asked: Asked,
    names: Mapping[str, str],
) -> Need:
    excluded = frozenset(each for each in limit.excludes(row, asked) if each is not None)
    who = ", ".join(names[code] for code in roles_for(told.roles, amount) if code in names)
    return Need(limit, told, amount, excluded, who or "—")


def refuse_unapproved(
    entity: Entity,
    verb: str,
    row: Row,
    asked: Asked,
    *,
    actor: Actor,
    record_id: int | None = None,
) -> None:
    """Refuse a step that needs a second person and was not granted by one. Raises NeedsApproval.

    Every door of a step that may declare a limit calls this with the record locked. `record_id` is the
    record on which it was asked for, where the step takes in others too.
    """
    need = needed(entity, verb, row, asked, actor=actor)
    if need is not None:
        _refuse_ungranted(entity, verb, record_id or row["id"], need)


def refuse_beyond(
    limit: Limit,
    amount: Decimal,
    *,
    entity: Entity,
    verb: str,
    row: Row,
    actor: Actor,
    part: str = "",
    settled: Asked | None = None,
    why: Label = "",
) -> None:
    """Refuse what a step finds beyond the actor's limit, unless somebody granted it. Raises NeedsApproval.

    Called by the step itself, for a limit that is `by_step`. A request keeps `settled` instead of what was
    typed, so that what is done is what was looked at; of each `part` one may wait at a time.
    """
    if actor.is_system:
        return
    told = deciding(limit)
    if not told.is_on or _is_alone(actor, limit, told, amount):
        return
    asked = settled or {}
    need = _need(limit, told, amount, row, asked, role_names(list(told.roles)))
    _refuse_ungranted(entity, verb, row["id"], replace(need, part=part, settled=asked, why=why))


def _refuse_ungranted(entity: Entity, verb: str, record_id: int, need: Need) -> None:
    given = _granted.get()
    is_this = given is not None and (given.family, given.verb, given.record_id) == (
        entity.family,
        verb,
        record_id,
    )
    if given is None or not is_this or not given.allows(need):
        raise need.error()


@contextmanager
def granted(entity: Entity, verb: str, record_id: int, allows: Callable[[Need], bool]) -> Iterator[None]:
    """Let one step of one record through, as long as `allows` says so of what it then needs."""
    token = _granted.set(_Granted(entity.family, verb, record_id, allows))
    try:
        yield
    finally:
        _granted.reset(token)


def role_names(codes: Sequence[str]) -> dict[str, str]:
    """Name roles by their codes; one that is gone is left out."""
    return dict(Role.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
