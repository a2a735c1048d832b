"""What a setting was before: each value, who gave it, when; and the way back to one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.models import History
from duyen.foundation.settings.company import keep_setting, kept_rows
from duyen.foundation.settings.declaring import Declared, Kind, all_settings
from duyen.foundation.settings.models import Setting
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: So many changes of one setting are shown, the newest first.
MOST_CHANGES = 100
#: So long what was saved together can be taken back together.
UNDO_DAYS = 30
#: The entry that stands for the default in a history.
DEFAULT = 0


@dataclass(frozen=True)
class Change:
    """One value that a setting had: from when, by whom, through which door."""

    entry: int
    at: dt.datetime
    who: str
    door: str
    value: Any
    user_id: int | None = None


class NoSuchChange(DomainError):
    """The setting never had that value, or is not one that people change."""

    code = "no_such_change"
    sentence = _("This setting has no such earlier value. Reload the page.")


class NothingToUndo(DomainError):
    """All that was saved then has been changed again, or it is too long ago."""

    code = "nothing_to_undo"
    sentence = _("These settings were changed again since, or it is too long ago. See the history of each.")


def changes_of(told: Declared) -> list[Change]:
    """List the values that a setting was given, the newest first, from the trail."""
    row = Setting.objects.filter(key=told.key).values_list("pk", "value").order_by("pk").first()
    if row is None:
        return []
    entries = History.objects.filter(root_entity="settings", root_id=row[0], entity="settings")
    return list(_read(entries.order_by("-operation", "-id")[:MOST_CHANGES], row[1]))


def _read(entries: Any, value: Any) -> Iterator[Change]:
    """Walk back from the value of now: the trail tells of a birth that it was, not what it held."""
    for each in entries:
        change = (each.changes or {}).get("value")
        if change is None and each.kind != "I":
            continue
        yield Change(each.id, each.at, each.actor_name, each.door, value, each.actor_id)
        value = change[0] if change else value


def labels_of_settings(ids: Collection[int]) -> dict[int, str]:
    """Give the words for kept settings by their numbers; the key of one that nothing shows."""
    known = all_settings()
    kept = Setting.objects.filter(pk__in=ids).values_list("pk", "key")
    return {pk: str(known[key].label or key) if key in known else key for pk, key in kept}


def may_be_again(told: Declared, value: Any) -> bool:
    """Tell whether a setting may hold a value that it held: what it needs is never empty again."""
    return bool(value) or not told.required


def restore_value(told: Declared, entry: int, *, actor: Actor, version: int) -> Any:
    """Give a setting a value again that it had, or its default (`entry` 0); itself a change in the trail.

    Must run inside a transaction. Raises NoSuchChange or SettingMoved.
    """
    values = {each.entry: each.value for each in changes_of(told)} | {DEFAULT: told.default}
    if entry not in values or told.kind is Kind.INTERNAL or not may_be_again(told, values[entry]):
        raise NoSuchChange
    keep_setting(told.key, values[entry], actor=actor, version=version, verb="settings.restore")
    return values[entry]


def undo_together(operation: int, *, actor: Actor) -> list[str]:
    """Take back what was saved by one step, as far as nobody changed it since; gives the keys.

    Must run inside a transaction. Raises NothingToUndo.
    """
    entries = History.objects.filter(
        operation=operation,
        entity="settings",
        root_entity="settings",
        at__gte=now() - dt.timedelta(days=UNDO_DAYS),
    )
    known = {key: each for key, each in all_settings().items() if each.kind is not Kind.INTERNAL}
    kept = {each.pk: each for each in kept_rows(known).values()}
    back: dict[str, Any] = {}
    for each in entries.order_by("id"):
        row, change = kept.get(each.record_id), (each.changes or {}).get("value")
        if row is None:
            continue
        if each.kind == "I" and row.version == 1:
            back[row.key] = known[row.key].default
        elif change is not None and row.value == change[1]:
            back[row.key] = change[0]
    if not back:
        raise NothingToUndo
    for key, value in back.items():
        keep_setting(key, value, actor=actor, verb="settings.restore")
    return list(back)
