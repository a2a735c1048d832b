"""Remember where the columns of a file led, and propose it when the same heads come again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.history import name_verbs
from duyen.entities.importing.heads import is_reason, plain_head
from duyen.entities.importing.targets import targets_of
from duyen.entities.models import ImportMapping
from duyen.entities.trail_lines import name_families
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now

name_verbs({"imports.remember": _("Columns of a file remembered")})
name_families({"import_mappings": _("Columns of a file")})


def remembered(entity: Entity, heads: Sequence[str], *, actor: Actor) -> Mapping[str, str] | None:
    """Give, by plain head, what led where the last time: the actor's own, else a colleague's newest.

    A mapping tells how a file is built and nothing of what is in it, so it is the company's. What the
    actor may not fill is left out.
    """
    found = ImportMapping.objects.filter(entity=entity.name, heads=_digest(heads)).order_by(
        "-updated_at", "-pk"
    )
    kept = found.filter(_of(actor)).first() or found.first()
    if kept is None:
        return None
    open_to_actor = targets_of(entity, actor)
    return {head: key for head, key in kept.columns.items() if key in open_to_actor}


def remember(entity: Entity, heads: Sequence[str], columns: Sequence[str], *, actor: Actor) -> None:
    """Keep where these heads lead, for the actor and for whoever comes with the same heads."""
    told = {plain_head(head): key for head, key in zip(heads, columns, strict=True) if key}
    digest, moment = _digest(heads), now()
    with transaction.atomic():
        kept = (
            ImportMapping.objects.select_for_update()
            .filter(_of(actor), entity=entity.name, heads=digest)
            .order_by("pk")
            .first()
        )
        if kept is not None and kept.columns == told:
            return
        trail.begin(actor, "imports.remember")
        if kept is None:
            ImportMapping.objects.create(
                entity=entity.name, heads=digest, user_id=actor.user_id, columns=told, updated_at=moment
            )
        else:
            ImportMapping.objects.filter(pk=kept.pk).update(columns=told, updated_at=moment)


def _of(actor: Actor) -> Q:
    """Pick what is the actor's own; what the system remembers is nobody's."""
    return Q(user__isnull=True) if actor.user_id is None else Q(user=actor.user_id)


def _digest(heads: Sequence[str]) -> str:
    """Give the same word for the same heads in any order, with or without the reasons of an import."""
    plain = sorted(plain_head(head) for head in heads if not is_reason(head))
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()
