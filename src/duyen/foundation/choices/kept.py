"""What is kept of the lists of choices, as plain values that every request of one version shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from duyen.foundation.choices.models import ChoiceItem, ChoiceList


@dataclass(frozen=True)
class KeptItem:
    """One item as far as it differs from its declaration; see `ChoiceItem`."""

    code: str
    label_vi: str = ""
    label_en: str = ""
    tone: str = ""
    position: int | None = None
    is_retired: bool = False
    merged_into: str = ""


@dataclass(frozen=True)
class KeptList:
    """One list: its version, 0 while nobody has changed it, and its items by code, the oldest first.

    A list that the company made has a label, in Vietnamese at least.
    """

    version: int = 0
    takes_free_words: bool | None = None
    items: Mapping[str, KeptItem] = field(default_factory=dict)
    label_vi: str = ""
    label_en: str = ""


UNTOUCHED = KeptList()


def kept_lists() -> Mapping[str, KeptList]:
    """Read all lists that the company changed, by name: two questions to the database."""
    items: dict[int, dict[str, KeptItem]] = {}
    columns = ("code", "label_vi", "label_en", "tone", "position", "is_retired", "merged_into")
    for list_id, *told in ChoiceItem.objects.order_by("pk").values_list("list_id", *columns):
        items.setdefault(list_id, {})[told[0]] = KeptItem(*told)
    of_lists = ("pk", "name", "version", "takes_free_words", "label_vi", "label_en")
    rows = ChoiceList.objects.order_by("pk").values_list(*of_lists)
    return {
        name: KeptList(version, free, items.get(pk, {}), vi, en) for pk, name, version, free, vi, en in rows
    }
