"""A field that names several places of the organisation; each stands for all that belongs to it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import EMPTY, Field, FieldRefused
from duyen.entities.fields.options import Option
from duyen.foundation.org.models import Unit
from duyen.foundation.org.words import UnitKind

#: Up to so many places are offered as boxes to tick; where there are more, codes are typed.
MOST_BOXES = 60
_MOST = 200
#: Names are shown as they were so many seconds ago at most, so that a list of rows asks for them once.
FRESH_SECONDS = 5


@dataclass(frozen=True)
class Units(Field):
    """Several units, kept by their ids and sent by their codes; none means the whole company."""

    filters: bool = False

    widget: ClassVar[str] = "units"
    blank: ClassVar[Any] = ()
    operators: ClassVar[tuple[str, ...]] = ()
    json_in: ClassVar[Any] = list[str] | None
    json_out: ClassVar[Any] = list[str]

    def known(self) -> Sequence[Option]:
        """Offer the branches and areas; any other unit is named by its code."""
        offered = (UnitKind.BRANCH, UnitKind.AREA)
        return [Option(code, name) for code, name, kind in _all_units().values() if kind in offered]

    def clean(self, raw: object) -> tuple[int, ...]:
        given = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(given, (list, tuple)) or len(given) > _MOST:
            raise FieldRefused("a_list", _("Give a list of values."))
        words = list(dict.fromkeys(str(each).strip().upper() for each in given if str(each).strip()))
        found = dict(Unit.objects.filter(code__in=words).values_list("code", "pk"))
        unknown = [word for word in words if word not in found]
        if unknown:
            raise FieldRefused("unknown_unit", _("There is no unit “%(given)s”."), given=unknown[0][:40])
        return tuple(sorted(found[word] for word in words))

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: list(value)}

    def load(self, row: Mapping[str, Any]) -> tuple[int, ...]:
        return tuple(row[self.columns[0]] or ())

    def codes(self, value: Sequence[int]) -> list[str]:
        """Give the codes of these units."""
        held = _units(value)
        return [held[each][0] if each in held else str(each) for each in value]

    def words(self, value: Sequence[int]) -> list[str]:
        """Give the names of these units."""
        held = _units(value)
        return [held[each][1] if each in held else str(each) for each in value]

    def to_json(self, value: Any) -> Any:
        return self.codes(value)

    def show(self, value: Any) -> str:
        return " · ".join(self.words(value)) if value else str(_("Whole company"))

    def entered(self, value: Any) -> str:
        return ", ".join(self.codes(value)) if value not in EMPTY else ""


def _units(wanted: Sequence[int]) -> Mapping[int, tuple[str, str, str]]:
    """Give code, name and kind of every unit by id, read anew where one is missing."""
    moment = int(time.monotonic() / FRESH_SECONDS)
    held = _read(moment)
    if any(each not in held for each in wanted):
        forget()
        held = _read(moment)
    return held


def forget() -> None:
    """Read the units anew when they are next asked for."""
    _read.cache_clear()


@lru_cache(maxsize=1)
def _read(_moment: int) -> Mapping[int, tuple[str, str, str]]:
    return _all_units()


def _all_units() -> Mapping[int, tuple[str, str, str]]:
    rows = Unit.objects.order_by("code", "pk").values_list("pk", "code", "name", "kind")
    return {pk: (code, name, kind) for pk, code, name, kind in rows}
