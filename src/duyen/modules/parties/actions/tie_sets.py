"""Tie many parties at once, as a set: what a full import and the demo bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import Operation
from duyen.modules.parties.models import Tie
from duyen.modules.parties.words import TieKind


@dataclass(frozen=True)
class NewTie:
    """A tie that leads from one party to another."""

    kind: TieKind
    party_id: int
    to_party_id: int
    since: dt.date | None = None
    job_title: str = ""
    role: str = ""
    is_main: bool = False
    note: str = ""


def tie_many(ties: Sequence[NewTie], *, actor: Actor) -> Operation:
    """Tie parties that were just made, all or none; the database refuses what is tied already.

    Only the system may: people tie one party after the other, each by its own right.
    Raises NotAllowed, or IntegrityError for two ties of one kind between the same two.
    """
    if not actor.is_system:
        raise NotAllowed(why=_("only the system ties many records at once."))
    with transaction.atomic():
        operation = trail.begin(actor, "customers.tie_many")
        rows = [{**vars(tie), "kind": tie.kind.value} for tie in ties]
        ids = next_ids(Tie, len(rows))
        insert_rows(Tie, [{**row, "id": row_id} for row, row_id in zip(rows, ids, strict=True)])
    return operation
