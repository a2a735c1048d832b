"""Lift a restriction: the person agrees, or what she disputed is settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.fields import Label, Text
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.subject_requests.queries import ENTITY, FULFIL, restricts

Row = Mapping[str, Any]


def _was_lifted(row: Row) -> Label | None:
    return _("the restriction was lifted before.") if row["lifted_at"] else None


@action(
    "subject_requests.lift",
    label=_("Lift the restriction"),
    needs=FULFIL,
    asks=[Text("lifted_why", _("Why it ends, and how the person was told"), required=True, max_length=300)],
    icon="lock-open",
    fits=restricts,
    why_not=_was_lifted,
    is_told=True,
    text=_("Her record can be changed again by whoever may. That she wants no advertising stays."),
)
def lift(*, actor: Actor, row: Row, lifted_why: str) -> Row:
    """Let the record of a person be changed again."""
    columns = {"lifted_at": now(), "lifted_why": lifted_why}
    version = write_changes(entity_named(ENTITY), actor, row, columns)
    return {**row, **columns, "version": version}
