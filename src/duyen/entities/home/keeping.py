"""Read and keep how somebody arranged her start page, and how it is arranged for a role."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.history import name_verbs
from duyen.entities.home.rules import Arrangement
from duyen.entities.models import HomeArrangement
from duyen.entities.trail_lines import name_families
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.foundation.settings.declaring import administers

name_verbs({"home.arrange": _("Start page arranged"), "home.reset": _("Start page as it was at first")})
name_families({"home": _("Start page")})


def arrangement_of(actor: Actor) -> Arrangement | None:
    """Give how the page of somebody is arranged: by herself, else for one of her roles; one question."""
    codes = actor.facts.role_codes if actor.facts else frozenset()
    rows = HomeArrangement.objects.filter(Q(user_id=actor.user_id or 0) | Q(role__code__in=codes))
    found = rows.order_by("role__code", "pk").values_list("user_id", "tiles")
    own = [tiles for user_id, tiles in found if user_id is not None]
    told = own or [tiles for _user, tiles in found]
    return Arrangement.from_json(told[0]) if told else None


def arrangement_for_role(role: Role) -> Arrangement | None:
    """Give how the page is arranged for a role, where somebody did so."""
    row = HomeArrangement.objects.filter(role=role).order_by("pk").first()
    return Arrangement.from_json(row.tiles) if row else None


def is_ones_own(actor: Actor) -> bool:
    """Tell whether somebody arranged her page herself."""
    return HomeArrangement.objects.filter(user_id=actor.user_id or 0).exists()


def may_arrange_for_roles(actor: Actor) -> bool:
    """Tell whether the actor decides how the page looks for a role: whoever administers the company."""
    return administers(actor)


def role_to_arrange(actor: Actor, code: str) -> Role:
    """Find a role whose page the actor may arrange. Raises NotAllowed, NotFound."""
    if not may_arrange_for_roles(actor):
        raise NotAllowed(why=_("the start page of a role is arranged by administrators."))
    found = Role.objects.filter(code=code).order_by("pk").first()
    if found is None:
        raise NotFound
    return found


def arrange(arrangement: Arrangement, *, actor: Actor, role: Role | None = None) -> None:
    """Keep how the page stands, for the actor herself or for a role. Raises NotAllowed."""
    if role is not None and not may_arrange_for_roles(actor):
        raise NotAllowed(why=_("the start page of a role is arranged by administrators."))
    whose = {"user_id": None, "role": role} if role else {"user_id": actor.user_id or 0, "role": None}
    with transaction.atomic():
        trail.begin(actor, "home.arrange")
        HomeArrangement.objects.update_or_create(**whose, defaults={"tiles": arrangement.as_json()})


def reset(*, actor: Actor, role: Role | None = None) -> None:
    """Give the page back as it was at first: one's own as for the role, a role's as Duyên brings it."""
    if role is not None and not may_arrange_for_roles(actor):
        raise NotAllowed(why=_("the start page of a role is arranged by administrators."))
    rows = HomeArrangement.objects
    with transaction.atomic():
        trail.begin(actor, "home.reset")
        (rows.filter(role=role) if role else rows.filter(user_id=actor.user_id or 0)).delete()
