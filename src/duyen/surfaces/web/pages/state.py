"""What a list shows, as it stands in the address: list, words, conditions, order, bin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from duyen.entities.entity import Entity
from duyen.entities.listing import Listing, Sort
from duyen.surfaces.web.pages.addresses import list_url

#: Words of the address that are no conditions; a condition always has a dot: `industry.in=TRADE`.
LIST, WORDS, ORDER, BIN, AFTER = "list", "q", "sort", "bin", "after"
_LONGEST = 200


@dataclass(frozen=True)
class Condition:
    """One condition on one field, its values as they stand in the address."""

    field: str
    operator: str
    values: tuple[str, ...]

    @property
    def parameter(self) -> str:
        return f"{self.field}.{self.operator}"


@dataclass(frozen=True)
class ListState:
    """What a reader asked of a list; unlike its rows it is the same for everybody with the address."""

    entity: Entity
    listing: Listing
    words: str = ""
    conditions: tuple[Condition, ...] = ()
    order: str = ""
    in_bin: bool = False

    @classmethod
    def read(cls, entity: Entity, query: QueryDict) -> ListState:
        """Read the state from an address; conditions are judged by the engine, not here."""
        conditions = tuple(
            Condition(*name.rpartition(".")[::2], tuple(query.getlist(name)))
            for name in query
            if "." in name and not name.startswith(".")
        )
        return cls(
            entity,
            entity.listing(query.get(LIST, "")),
            words=query.get(WORDS, "")[:_LONGEST].strip(),
            conditions=conditions,
            order=query.get(ORDER, ""),
            in_bin=entity.has_bin and query.get(BIN) == "1",
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether words or conditions hide rows."""
        return bool(self.words or self.conditions)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """List the parameters of the address, those that say the usual left out."""
        first = self.entity.lists[0]
        pairs = [
            (LIST, self.listing.name if self.listing is not first else ""),
            (WORDS, self.words),
            *((each.parameter, value) for each in self.conditions for value in each.values),
            (ORDER, self.order),
            (BIN, "1" if self.in_bin else ""),
        ]
        return [(name, value) for name, value in pairs if value or "." in name]

    def url(self, part: str = "", extra: Iterable[tuple[str, str]] = ()) -> str:
        """Give the address of this state, or of a part of its page."""
        query = urlencode([*self.pairs, *extra])
        return list_url(self.entity) + (f"/{part}" if part else "") + (f"?{query}" if query else "")

    def with_words(self, words: str) -> ListState:
        return replace(self, words=words)

    def cleared(self) -> ListState:
        """Give the same list with nothing hidden."""
        return replace(self, words="", conditions=())

    def without(self, condition: Condition) -> ListState:
        return replace(self, conditions=tuple(each for each in self.conditions if each != condition))

    def with_condition(self, condition: Condition) -> ListState:
        """Add a condition; it takes the place of one with the same field and operator."""
        kept = [each for each in self.conditions if each.parameter != condition.parameter]
        return replace(self, conditions=(*kept, condition))

    def ordered(self, order: str) -> ListState:
        return replace(self, order=order)

    def of_list(self, listing: Listing) -> ListState:
        return replace(self, listing=listing)

    def sort(self) -> tuple[Sort, bool]:
        """Give the order and whether it descends; an order that is not known is the usual one."""
        first = self.listing.sorts[0]
        if not self.order:
            return first, first.descending
        found = self.listing.sort(self.order.split(",")[0].removeprefix("-"))
        return (found, self.order.startswith("-")) if found else (first, first.descending)
