"""Own fields where records are taken together: merged, taken apart again, given to many."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.bulk.rules import Fate, Mode
from duyen.entities.entity import Entity
from duyen.entities.merging.merging import merge
from duyen.entities.merging.undoing import unmerge
from duyen.entities.registry import entity_named
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
OPTIONS = [{"code": "silk", "label": "Lụa"}, {"code": "linen", "label": "Lanh"}]


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


def _made(cast: Cast, customers: Entity, **values: object) -> int:
    given = {"name": "Công ty May Hạ Long", "kind": "ORGANISATION", **values}
    return standard.create(customers, actor=cast.actor("director"), values=given).id


def _custom(record: int) -> object:
    return Party.objects.values_list("custom", flat=True).get(pk=record)


def test_a_merge_fills_what_the_survivor_lacks_and_its_undo_gives_it_back(
    cast: Cast, customers: Entity, make_field: MakeField
) -> None:
    size, seats = make_field("size"), make_field("seats", "whole")
    fabrics = make_field("fabrics", "choices", options=OPTIONS)
    one = _made(cast, customers, custom_size="XL", custom_fabrics=["silk"])
    other = _made(cast, customers, custom_size="M", custom_seats=7, custom_fabrics=["linen"])
    actor = cast.actor("director")

    done = merge(customers, one, [other], actor=actor, versions={one: 1, other: 1})

    assert _custom(one) == {
        str(size.pk): "XL",
        str(seats.pk): 7,
        str(fabrics.pk): ["silk", "linen"],
    }
    unmerge(done.operation.id, actor=actor)
    assert _custom(one) == {str(size.pk): "XL", str(fabrics.pk): ["silk"]}
    assert _custom(other) == {str(size.pk): "M", str(seats.pk): 7, str(fabrics.pk): ["linen"]}


def test_many_get_a_word_more_and_keep_the_rest(cast: Cast, customers: Entity, make_field: MakeField) -> None:
    fabrics = make_field("fabrics", "choices", options=OPTIONS)
    one, other = _made(cast, customers, custom_fabrics=["silk"]), _made(cast, customers)

    change_many(
        customers,
        [one, other],
        actor=cast.actor("director"),
        values={"custom_fabrics": ["linen"]},
        modes={"custom_fabrics": Mode.ADD},
    )

    assert _custom(one) == {str(fabrics.pk): ["silk", "linen"]}
    assert _custom(other) == {str(fabrics.pk): ["linen"]}


def test_a_stale_set_names_both_values(cast: Cast, customers: Entity, make_field: MakeField) -> None:
    make_field("size")
    record, actor = _made(cast, customers, custom_size="S"), cast.actor("director")
    standard.change(customers, record, actor=actor, values={"custom_size": "M"}, version=1)

    done = change_many(customers, [record], actor=actor, values={"custom_size": "L"}, seen={record: 1})

    assert [each.fate for each in done.outcomes] == [Fate.REFUSED]
    assert list(_custom(record).values()) == ["M"]  # type: ignore[attr-defined] # an object
