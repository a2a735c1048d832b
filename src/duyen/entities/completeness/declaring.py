"""Which fields make a record complete, as an entity declares it; a company changes the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import models

from duyen.entities.fields import Field, Label, Option
from duyen.entities.listing import names

#: The column, and the field, that keep the score.
COLUMN = "completeness"
MOST_WEIGHT = 100


@dataclass(frozen=True)
class Item:
    """One thing that counts: filled when any one of `fields` is.

    `fields` are names, divided by spaces. `weights` says how much it counts until a company decides
    otherwise, by kind or for every kind; a kind that is not named counts it as nothing. `label` is
    needed where several fields stand for one thing.
    """

    fields: Sequence[str]
    weights: int | Mapping[str, int]
    label: Label = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", names(self.fields))

    @property
    def name(self) -> str:
        return "+".join(self.fields)

    def weight(self, kind: str) -> int:
        """Give the weight for one kind until a company decides otherwise."""
        return self.weights if isinstance(self.weights, int) else self.weights.get(kind, 0)


@dataclass(frozen=True, eq=False)
class Completeness:
    """What makes the rows of one table complete; entities over the same table share one.

    `fields` are those that the items name. `split` is the column of the kind by which weights differ,
    `kinds` are its options. `family` is the name under which weights are kept.
    """

    family: str
    label: Label
    model: type[models.Model]
    split: str
    kinds: Sequence[Option]
    fields: Sequence[Field]
    items: Sequence[Item]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {each.name: each for each in self.fields}

    @cached_property
    def inputs(self) -> tuple[tuple[str, ...], ...]:
        """By item, the columns of which one has to hold something."""
        return tuple(
            tuple(column for name in item.fields for column in self.by_name[name].columns)
            for item in self.items
        )

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column that the score follows from, the kind's first."""
        return tuple(dict.fromkeys((self.split, *(column for each in self.inputs for column in each))))

    def with_own(self, own: Sequence[Field]) -> Completeness:
        """Give what is scored with fields of the company's own beside it; they weigh nothing yet."""
        known = {name for item in self.items for name in item.fields}
        new = [each for each in own if each.name not in known]
        items = (*self.items, *(Item([each.name], 0) for each in new))
        return replace(self, fields=(*self.fields, *new), items=items)

    def label_of(self, item: Item, fields: Mapping[str, Field] | None = None) -> Label:
        """Name an item; `fields` are those of an entity as the company calls them."""
        name = item.fields[0]
        return item.label or (fields or {}).get(name, self.by_name[name]).label
