"""Read who works here and where."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.kernel.clock import today


@dataclass(frozen=True)
class PlaceHeld:
    """One position in words: which role, in which unit, from when until when."""

    id: int
    role_id: int
    role: str
    unit_id: int
    unit: str
    is_main: bool
    since: dt.date
    until: dt.date | None

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until < today()


def has_users() -> bool:
    """Tell whether anybody can sign in yet."""
    return User.objects.exists()


def positions_of(user_id: int, *, with_past: bool = False) -> list[PlaceHeld]:
    """List the positions of one person, the main one first; past ones only where they are asked for."""
    found = Position.objects.filter(user_id=user_id)
    if not with_past:
        found = found.filter(Q(until=None) | Q(until__gte=today()))
    rows = found.order_by("-is_main", "-since", "pk").values_list(
        "pk", "role_id", "role__name", "unit_id", "unit__name", "is_main", "since", "until"
    )
    return [PlaceHeld(*row) for row in rows]


def unit_names() -> list[tuple[int, str]]:
    """List the units in use by id and name, in the order of their names."""
    return list(Unit.objects.filter(is_active=True).order_by("name_key", "pk").values_list("pk", "name"))


def role_names() -> list[tuple[int, str]]:
    """List the roles by id and name, in the order of their names."""
    return list(Role.objects.order_by("name", "pk").values_list("pk", "name"))
