"""What an import asks about duplicates: the likely ones alone, and no other answer than a form gets."""

from __future__ import annotations

import gc
from random import Random
from typing import Any

import pytest

from duyen.entities.births import Births
from duyen.entities.entity import Entity
from duyen.entities.importing.cells import Line
from duyen.entities.importing.collecting import seldom_collecting
from duyen.entities.importing.ready import Preparing
from duyen.entities.models import TwinKey
from duyen.entities.standard import ReadSet, create_read, read_many
from duyen.entities.tests.conftest import MakeCustomer
from duyen.entities.twins.finding import faint_codes, find_duplicates, find_likely
from duyen.foundation.access.actor import Actor
from duyen.testing.cast import Cast

_NAMES = ("Phan Thu Trà", "PHAN THU TRA", "Phan Đức Minh", "Công ty TNHH Phú Quý", "Phú Quý Co., Ltd")
_WARD = {"ward": "Phường Hồng Bàng", "province": "Hải Phòng"}


def _people(seed: int, count: int) -> list[dict[str, object]]:
    """Invent rows that share phones, streets, wards, birth dates and names with one another."""
    pick = Random(seed)
    rows = []
    for _number in range(count):
        name = pick.choice(_NAMES)
        row: dict[str, object] = {"name": name, "kind": "ORGANISATION" if "Phú" in name else "INDIVIDUAL"}
        if pick.random() < 0.6:
            row["phones"] = [f"0912 345 67{pick.randrange(4)}"]
        if pick.random() < 0.3:
            row["emails"] = [f"Hoa{pick.randrange(2)}@may.vn"]
        if pick.random() < 0.7:
            row["addresses"] = [{**_WARD, "line": f"{pick.randrange(1, 4)} Lê Lợi"}]
        if "Phú" not in name and pick.random() < 0.5:
            row["born_on"] = f"1990-02-0{pick.randrange(1, 4)}"
        rows.append(row)
    return rows


def _asked(entity: Entity, actor: Actor, rows: list[dict[str, object]]) -> tuple[list[Any], list[Any]]:
    """Give what a form would be told of each row, as far as it is likely, and what an import is told."""
    read = read_many(entity, actor=actor, rows=rows)
    assert not any(problems for _values, problems in read.judged)
    ready = Preparing(entity).prepare([Line() for _row in rows], read)
    by_form = find_duplicates(entity, actor=actor, rows=[values for values, _problems in read.judged])
    by_import = find_likely(
        entity,
        actor=actor,
        given=[each.columns for each in ready],
        known_marks=[each.marks for each in ready],
    )
    return [[each for each in found if each.is_likely] for found in by_form], by_import


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("who", ["seller", "outsider"])
def test_an_import_is_told_what_a_form_is_told(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, seed: int, who: str
) -> None:
    for row in _people(100 + seed, 12):
        make_customer(str(row.pop("name")), **row)

    by_form, by_import = _asked(customers, cast.actor(who), _people(seed, 25))

    assert by_import == by_form
    assert any(by_form)
    assert [[each.shown for each in found] for found in by_import] == [
        [each.shown for each in found] for found in by_form
    ]


def test_one_name_in_one_ward_is_the_only_faint_key_of_a_customer(customers: Entity) -> None:
    assert customers.duplicates is not None

    assert faint_codes(customers.duplicates.by) == {"name_ward"}


def test_a_record_whose_keys_were_worked_out_ahead_has_the_same_keys(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    rows = _people(7, 30)
    read = read_many(customers, actor=actor, rows=rows)
    ready = Preparing(customers).prepare([Line() for _row in rows], read)
    ahead = ReadSet(
        actor,
        Births(customers, actor),
        [(each.links, each.problems) for each in ready],
        columns=[each.columns for each in ready],
        worked={"keys": [[number for number, _place, _text in each.marks] for each in ready]},
    )

    made, _operation = create_read(customers, ahead)
    by_itself, _operation = create_read(customers, read)

    def keys(found: Any) -> list[set[int]]:
        return [
            set(TwinKey.objects.filter(record_id=each.id).values_list("key", flat=True)) for each in found
        ]

    assert keys(made) == keys(by_itself)
    assert any(keys(made))


def test_the_search_for_lost_cycles_is_as_it_was_afterwards() -> None:
    before = gc.get_threshold()

    with seldom_collecting():
        during = gc.get_threshold()

    assert (gc.get_threshold(), gc.isenabled()) == (before, True)
    assert during != before
