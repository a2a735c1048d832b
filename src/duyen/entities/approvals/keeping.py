"""What the company decided about each limit: read, and kept with its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.declared import Limit
from duyen.entities.approvals.rules import Deciding
from duyen.entities.errors import NotAllowed
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.company import keep_setting, settings_of
from duyen.foundation.settings.declaring import administers, declare_setting

#: In JSON, the limit of a role that decides about any amount.
_ANY = "any"
_limits: dict[str, Limit] = {}


class TwoLimits(ValueError):
    """Two limits of one name say different things."""


def know(limit: Limit) -> None:
    """Let a limit be known, so that the company can decide about it. Raises TwoLimits."""
    if _limits.setdefault(limit.name, limit) is not limit:
        raise TwoLimits(limit.name)
    declare_setting(key_of(limit), {})


def known_limits() -> list[Limit]:
    """List every limit that a step of the house names."""
    return sorted(_limits.values(), key=lambda each: each.name)


def limit_named(name: str) -> Limit | None:
    """Find a limit; one that an older version knew may be gone."""
    return _limits.get(name)


def key_of(limit: Limit) -> str:
    """Give the key under which what is decided about a limit is kept."""
    return f"approvals.{limit.name}"


def deciding(limit: Limit) -> Deciding:
    """Give what holds: what the company decided, else what the limit starts with."""
    return _holding(limit, settings_of(*_keys_of(limit)))


def decided() -> dict[str, Deciding]:
    """Give what holds for every limit, by name, by one question to the database."""
    keys = {key for each in _limits.values() for key in _keys_of(each)}
    kept = settings_of(*keys) if keys else {}
    return {name: _holding(limit, kept) for name, limit in _limits.items()}


def _keys_of(limit: Limit) -> list[str]:
    return [key_of(limit), limit.kept.key] if limit.kept else [key_of(limit)]


def _holding(limit: Limit, kept: Mapping[str, Any]) -> Deciding:
    told = read(limit, kept[key_of(limit)])
    return replace(told, is_on=True, roles=limit.kept.roles(kept[limit.kept.key])) if limit.kept else told


def read(limit: Limit, kept: Mapping[str, Any]) -> Deciding:
    """Read what was kept of a limit."""
    if not kept:
        start = {role: None if most is None else Decimal(most) for role, most in limit.roles.items()}
        return Deciding(limit.is_on, limit.hours, start)
    roles = {role: None if most == _ANY else Decimal(most) for role, most in kept["roles"].items()}
    return Deciding(bool(kept["is_on"]), int(kept["hours"]), roles)


def may_keep(actor: Actor) -> bool:
    """Tell whether the actor decides about limits: whoever administers the company."""
    return administers(actor)


def keep(limit: Limit, told: Deciding, *, actor: Actor, version: int) -> None:
    """Keep what the company decided about a limit. Raises NotAllowed or SettingMoved."""
    if not may_keep(actor):
        raise NotAllowed(why=_("approval limits are kept by administrators."))
    roles = {
        role: _ANY if most is None else format(most.normalize(), "f") for role, most in told.roles.items()
    }
    value = {"is_on": told.is_on, "hours": told.hours, "roles": dict(sorted(roles.items()))}
    with transaction.atomic():
        keep_setting(key_of(limit), value, actor=actor, version=version)
