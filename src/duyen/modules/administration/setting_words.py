"""What the trail says of a setting: its value before and after; of one that nothing shows neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duyen.entities.trail_lines import Said
from duyen.foundation.audit.models import History
from duyen.foundation.settings.declaring import Declared, Kind, all_settings
from duyen.foundation.settings.models import Setting
from duyen.foundation.settings.reading import told_value


def tell_settings(rows: Sequence[History]) -> Mapping[int, Sequence[Said]]:
    """Say what entries changed of settings, by three queries whatever their number."""
    known, ids = all_settings(), {row.record_id for row in rows}
    kept = {pk: (key, value) for pk, key, value in _kept(ids)}
    first = _first_values([row.record_id for row in rows if row.kind == "I"], kept)
    found: dict[int, Sequence[Said]] = {}
    for row in rows:
        key, _value = kept.get(row.record_id, ("", None))
        told = known.get(key)
        pair = (row.changes or {}).get("value") if row.kind == "U" else None
        if told is not None and row.kind == "I":
            pair = [told.default, first[row.record_id]]
        if told is not None and isinstance(pair, list) and len(pair) == 2:
            found[row.id] = [_said(told, *pair)]
    return found


def _kept(ids: set[int]) -> list[tuple[int, str, Any]]:
    return list(Setting.objects.filter(pk__in=ids).values_list("pk", "key", "value"))


def _first_values(ids: Sequence[int], kept: Mapping[int, tuple[str, Any]]) -> dict[int, Any]:
    """Give what settings were born with: what the next change found there, or what stands there now."""
    found = {each: kept[each][1] for each in ids if each in kept}
    later = History.objects.filter(root_entity="settings", root_id__in=list(found), kind="U")
    for root_id, changes in later.order_by("-operation", "-id").values_list("root_id", "changes"):
        pair = (changes or {}).get("value")
        if isinstance(pair, list) and len(pair) == 2:
            found[root_id] = pair[0]
    return found


def _said(told: Declared, was: Any, now: Any) -> Said:
    label = told.label or told.key
    if told.kind is Kind.INTERNAL:
        return Said(label, is_secret=True)
    return Said(label, told_value(told, was), told_value(told, now))
