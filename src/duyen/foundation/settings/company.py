"""Read and keep what the company decided. What can be decided is declared in declaring.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.settings.declaring import Kind, UnknownSetting, declare_setting, declared
from duyen.foundation.settings.models import Setting
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

__all__ = [
    "SettingMoved",
    "UnknownSetting",
    "hold_settings",
    "keep_setting",
    "kept_rows",
    "setting",
    "settings_held",
    "settings_of",
]

declare_setting(
    "company.name",
    "",
    kind=Kind.TEXT,
    area="company",
    required=True,
    label=_("Company name"),
    help=_("Stands at the top of every page, later on quotes and contracts."),
)
declare_setting(
    "company.tax_code",
    "",
    kind=Kind.TEXT,
    area="company",
    label=_("Tax code"),
    help=_("10 or 13 digits; the check digit is looked at."),
)
declare_setting(
    "company.address",
    "",
    kind=Kind.TEXT,
    area="company",
    most=300,
    label=_("Address of the head office"),
    help=_("As it stands in the business registration."),
)
declare_setting(
    "company.public_url",
    "",
    kind=Kind.ORIGIN,
    area="company",
    label=_("Address of Duyên in the browser"),
    help=_("Stands in links that Duyên sends. Left empty, no mail carries a link."),
    blank=_("none: no mail carries a link"),
)
declare_setting("completeness.weights", {})
declare_setting("completeness.computed", {})
declare_setting("fields.links_indexed", False)
declare_setting("installation.demo", False)


class SettingMoved(DomainError):
    """Somebody else changed the setting since the page was opened; nothing was overwritten."""

    code = "setting_moved"
    sentence = _(
        "Somebody else changed this setting after you opened the page. Look at its value and save again."
    )


#: What a request brought along, so that no part of it asks again; none asks the table.
_held: ContextVar[Mapping[str, Any] | None] = ContextVar("company_settings", default=None)


@contextmanager
def settings_held() -> Iterator[None]:
    """Let what `hold_settings` gives inside hold until the end of the block."""
    token = _held.set(None)
    try:
        yield
    finally:
        _held.reset(token)


def hold_settings(values: Mapping[str, Any] | None) -> None:
    """Work with these decisions from here on, all that were ever taken; none asks the table again."""
    _held.set(values)


def setting(key: str) -> Any:
    """Give one decision of the company, or its default."""
    default = declared(key).default
    held = _held.get()
    if held is not None:
        return held.get(key, default)
    found = Setting.objects.filter(key=key).values_list("value", flat=True)
    return next(iter(found), default)


def settings_of(*keys: str) -> dict[str, Any]:
    """Give several decisions by one question to the database."""
    defaults = {key: declared(key).default for key in keys}
    held = _held.get()
    if held is not None:
        return {key: held.get(key, default) for key, default in defaults.items()}
    return defaults | dict(Setting.objects.filter(key__in=keys).values_list("key", "value"))


def kept_rows(keys: Iterable[str]) -> dict[str, Setting]:
    """Give the rows of those that somebody decided, by key, with who changed each last."""
    rows = Setting.objects.filter(key__in=list(keys)).select_related("updated_by")
    return {each.key: each for each in rows.order_by("key")}


def keep_setting(
    key: str,
    value: Any,
    *,
    actor: Actor,
    version: int | None = None,
    verb: str = "settings.keep",
    operation_id: int | None = None,
) -> None:
    """Keep one decision, in the trail; must run inside a transaction.

    `version` is the one that the caller saw, 0 where nobody had decided yet. `operation_id` joins
    several decisions that are taken together. Raises SettingMoved.
    """
    declared(key)
    hold_settings(None)
    trail.begin(actor, verb, operation_id=operation_id)
    moment, user = now(), actor.user_id
    found = Setting.objects.filter(key=key).select_for_update(no_key=True)
    kept = found.order_by("id").values_list("id", "version").first()
    if version is not None and version != (kept[1] if kept else 0):
        raise SettingMoved
    if kept is None:
        Setting.objects.create(
            key=key, value=value, created_at=moment, updated_at=moment, created_by_id=user, updated_by_id=user
        )
        return
    Setting.objects.filter(pk=kept[0]).update(
        value=value, version=kept[1] + 1, updated_at=moment, updated_by_id=user
    )
