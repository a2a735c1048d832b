"""What a list shows, the same for whoever reads it: list, words, conditions, orders, columns, bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.beside import beside_fields
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields.base import OWN
from duyen.entities.filters import Part, field_at
from duyen.entities.paging import View
from duyen.entities.shapes import shape_named
from duyen.entities.sorting import find_sort
from duyen.foundation.access.actor import Actor
from duyen.foundation.fields.models import CustomField

NARROWEST, WIDEST = 60, 600
MOST_COLUMNS = 40


@dataclass(frozen=True)
class Column:
    """A field that a list shows, and its width in pixels; 0 leaves that to the words in it."""

    name: str
    width: int = 0

    @classmethod
    def read(cls, text: str) -> Column:
        """Read `owner` or `owner:240`. A width that is none is no width."""
        name, _colon, width = text.partition(":")
        wide = int(width) if width.isascii() and width.isdecimal() and len(width) < 5 else 0
        return cls(name, min(max(wide, NARROWEST), WIDEST) if wide else 0)

    def __str__(self) -> str:
        return f"{self.name}:{self.width}" if self.width else self.name


@dataclass(frozen=True)
class ViewState:
    """Everything that makes a list look as it does. Fields are named by their stable names.

    `parts` are joined by “and”. `columns` empty means those of the list's declaration. `shape` names how
    the rows stand (`shapes.py`); empty, they are a table.
    """

    listing: str = ""
    words: str = ""
    parts: tuple[Part, ...] = ()
    order: str = ""
    columns: tuple[Column, ...] = ()
    in_bin: bool = False
    shape: str = ""

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ViewState:
        """Read what `as_json` wrote."""
        return cls(
            listing=kept.get("list", ""),
            words=kept.get("words", ""),
            parts=tuple(kept.get("filter", ())),
            order=kept.get("sort", ""),
            columns=tuple(Column.read(each) for each in kept.get("columns", ())),
            in_bin=bool(kept.get("bin")),
            shape=kept.get("shape", ""),
        )

    def as_json(self) -> dict[str, Any]:
        """Give the state as plain values; what is usual is left out."""
        told: dict[str, Any] = {
            "list": self.listing,
            "words": self.words,
            "filter": list(self.parts),
            "sort": self.order,
            "columns": [str(each) for each in self.columns],
            "bin": self.in_bin,
            "shape": self.shape,
        }
        return {key: value for key, value in told.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether words or conditions hide rows."""
        return bool(self.words or self.parts)

    @property
    def filter(self) -> dict[str, Any] | None:
        """Give the conditions as one tree of the filter language."""
        return {"and": list(self.parts)} if self.parts else None

    def view(self, *, limit: int = 50) -> View:
        """Give what the engine reads a page by."""
        return View(q=self.words, filter=self.filter, sort=self.order, deleted=self.in_bin, limit=limit)


AS_DECLARED = ViewState()


def fitted(state: ViewState, entity: Entity, actor: Actor) -> tuple[ViewState, list[str]]:
    """Leave out of a kept state what this reader has no field for, and say so.

    A kept state never opens a field: one that is hidden from the reader is left out like one that
    is gone, and only the latter is named.
    """
    left: list[str] = []
    parts = tuple(kept for part in state.parts if (kept := _kept(part, entity, actor, left)) is not None)
    besides = {each.name for each in beside_fields(entity, actor)}
    columns = tuple(
        each for each in state.columns if each.name in besides or _has(entity, actor, each.name, left)
    )
    listing = entity.listing(state.listing)
    orders = []
    for word in filter(None, state.order.split(",")):
        if find_sort(entity, listing, actor, word.removeprefix("-")):
            orders.append(word)
        else:
            _tell(word.removeprefix("-"), entity, left)
    shape = state.shape if shape_named(entity, state.shape, actor) else ""
    fitting = replace(
        state,
        parts=parts,
        columns=columns,
        order=",".join(orders),
        listing=listing.name,
        shape=shape,
    )
    if not state.listing:
        fitting = replace(fitting, listing="")
    return fitting, list(dict.fromkeys(left))


def _has(entity: Entity, actor: Actor, path: str, left: list[str]) -> bool:
    try:
        field_at(entity, actor, path)
    except BadRequest:
        _tell(path, entity, left)
        return False
    return True


def _tell(path: str, entity: Entity, left: list[str]) -> None:
    """Say that a field is missing: by name where it is gone, without where it is closed to the reader."""
    name = path.partition(".")[0]
    if name in entity.by_name:
        left.append(str(_("a field that is not open to you")))
    else:
        left.append(str(_("“%(field)s”, a field that is gone") % {"field": _called(entity, name)[:60]}))


def _called(entity: Entity, name: str) -> str:
    """Give the words by which people knew a field of the company's own; its name otherwise."""
    if not name.startswith(OWN):
        return name
    held = CustomField.objects.filter(entity=entity.name, key=name.removeprefix(OWN)).order_by("-pk")
    return held.values_list("label", flat=True).first() or name


def _kept(part: Part, entity: Entity, actor: Actor, left: list[str]) -> Part | None:
    """Keep of a condition or group what the reader's fields allow."""
    if isinstance(part, dict):
        ((word, inner),) = part.items()
        kept = [found for each in inner if (found := _kept(each, entity, actor, left)) is not None]
        return {word: kept} if kept else None
    return part if _has(entity, actor, str(part[0]), left) else None


def leaves(parts: Sequence[Part]) -> list[list[Any]]:
    """List the conditions in a filter, whatever groups they stand in."""
    found: list[list[Any]] = []
    for part in parts:
        found += leaves(next(iter(part.values()))) if isinstance(part, dict) else [part]
    return found
