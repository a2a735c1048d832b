"""Open single records to one more person by name, to read or to change, until a day or for good."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.locking import lock
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, SHARE
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import Operation
from duyen.foundation.org.models import User
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import now, today
from duyen.kernel.errors import FieldProblem


class NotShareable(Refused):
    """The record belongs to the whole company, so there is nothing to open."""

    code = "not_shareable"
    sentence = _("This kind of record is open to everybody who has the right to it.")


@dataclass(frozen=True)
class Shared:
    """One person to whom a record is open by name."""

    user_id: int
    name: str
    may_change: bool
    until: dt.date | None


def share(
    entity: Entity,
    record_id: int,
    *,
    actor: Actor,
    user: int,
    may_change: bool = False,
    until: dt.date | None = None,
) -> Operation:
    """Open one record to `user`; sharing again replaces how far and until when.

    Nobody opens a record further than it is open to herself.
    Raises NotFound, NotAllowed, InvalidValues, NotShareable.
    """
    if entity.scope.is_company_wide:
        raise NotShareable
    with transaction.atomic():
        lock(entity, record_id, actor=actor, verb=SHARE)
        if may_change:
            lock(entity, record_id, actor=actor, verb=CHANGE)
        problems = _problems(actor, user, until)
        if problems:
            raise InvalidValues(problems)
        operation = trail.begin(actor, f"{entity.name}.{SHARE}")
        Share.objects.update_or_create(
            entity=entity.name,
            record_id=record_id,
            user_id=user,
            defaults={
                "may_change": may_change,
                "until": until,
                "created_at": now(),
                "created_by_id": actor.user_id,
            },
        )
    return operation


def _problems(actor: Actor, user: int, until: dt.date | None) -> list[FieldProblem]:
    found = []
    if user == actor.user_id:
        found.append(
            FieldProblem("user", "yourself", _("You have this record already. Choose somebody else."))
        )
    elif not User.objects.filter(pk=user, is_active=True).exists():
        found.append(FieldProblem("user", "link", _("There is no such person, or the account is locked.")))
    if until is not None and until < today():
        found.append(FieldProblem("until", "past", _("This day is over. Choose today or later.")))
    return found


def unshare(entity: Entity, record_id: int, *, actor: Actor, user: int) -> Operation:
    """Close a record to `user` again. Raises NotFound, NotAllowed."""
    with transaction.atomic():
        lock(entity, record_id, actor=actor, verb=SHARE)
        operation = trail.begin(actor, f"{entity.name}.unshare")
        gone, _rows = Share.objects.filter(entity=entity.name, record_id=record_id, user_id=user).delete()
        if not gone:
            raise NotFound
    return operation


def shares_of(entity: Entity, record_id: int) -> list[Shared]:
    """List to whom one record is open by name today; the caller has read the record."""
    rows = Share.objects.filter(
        Q(until=None) | Q(until__gte=today()), entity=entity.name, record_id=record_id
    )
    named = rows.annotate(name=F("user__full_name")).order_by("name", "pk")
    return [Shared(*row) for row in named.values_list("user_id", "name", "may_change", "until")]
