"""Layouts and settings of fields as plain values, read once per version of the definitions and process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duyen.foundation.fields.versions import DECLARED, pinned_version
from duyen.foundation.layouts.models import FieldSetting, Layout

#: So many versions are kept at once: that of now, and those under which work has begun.
_MOST_KEPT = 4


@dataclass(frozen=True)
class KeptSection:
    """One section of a form: what it was called at first, its words of now, and its lines of fields."""

    key: str
    vi: str = ""
    en: str = ""
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class KeptLayout:
    """How form and page of an entity are arranged; see `Layout`. Version 0 is what nobody has arranged."""

    version: int = 0
    form: tuple[KeptSection, ...] = ()
    hidden: frozenset[str] = frozenset()
    tabs: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptField:
    """What one field is called and asked for; see `FieldSetting`."""

    version: int = 0
    label_vi: str = ""
    label_en: str = ""
    help_vi: str = ""
    help_en: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class KeptLayouts:
    """Everything at once: fields by entity and name, layouts by entity and role, in the order of roles."""

    fields: Mapping[str, Mapping[str, KeptField]] = field(default_factory=dict)
    layouts: Mapping[str, Mapping[str, KeptLayout]] = field(default_factory=dict)


NOTHING = KeptLayouts()
#: Stands for the layout of everybody among those by role code.
EVERYBODY = ""
_kept: dict[int, KeptLayouts] = {}


def kept_layouts() -> KeptLayouts:
    """Give what holds under the version that the current piece of work has pinned."""
    version = pinned_version()
    if version == DECLARED:
        return NOTHING
    found = _kept.get(version)
    if found is None:
        found = _read()
        for old in sorted(_kept)[: max(0, len(_kept) - _MOST_KEPT + 1)]:
            _kept.pop(old, None)
        _kept[version] = found
    return found


def _read() -> KeptLayouts:
    """Read both tables: two questions to the database."""
    fields: dict[str, dict[str, KeptField]] = {}
    told = ("version", "label_vi", "label_en", "help_vi", "help_en", "is_required")
    for entity, name, *row in FieldSetting.objects.order_by("pk").values_list("entity", "field", *told):
        fields.setdefault(entity, {})[name] = KeptField(*row)
    layouts: dict[str, dict[str, KeptLayout]] = {}
    columns = ("entity", "role__code", "version", "form", "hidden", "tabs", "panels")
    for entity, role, version, *parts in Layout.objects.order_by("role_id", "pk").values_list(*columns):
        layouts.setdefault(entity, {})[role or EVERYBODY] = _layout(version, *parts)
    return KeptLayouts(fields, layouts)


def _layout(
    version: int,
    form: Sequence[Mapping[str, object]],
    hidden: Sequence[str],
    tabs: Sequence[str],
    panels: Sequence[str],
) -> KeptLayout:
    sections = tuple(
        KeptSection(
            str(each.get("key", "")),
            str(each.get("vi", "")),
            str(each.get("en", "")),
            _lines(each.get("lines", ())),
        )
        for each in form
    )
    return KeptLayout(version, sections, frozenset(hidden), tuple(tabs), tuple(panels))


def _lines(told: object) -> tuple[tuple[str, ...], ...]:
    lines = told if isinstance(told, (list, tuple)) else ()
    return tuple(tuple(str(name) for name in line) for line in lines)
