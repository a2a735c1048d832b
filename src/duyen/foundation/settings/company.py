"""Read and keep what the company decided."""

from __future__ import annotations

from typing import Any

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.settings.models import Setting
from duyen.kernel.clock import now

#: Every key that exists, with the value that holds until a company decides otherwise.
DEFAULTS: dict[str, Any] = {
    "company.name": "",
    "company.tax_code": "",
    "company.address": "",
    "company.public_url": "",
    "completeness.weights": {},
    "completeness.computed": {},
    "installation.demo": False,
}


class UnknownSetting(LookupError):
    """The code asked for a setting that nothing declares."""


def setting(key: str) -> Any:
    """Give one decision of the company, or its default."""
    if key not in DEFAULTS:
        raise UnknownSetting(key)
    found = Setting.objects.filter(key=key).values_list("value", flat=True)
    return next(iter(found), DEFAULTS[key])


def settings_of(*keys: str) -> dict[str, Any]:
    """Give several decisions by one question to the database."""
    if not DEFAULTS.keys() >= set(keys):
        raise UnknownSetting(*(set(keys) - DEFAULTS.keys()))
    kept = dict(Setting.objects.filter(key__in=keys).values_list("key", "value"))
    return {key: kept.get(key, DEFAULTS[key]) for key in keys}


def keep_setting(key: str, value: Any, *, actor: Actor) -> None:
    """Keep one decision, in the trail; must run inside a transaction."""
    if key not in DEFAULTS:
        raise UnknownSetting(key)
    trail.begin(actor, "settings.keep")
    moment, user = now(), actor.user_id
    kept = Setting.objects.filter(key=key).order_by("id").values_list("id", "version").first()
    if kept is None:
        Setting.objects.create(
            key=key, value=value, created_at=moment, updated_at=moment, created_by_id=user, updated_by_id=user
        )
        return
    Setting.objects.filter(pk=kept[0]).update(
        value=value, version=kept[1] + 1, updated_at=moment, updated_by_id=user
    )
