"""One description for modules and company: values of own fields are written, read, undone like any other."""

from __future__ import annotations

import pytest
from django.db import connection

from duyen.entities import paging, standard
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.entities.history import history
from duyen.entities.living import snapshot
from duyen.entities.locking import lock
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.foundation.audit.models import History
from duyen.foundation.fields import versions
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


def _made(cast: Cast, customers: Entity, **values: object) -> int:
    given = {"name": "Công ty May Hạ Long", "kind": "ORGANISATION", **values}
    return standard.create(customers, actor=cast.actor("seller"), values=given).id


def _custom(record: int) -> object:
    return Party.objects.values_list("custom", flat=True).get(pk=record)


def test_a_field_is_there_at_once_and_gone_without_the_version(
    cast: Cast, customers: Entity, make_field: MakeField
) -> None:
    make_field("size")

    assert "custom_size" in customers.by_name
    assert customers.columns.count("custom") == 1
    with versions.kept():
        versions.pin(versions.DECLARED)
        assert "custom_size" not in customers.by_name
        assert "custom" not in customers.columns


def test_a_snapshot_is_read_once_per_version(
    customers: Entity, make_field: MakeField, django_assert_num_queries: object
) -> None:
    make_field("size")
    before = snapshot()
    with django_assert_num_queries(0):  # type: ignore[operator] # a fixture of pytest-django
        assert snapshot() is before
        assert customers.by_name["custom_size"].label == "Size"


def test_keeps_reads_and_clears_values_and_leaves_the_others(
    cast: Cast, customers: Entity, make_field: MakeField
) -> None:
    size, seats = make_field("size"), make_field("seats", "whole")
    record = _made(cast, customers, custom_size="XL", custom_seats="1.200")
    assert _custom(record) == {str(size.pk): "XL", str(seats.pk): 1200}

    actor = cast.actor("seller")
    standard.change(customers, record, actor=actor, values={"custom_size": ""}, version=1)

    assert _custom(record) == {str(seats.pk): 1200}
    row = lock(customers, record, actor=actor, verb="change")
    assert customers.values(row)["custom_seats"] == 1200
    assert customers.values(row)["custom_size"] == ""


def test_the_trail_tells_keys_and_undo_brings_them_back(
    cast: Cast, customers: Entity, make_field: MakeField
) -> None:
    size, seats = make_field("size"), make_field("seats", "whole")
    record, actor = _made(cast, customers, custom_size="XL"), cast.actor("seller")

    done = standard.change(
        customers, record, actor=actor, values={"custom_size": "M", "custom_seats": 4}, version=1
    )

    entry = History.objects.filter(operation=done.operation.id).get()
    assert entry.changes == {f"custom.{size.pk}": ["XL", "M"], f"custom.{seats.pk}": [None, 4]}
    (step, *_rest) = history(customers, record, actor=actor).steps
    assert {(each.field.name, each.was, each.now) for each in step.changes} == {
        ("custom_size", "XL", "M"),
        ("custom_seats", None, 4),
    }
    undo(done.operation.id, actor=actor)
    assert _custom(record) == {str(size.pk): "XL"}
    back = History.objects.order_by("-id").first()
    assert back is not None
    assert (back.changes or {})[f"custom.{seats.pk}"] == [4, None]


def test_an_old_write_of_whole_custom_is_still_read(cast: Cast, customers: Entity) -> None:
    record = _made(cast, customers)
    with connection.cursor() as cursor:
        cursor.execute('SELECT duyen_custom_apart(\'{"custom": null, "a": 1}\'::jsonb)::text')
        assert cursor.fetchone()[0] == '{"a": 1, "custom": null}'
    assert history(customers, record, actor=cast.actor("seller")).steps


def test_filters_and_sorts_by_kind(cast: Cast, customers: Entity, make_field: MakeField) -> None:
    make_field("seats", "whole")
    make_field("since", "day")
    make_field("weight", "decimal")
    for seats, since, weight in ((9, "2024-02-01", "1,5"), (10, "2023-12-31", "0,75"), (None, "", "")):
        _made(
            cast,
            customers,
            name=f"Xưởng {seats}",
            custom_seats=seats,
            custom_since=since,
            custom_weight=weight,
        )

    def found(**view: object) -> list[str]:
        asked = paging.View(**view)  # type: ignore[arg-type] # given by name
        page = paging.page(customers, customers.listing(), actor=cast.actor("seller"), view=asked)
        return [str(row["name"]) for row in page.rows]

    assert found(sort="custom_seats") == ["Xưởng 9", "Xưởng 10", "Xưởng None"]
    assert found(sort="-custom_weight")[0] == "Xưởng 9"
    assert found(sort="custom_since")[0] == "Xưởng 10"
    assert found(filter=["custom_seats", "gt", 9]) == ["Xưởng 10"]
    assert found(filter=["custom_since", "gte", "2024-01-01"]) == ["Xưởng 9"]
    assert found(filter=["custom_weight", "between", ["0,5", "1"]]) == ["Xưởng 10"]
    assert found(filter=["custom_seats", "empty", True]) == ["Xưởng None"]


def test_pages_by_a_decimal_order(cast: Cast, customers: Entity, make_field: MakeField) -> None:
    make_field("weight", "decimal")
    for weight in ("1,5", "0,75", "12", ""):
        _made(cast, customers, name=f"Nặng {weight}", custom_weight=weight)

    names, after = [], None
    for _turn in range(4):
        view = paging.View(sort="custom_weight", limit=1)
        page = paging.page(customers, customers.listing(), actor=cast.actor("seller"), view=view, after=after)
        names += [row["name"] for row in page.rows]
        after = page.next

    assert names == ["Nặng 0,75", "Nặng 1,5", "Nặng 12", "Nặng"]


def test_a_set_is_changed_key_by_key(cast: Cast, customers: Entity, make_field: MakeField) -> None:
    from duyen.entities.bulk.changing import change_many

    size, seats = make_field("size"), make_field("seats", "whole")
    one = _made(cast, customers, custom_size="S", custom_seats=1)
    other = _made(cast, customers, custom_size="M")

    change_many(customers, [one, other], actor=cast.actor("seller"), values={"custom_size": "L"})

    assert _custom(one) == {str(size.pk): "L", str(seats.pk): 1}
    assert _custom(other) == {str(size.pk): "L"}


def test_needs_what_is_required_of_a_new_record(cast: Cast, customers: Entity, make_field: MakeField) -> None:
    old = _made(cast, customers)
    make_field("size", required="always")

    with pytest.raises(InvalidValues) as refusal:
        _made(cast, customers)
    assert [each.field for each in refusal.value.problems] == ["custom_size"]

    done = standard.change(
        customers,
        old,
        actor=cast.actor("seller"),
        values={"name": "Công ty May Bãi Cháy", "custom_size": ""},
        version=1,
    )
    assert done.version == 2
    standard.change(customers, old, actor=cast.actor("seller"), values={"custom_size": "S"}, version=2)
    with pytest.raises(InvalidValues):
        standard.change(customers, old, actor=cast.actor("seller"), values={"custom_size": ""}, version=3)
