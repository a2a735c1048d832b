"""What a list shows, as it stands in the address: view, list, words, conditions, orders, columns, bin."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from duyen.entities.boards.declared import Board
from duyen.entities.dated.declared import Calendar, Months
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.filters import Part
from duyen.entities.listing import Listing
from duyen.entities.paging import View
from duyen.entities.shapes import Shape, shape_called
from duyen.entities.views.state import AS_DECLARED, MOST_COLUMNS, Column, ViewState
from duyen.surfaces.web.pages.addresses import list_url

#: Words of the address that are no conditions; a condition always has a dot: `industry.in=TRADE`.
LIST, WORDS, ORDER, BIN, AFTER = "list", "q", "sort", "bin", "after"
#: A kept view, “its conditions are replaced by those that follow”, groups of conditions, columns.
VIEW, OWN, FILTER, COLUMNS = "view", "own", "filter", "cols"
#: How the rows stand where a kept view says otherwise; the lane whose next cards are asked for.
SHAPE, LANE = "as", "lane"
#: The month or year that a calendar or its months show, and by which field months are split.
AT, SPLIT = "when", "split"
_KNOWN = frozenset({LIST, WORDS, ORDER, BIN, AFTER, VIEW, OWN, FILTER, COLUMNS, SHAPE, LANE, AT, SPLIT})
_LONGEST, _LONGEST_WORD = 200, 60
#: A longer address is kept on the server, and a short key stands in its place.
LONGEST_ADDRESS = 1_500
#: Operators that take several values at once; of the others each value is a condition of its own.
_MANY = ("in", "ne", "between")
_TRUE = ("1", "true")


@dataclass(frozen=True)
class Base:
    """The kept view on which an address stands: its word in the address, its name, what it shows.

    A passing view has no name; only a view with one is a tab.
    """

    token: str
    state: ViewState
    name: str = ""
    may_change: bool = False


@dataclass(frozen=True)
class ListState:
    """What a reader asked of a list; unlike its rows it is the same for everybody with the address.

    `opens_elsewhere` says that the bare address opens a kept view, so that the usual list must be named.
    `at` is the month or year at which a calendar or its months stand, as the address says it, and `split` the
    field by which months are split; a view keeps neither.
    """

    entity: Entity
    shown: ViewState = AS_DECLARED
    base: Base | None = None
    opens_elsewhere: bool = False
    at: str = ""
    split: str = ""

    @classmethod
    def read(
        cls, entity: Entity, query: QueryDict, *, base: Base | None = None, opens_elsewhere: bool = False
    ) -> ListState:
        """Read the state from an address, upon that of its view; the engine judges conditions, not this.

        A list that is named without conditions opens with its own, unless the address says that there are
        none. A name that no list has stands for the usual one; `unknown_list` tells of it.

        Raises BadRequest for a group of conditions that is no JSON.
        """
        kept = base.state if base else AS_DECLARED
        parts, shape = tuple(_parts(query)), _shape(entity, query, kept)
        if base is None and not parts and OWN not in query and (LIST in query or is_bare(entity, query)):
            parts = opening_parts(entity.listing(query.get(LIST, "")), shape_called(entity, shape))
        shown = ViewState(
            listing=query.get(LIST, kept.listing),
            words=query.get(WORDS, kept.words)[:_LONGEST].strip(),
            parts=parts if parts or OWN in query else kept.parts,
            order=query.get(ORDER, kept.order),
            columns=_columns(query.get(COLUMNS, "")) if COLUMNS in query else kept.columns,
            in_bin=entity.has_bin and query.get(BIN, "1" if kept.in_bin else "") == "1",
            shape=shape,
        )
        at, split = (query.get(name, "")[:_LONGEST_WORD] for name in (AT, SPLIT))
        return cls(entity, shown, base, opens_elsewhere, at, split)

    @property
    def listing(self) -> Listing:
        return self.entity.listing(self.shown.listing)

    @property
    def words(self) -> str:
        return self.shown.words

    @property
    def order(self) -> str:
        return self.shown.order

    @property
    def in_bin(self) -> bool:
        return self.shown.in_bin

    @property
    def is_narrowed(self) -> bool:
        """Whether words or conditions hide rows."""
        return self.shown.is_narrowed

    @property
    def is_as_opened(self) -> bool:
        """Whether no more hides rows than the conditions with which the declared list opens."""
        is_plain = not self.words and not self.in_bin and self.base is None
        return is_plain and self.shown.parts == opening_parts(self.listing, self.shape)

    @property
    def shape(self) -> Shape | None:
        """How the rows stand; none where they are a table, as they are in the bin."""
        return None if self.in_bin else shape_called(self.entity, self.shown.shape)

    @property
    def board(self) -> Board | None:
        """The board in which the rows stand, if they do."""
        return self.shape if isinstance(self.shape, Board) else None

    @property
    def calendar(self) -> Calendar | None:
        """The calendar in which the rows stand, if they do."""
        return self.shape if isinstance(self.shape, Calendar) else None

    @property
    def months(self) -> Months | None:
        """The months by which the rows are added up, if they are."""
        return self.shape if isinstance(self.shape, Months) else None

    @property
    def is_changed(self) -> bool:
        """Whether the address shows something else than its view, or than the list as declared."""
        return self.shown != (self.base.state if self.base and self.base.name else self._plain().shown)

    def _plain(self) -> ListState:
        return replace(self, shown=ViewState(listing=self.shown.listing, in_bin=self.in_bin), base=None)

    def view(self, *, limit: int = 50) -> View:
        """Give what the engine reads a page by."""
        return self.shown.view(limit=limit)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """List the parameters of the address; what the view or the declaration says anyway is left out."""
        shown, kept = self.shown, self.base.state if self.base else AS_DECLARED
        pairs: list[tuple[str, str]] = [(VIEW, self.base.token)] if self.base else []
        if shown.shape != kept.shape:
            pairs.append((SHAPE, shown.shape or LIST) if self.base else (VIEW, shown.shape))
        first = self.entity.lists[0].name
        if (shown.listing or first) != (kept.listing or first) or (self.opens_elsewhere and not self.base):
            pairs.append((LIST, self.listing.name))
        elif not self.base and not shown.parts and self.entity.lists[0].opens:
            # The bare address opens the first list with its conditions: without them it must be named.
            pairs.append((LIST, self.listing.name))
        if shown.words != kept.words:
            pairs.append((WORDS, shown.words))
        if shown.parts != kept.parts:
            pairs += [(OWN, "1")] if kept.parts and not shown.parts else []
            pairs += pairs_of(shown.parts)
        elif not self.base and not shown.parts and (LIST, self.listing.name) in pairs:
            # A list that is named opens with its conditions, unless it is said that there are none.
            pairs += [(OWN, "1")] if opening_parts(self.listing, self.shape) else []
        if shown.order != kept.order:
            pairs.append((ORDER, shown.order))
        if shown.columns != kept.columns:
            pairs.append((COLUMNS, ",".join(str(each) for each in shown.columns)))
        if shown.in_bin != kept.in_bin:
            pairs.append((BIN, "1" if shown.in_bin else "0"))
        return pairs + self._beside_view

    @property
    def _beside_view(self) -> list[tuple[str, str]]:
        """List what the address says of a calendar or of months, and no view keeps."""
        told = [
            (AT, self.at if self.calendar or self.months else ""),
            (SPLIT, self.split if self.months else ""),
        ]
        return [each for each in told if each[1]]

    def url(self, part: str = "", extra: Iterable[tuple[str, str]] = ()) -> str:
        """Give the address of this state, or of a part of its page."""
        query = urlencode([*self.pairs, *extra])
        return list_url(self.entity) + (f"/{part}" if part else "") + (f"?{query}" if query else "")

    def showing(self, **changed: Any) -> ListState:
        """Give the state with some of what it shows replaced."""
        return replace(self, shown=replace(self.shown, **changed))

    def with_words(self, words: str) -> ListState:
        return self.showing(words=words)

    def cleared(self) -> ListState:
        """Give the same list with nothing hidden."""
        return self.showing(words="", parts=())

    def ordered(self, order: str) -> ListState:
        return self.showing(order=order)

    def of_list(self, listing: Listing) -> ListState:
        """Give another of the declared lists, as it is declared, in the shape of this one."""
        shape = self.shape
        shown = ViewState(
            listing=listing.name,
            parts=opening_parts(listing, shape),
            shape=shape.name if shape else "",
        )
        return replace(self, shown=shown, base=None)

    def shaped(self, shape: Shape | None) -> ListState:
        """Give the same rows in a shape, or as a table; a list that stands as declared stays that."""
        listing = self.listing
        parts = self.shown.parts
        if parts == opening_parts(listing, self.shape):
            parts = opening_parts(listing, shape)
        return replace(self.showing(parts=parts, shape=shape.name if shape else ""), at="", split="")

    def moved_to(self, at: str) -> ListState:
        """Give the same calendar or months at another month or year."""
        return replace(self, at=at)

    def split_by(self, field: str) -> ListState:
        """Give the same months split by another field."""
        return replace(self, split=field)

    def narrowed(self, *added: Part) -> ListState:
        """Give as a table those of the rows that fulfil further conditions; all others stand beside them."""
        return self.showing(parts=(*self.shown.parts, *added), shape="")

    def part(self, place: str) -> Part | None:
        """Find a condition or group by its place, such as `0` or `0.1`."""
        part: Any = list(self.shown.parts)
        for step in place.split("."):
            inner = next(iter(part.values())) if isinstance(part, dict) else part
            if not step.isdecimal() or len(step) > 3 or int(step) >= len(inner):
                return None
            part = inner[int(step)]
        return part if isinstance(part, dict) or (part and isinstance(part[0], str)) else None

    def without(self, place: str) -> ListState:
        """Take a condition or group away."""
        return self.showing(parts=tuple(_changed(self.shown.parts, place, None)))

    def with_part(self, added: Sequence[Part], *, at: str = "", beside: str = "") -> ListState:
        """Add conditions: in the place of another (`at`), as an alternative to it (`beside`), or after all.

        One that is added after all takes the place of one on the same field with the same operator.
        """
        parts = list(self.shown.parts)
        if beside and (other := self.part(beside)) is not None:
            others = other["or"] if isinstance(other, dict) and "or" in other else [other]
            return self.showing(parts=tuple(_changed(parts, beside, [{"or": [*others, *added]}])))
        if at and self.part(at) is not None:
            return self.showing(parts=tuple(_changed(parts, at, added)))
        told = [each[:2] for each in added if isinstance(each, list)]
        kept = [each for each in parts if isinstance(each, dict) or each[:2] not in told]
        return self.showing(parts=(*kept, *added))


def address_of_list(entity: Entity, name: str) -> str:
    """Give the address of a declared list, with the conditions with which its tab opens it."""
    return ListState(entity).of_list(entity.listing(name)).url()


def opening_parts(listing: Listing, shape: Shape | None = None) -> tuple[Part, ...]:
    """Give the conditions with which a declared list opens; a shape does without some."""
    lifted = shape.lifts if shape else ()
    return tuple(list(each) for each in listing.opens if each not in lifted)


def names_a_shape(entity: Entity, token: str) -> bool:
    """Tell whether the word for a view in an address means a shape, and no view that is kept."""
    return shape_called(entity, token) is not None


def is_bare(entity: Entity, query: QueryDict) -> bool:
    """Tell whether an address asks for no more than the usual list, in whatever shape."""
    told = set(query) - {AFTER, LANE, AT, SPLIT}
    return not told or (told == {VIEW} and names_a_shape(entity, query.get(VIEW, "")))


def _shape(entity: Entity, query: QueryDict, kept: ViewState) -> str:
    token = query.get(VIEW, "")
    name = query.get(SHAPE, token if names_a_shape(entity, token) else kept.shape)
    return name if shape_called(entity, name) else ""


def unknown_list(entity: Entity, query: QueryDict) -> str:
    """Give the name of a list in an address that the entity does not have; else nothing."""
    name = query.get(LIST, "")
    return "" if not name or any(each.name == name for each in entity.lists) else name


def unknown_words(query: QueryDict) -> list[str]:
    """List the words of an address that ask for nothing a list knows."""
    return [name for name in query if name not in _KNOWN and ("." not in name or name.startswith("."))]


def _parts(query: QueryDict) -> Iterator[Part]:
    for name in query:
        values = query.getlist(name)
        if name == FILTER:
            for value in values:
                yield _group(value)
        elif "." in name and not name.startswith("."):
            path, _dot, operator = name.rpartition(".")
            yield from read_condition(path, operator, values)


def _group(text: str) -> Part:
    """Read a group of conditions, which the engine judges later but for its shape."""
    try:
        found = json.loads(text[:20_000])
        _refuse_shape(found)
    except (ValueError, RecursionError) as error:
        raise BadRequest(what=_("the conditions in the address are broken.")) from error
    part: Part = found
    return part


def _refuse_shape(part: object, depth: int = 0) -> None:
    """Refuse what is no condition and no group. Raises ValueError."""
    if isinstance(part, dict) and len(part) == 1 and depth < 5:
        inner = next(iter(part.values()))
        if next(iter(part)) in ("and", "or") and isinstance(inner, list) and inner:
            for each in inner:
                _refuse_shape(each, depth + 1)
            return
    elif isinstance(part, list) and len(part) == 3 and all(isinstance(each, str) for each in part[:2]):
        return
    raise ValueError("no condition")


def read_condition(path: str, operator: str, values: Sequence[str]) -> list[Part]:
    """Turn a parameter of the address into conditions of the filter language."""
    if operator == "empty":
        return [[path, operator, values[0] in _TRUE]]
    if operator in _MANY:
        return [[path, operator, list(values)]]
    return [[path, operator, value] for value in values]


def pairs_of(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Give the parameters that say these conditions; what one name cannot say twice goes as JSON."""
    told: set[str] = set()
    for part in parts:
        name = "" if isinstance(part, dict) else f"{part[0]}.{part[1]}"
        if isinstance(part, dict) or (name in told and part[1] in (*_MANY, "empty")):
            yield FILTER, json.dumps(part, ensure_ascii=False, separators=(",", ":"))
            continue
        told.add(name)
        operand = part[2]
        if isinstance(operand, bool):
            yield name, "1" if operand else "0"
        else:
            yield from ((name, str(each)) for each in (operand if isinstance(operand, list) else [operand]))


def _changed(parts: Sequence[Part], place: str, put: Sequence[Part] | None) -> list[Part]:
    """Put other conditions in a place; a group of which one is left stands without its group."""
    step, _dot, rest = place.partition(".")
    here = int(step)
    found: list[Part] = list(parts[:here])
    part = parts[here]
    if rest and isinstance(part, dict):
        ((word, inner),) = part.items()
        kept = _changed(inner, rest, put)
        found += [{word: kept}] if len(kept) > 1 else kept
    else:
        found += put or []
    return [*found, *parts[here + 1 :]]


def _columns(text: str) -> tuple[Column, ...]:
    read = [Column.read(each) for each in text.split(",")[:MOST_COLUMNS] if each]
    return tuple({each.name: each for each in read}.values())
