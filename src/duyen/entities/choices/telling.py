"""What the trail says of lists of choices: which item, what it was called, and what it went into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.fields import Label
from duyen.entities.fields.options import list_named
from duyen.entities.trail_lines import Said, tell_things
from duyen.foundation.audit.models import History
from duyen.foundation.choices.models import ChoiceItem
from duyen.foundation.choices.models import ChoiceList as KeptRow

#: The step that makes a list with its items.
MADE = "choices.make"


def _text(value: Any) -> str:
    return str(value) if value not in ("", None) else "—"


def _yes_or_no(value: Any) -> str:
    return _("yes") if value else _("no")


_OF_LISTS: Mapping[str, tuple[Label, Callable[[Any], str]]] = {
    "label_vi": (gettext_lazy("Vietnamese name"), _text),
    "label_en": (gettext_lazy("English name"), _text),
    "takes_free_words": (gettext_lazy("Other words may be written"), _yes_or_no),
}
_OF_ITEMS: Mapping[str, tuple[Label, Callable[[Any], str]]] = {
    "label_vi": (gettext_lazy("Vietnamese name"), _text),
    "label_en": (gettext_lazy("English name"), _text),
    "tone": (gettext_lazy("Colour"), _text),
    "is_retired": (gettext_lazy("No longer used"), _yes_or_no),
    "merged_into": (gettext_lazy("Merged into"), _text),
}


def _lists(rows: Sequence[History]) -> dict[int, list[Said]]:
    return {
        row.id: [Said(label, show(was), show(now)) for label, show, was, now in _changed(row, _OF_LISTS)]
        for row in rows
    }


def _items(rows: Sequence[History]) -> dict[int, list[Said]]:
    """Say of which item each value is told; its place in the order is no news."""
    names = dict(KeptRow.objects.filter(pk__in={row.root_id for row in rows}).values_list("pk", "name"))
    kept = ChoiceItem.objects.filter(pk__in={row.record_id for row in rows})
    codes = dict(kept.values_list("pk", "code"))
    found: dict[int, list[Said]] = {}
    for row in rows:
        shared = list_named(names.get(row.root_id, ""))
        code = codes.get(row.record_id, "")
        word = _text(shared.held().word(code) if shared is not None else code)
        if row.kind == "I":
            # With which items a list was made stands in the list.
            found[row.id] = [Said(gettext_lazy("Item"), "—", word)] if code and row.verb != MADE else []
            continue
        found[row.id] = [
            Said(f"{word} · {label}", show(was), show(now))
            for label, show, was, now in _changed(row, _OF_ITEMS)
        ]
    return found


def _changed(
    row: History, words: Mapping[str, tuple[Label, Callable[[Any], str]]]
) -> Iterator[tuple[Label, Callable[[Any], str], Any, Any]]:
    for column, (label, show) in words.items():
        pair = (row.changes or {}).get(column) if row.kind == "U" else None
        if isinstance(pair, list) and len(pair) == 2:
            yield label, show, pair[0], pair[1]


tell_things({"choice_lists": _lists, "choice_items": _items})
