"""The gate before a step: whoever may not take it alone is refused, unless somebody granted just this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from duyen.entities.approvals.declared import Limit
from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.approvals.keeping import deciding
from duyen.entities.approvals.rules import Deciding, covers, roles_for
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.models import Role

if TYPE_CHECKING:
    from duyen.entities.entity import Entity


@dataclass(frozen=True)
class Need:
    """A step that needs a second person: by which limit, about what amount, and what the company decided.

    `who` names the roles that may grant it, those with the least power first.
    """

    limit: Limit
    told: Deciding
    amount: Decimal | None
    excluded: frozenset[int]
    who: str

    @property
    def roles(self) -> list[str]:
        """List the codes of the roles that may grant it, those with the least power first."""
        return roles_for(self.told.roles, self.amount)

    def error(self) -> NeedsApproval:
        """Make the refusal of the step."""
        return NeedsApproval(self.limit, who=self.who)


@dataclass(frozen=True)
class _Granted:
    """The one step that is being carried out because somebody granted it."""

    family: str
    verb: str
    record_id: int
    allows: Callable[[Need], bool]


_granted: ContextVar[_Granted | None] = ContextVar("granted", default=None)


def needed(
    entity: Entity, verb: str, row: Mapping[str, Any], asked: Mapping[str, Any], *, actor: Actor
) -> Need | None:
    """Tell whether the actor needs a second person for a step with this record; nothing where not."""
    return needed_by(entity, verb, [row], asked, actor=actor).get(row["id"])


def needed_by(
    entity: Entity,
    verb: str,
    rows: Sequence[Mapping[str, Any]],
    asked: Mapping[str, Any],
    *,
    actor: Actor,
    held: Deciding | None = None,
) -> dict[int, Need]:
    """Tell for which of these records the actor needs a second person, by id.

    Asks the database nothing for a step that declares no limit, else the same for one record and for many.
    `held` is what the company decided, where the caller knows it.
    """
    limit = entity.limit_of(verb)
    if limit is None or actor.is_system:
        return {}
    concerned = [row for row in rows if limit.applies(row, asked)]
    told = (held or deciding(limit)) if concerned else None
    if told is None or not told.is_on:
        return {}
    roles = actor.facts.role_codes if actor.facts else frozenset()
    amounts = {row["id"]: limit.weigh(row, asked) for row in concerned}
    alone = {
        record_id
        for record_id, amount in amounts.items()
        if not limit.always and covers(roles, told.roles, amount)
    }
    names = role_names(list(told.roles)) if len(alone) < len(concerned) else {}
    return {
        row["id"]: _need(limit, told, amounts[row["id"]], row, asked, names)
        for row in concerned
        if row["id"] not in alone
    }


def _need(
    limit: Limit,
    told: Deciding,
    amount: Decimal | None,
    row: Mapping[str, Any],
    asked: Mapping[str, Any],
    names: Mapping[str, str],
) -> Need:
    excluded = frozenset(each for each in limit.excludes(row, asked) if each is not None)
    who = ", ".join(names[code] for code in roles_for(told.roles, amount) if code in names)
    return Need(limit, told, amount, excluded, who or "—")


def refuse_unapproved(
    entity: Entity,
    verb: str,
    row: Mapping[str, Any],
    asked: Mapping[str, Any],
    *,
    actor: Actor,
    record_id: int | None = None,
) -> None:
    """Refuse a step that needs a second person and was not granted by one. Raises NeedsApproval.

    Every door of a step that may declare a limit calls this with the record locked. `record_id` is the
    record on which it was asked for, where the step takes in others too.
    """
    need = needed(entity, verb, row, asked, actor=actor)
    if need is None:
        return
    given = _granted.get()
    about = (entity.family, verb, record_id or row["id"])
    is_this = given is not None and (given.family, given.verb, given.record_id) == about
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
