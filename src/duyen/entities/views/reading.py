"""Which views a reader finds, and with which one a list opens for her."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from duyen.entities.entity import Entity
from duyen.entities.models import FirstView, PassingView, SavedView
from duyen.entities.views.rules import may_give_to
from duyen.entities.views.state import ViewState
from duyen.entities.words import Audience
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.kernel.clock import now

#: A passing view that nobody opened for so long is forgotten.
PASSES_AFTER = dt.timedelta(days=90)


@dataclass(frozen=True)
class KeptView:
    """One view as its reader finds it."""

    id: int
    name: str
    state: ViewState
    audience: Audience
    unit_id: int | None
    owner_id: int
    is_first_for_me: bool
    is_first_for_my_role: bool
    is_mine_to_change: bool


def views_of(entity: Entity, actor: Actor) -> list[KeptView]:
    """List the views that stand among the tabs of a list for `actor`, in their order."""
    rows = _within_reach(actor).filter(entity=entity.name)
    rows = rows.annotate(
        for_me=Exists(_first(entity).filter(user_id=actor.user_id or 0)),
        for_role=Exists(_first(entity).filter(role__code__in=actor.facts.role_codes if actor.facts else ())),
    )
    return [_kept(entity, actor, each) for each in rows.order_by("place", "pk")]


def named_views(actor: Actor) -> list[tuple[str, int, str]]:
    """List every view that `actor` finds, on whatever list: its entity, id and name."""
    rows = _within_reach(actor).order_by("entity", "place", "pk")
    return list(rows.values_list("entity", "pk", "name"))


def _within_reach(actor: Actor) -> QuerySet[SavedView]:
    reaching = Q(audience=Audience.UNIT, unit_id__in=_units_above(actor))
    reaching |= Q(owner_id=actor.user_id or 0) | Q(audience=Audience.ALL)
    return SavedView.objects.filter(reaching, deleted_at=None)


def _first(entity: Entity) -> QuerySet[FirstView]:
    return FirstView.objects.filter(entity=entity.name, view=OuterRef("pk"))


def _kept(entity: Entity, actor: Actor, row: SavedView) -> KeptView:
    audience = Audience(row.audience)
    is_mine = row.owner_id == actor.user_id
    may_give = may_give_to(audience, row.unit_id, actor.scope(entity.name, CHANGE))
    return KeptView(
        row.pk,
        row.name,
        ViewState.from_json(row.state),
        audience,
        row.unit_id,
        row.owner_id,
        row.for_me,  # type: ignore[attr-defined]
        row.for_role,  # type: ignore[attr-defined]
        is_mine or (audience is not Audience.ME and may_give),
    )


def first_view(views: list[KeptView]) -> KeptView | None:
    """Choose the view with which a list opens: one's own choice, else that for the role."""
    own = next((each for each in views if each.is_first_for_me), None)
    return own or next((each for each in views if each.is_first_for_my_role), None)


def may_administer(entity: Entity, actor: Actor) -> bool:
    """Tell whether `actor` may choose for others: whoever may change every record of the kind."""
    return actor.scope(entity.name, CHANGE).everything


def roles_opened_with(entity: Entity) -> dict[int, list[str]]:
    """Name, by view, the roles for which a list opens with it."""
    rows = FirstView.objects.filter(entity=entity.name, role__isnull=False).order_by("role__name", "pk")
    found: dict[int, list[str]] = {}
    for view_id, role in rows.values_list("view_id", "role__name"):
        found.setdefault(view_id, []).append(role)
    return found


def _units_above(actor: Actor) -> set[int]:
    """Collect the units whose views reach the actor: her own ones and all above them."""
    facts = actor.facts
    if facts is None:
        return set()
    own = {grant.unit_id for grants in facts.grants.values() for grant in grants}
    return {step for unit in own for step in facts.tree.path(unit)}


def keep_passing(entity: Entity, actor: Actor, state: ViewState) -> str:
    """Keep a state whose address grew too long, and give the key that stands in its place.

    The same state of the same person keeps its key. No trail: it holds a question, not a record.
    """
    kept = state.as_json()
    digest = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
    row, _is_new = PassingView.objects.update_or_create(
        user_id=actor.user_id or 0,
        entity=entity.name,
        digest=digest,
        defaults={"used_at": now()},
        create_defaults={"key": secrets.token_urlsafe(12), "state": kept, "used_at": now()},
    )
    return row.key


def passing_view(entity: Entity, key: str) -> ViewState | None:
    """Find a kept state by its key; whoever holds the address may open it, within her own rights."""
    row = PassingView.objects.filter(pk=key[:24], entity=entity.name).order_by("pk").first()
    return ViewState.from_json(row.state) if row else None


def forget_passing_views() -> int:
    """Forget the passing views that nobody opened for long; give how many."""
    return PassingView.objects.filter(used_at__lt=now() - PASSES_AFTER).delete()[0]
