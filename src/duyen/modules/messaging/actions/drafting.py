"""Keep what somebody has begun to write to a record, for her alone."""

from __future__ import annotations

from collections.abc import Mapping

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.trail import OnlyLooking
from duyen.kernel.clock import now
from duyen.modules.messaging.models import MailDraft

KEPT = ("to", "cc", "subject", "body", "sends_as", "answers")
_MOST_LETTERS = 200_000


def keep_draft(entity: Entity, record_id: int, values: Mapping[str, str], *, actor: Actor) -> MailDraft:
    """Keep a draft, in place of the one before. Raises NotFound where the record is not open to her."""
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if actor.user_id is None or not entity.rows(actor).filter(pk=record_id).exists():
        raise NotFound
    kept = {name: str(values.get(name, ""))[:_MOST_LETTERS] for name in KEPT}
    made, _is_new = MailDraft.objects.update_or_create(
        user_id=actor.user_id,
        entity=entity.name,
        record_id=record_id,
        defaults={"values": kept, "updated_at": now()},
    )
    return made


def forget_draft(entity: Entity, record_id: int, *, actor: Actor) -> None:
    """Throw a draft away."""
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    MailDraft.objects.filter(user_id=actor.user_id or 0, entity=entity.name, record_id=record_id).delete()
