"""What the tests of merging share: parties made through the front door, merges, and all the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.merging.merging import merge
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done
from duyen.foundation.shares.models import Share
from duyen.modules.parties.models import Party, PartyInRole, Tie
from duyen.testing.cast import Cast

Make = Callable[..., int]
MergeThem = Callable[..., Done]
Take = Callable[..., Done]


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


@pytest.fixture
def contacts() -> Entity:
    return entity_named("contacts")


@pytest.fixture
def make(cast: Cast) -> Make:
    """Make a customer, or a record of another entity, as the seller unless told otherwise."""

    def make_one(name: str, *, entity: str = "customers", by: str = "seller", **values: object) -> int:
        given = {"name": name, **({"kind": "INDIVIDUAL"} if entity == "customers" else {}), **values}
        return standard.create(entity_named(entity), actor=cast.actor(by), values=given).id

    return make_one


@pytest.fixture
def take(cast: Cast) -> Take:
    """Take a step on a customer, as the seller unless told otherwise."""

    def take_one(verb: str, record_id: int, *, by: str = "seller", **arguments: object) -> Done:
        return perform(entity_named("customers"), verb, record_id, actor=cast.actor(by), arguments=arguments)

    return take_one


@pytest.fixture
def merge_them(cast: Cast) -> MergeThem:
    """Merge records into the first one, with the versions that they have now."""

    def merge_now(
        survivor: int, *others: int, by: str = "seller", entity: str = "customers", **given: Any
    ) -> Done:
        ids = [survivor, *others]
        versions = dict(Party.objects.filter(pk__in=ids).values_list("pk", "version"))
        given = {"versions": versions, **given}
        return merge(entity_named(entity), survivor, others, actor=cast.actor(by), **given)

    return merge_now


def everything() -> dict[str, list[dict[str, Any]]]:
    """Give all rows that a merge can touch, without the stamps that any change moves on."""
    stamps = {"version", "updated_at", "updated_by_id"}
    return {
        model.__name__: [
            {column: value for column, value in row.items() if column not in stamps}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in (Party, PartyInRole, Tie, Share)
    }
