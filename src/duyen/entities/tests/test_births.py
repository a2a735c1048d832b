"""One record and a set of records take the same way: the same rows, problems and trail come out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.foundation.audit.models import History
from duyen.foundation.sensitive import unseal
from duyen.kernel.clock import stopped
from duyen.modules.parties.models import Party, PartyInRole
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
#: What tells two rows apart that are otherwise the same.
OWN = (
    "id",
    "code",
    "party_id",
    "personal_id",
    "search",
    "record_id",
    "root_id",
    "operation",
    "at",
    "changes",
)

ROWS: list[dict[str, Any]] = [
    {"name": ' Công ty  TNHH Ánh “Dương" \\ {a,b}', "kind": "ORGANISATION", "tax_code": "0100233488"},
    {
        "name": "Nguyễn Văn An",
        "kind": "INDIVIDUAL",
        "phones": ["0912 345 678", {"value": "02838251234", "label": "nhà"}],
    },
    {"name": "Lê Thị \\N Hoa", "kind": "INDIVIDUAL", "emails": ["Hoa@Example.com"], "born_on": "08/12/1978"},
    {
        "name": "Hộ Sáu",
        "kind": "HOUSEHOLD_BUSINESS",
        "tax_code": "001078012345",
        "note": "dòng một\n\tdòng hai",
    },
    {
        "name": "Có địa chỉ",
        "kind": "HOUSEHOLD",
        "addresses": [{"line": '12 "Lê" Lợi', "province": "Hải Phòng"}],
    },
    {"name": "Nhãn", "kind": "INDIVIDUAL", "tags": ['a"b', "c\\d", "e,f", "{g}"], "is_key_account": True},
    {"name": "", "kind": "INDIVIDUAL"},
    {"name": "Sai số", "kind": "INDIVIDUAL", "phones": ["123"], "colour": "red"},
    {"name": "Sai luật", "kind": "ORGANISATION", "honorific": "anh"},
]


def _rows_of(model: Any, ids: list[int], key: str) -> list[dict[str, Any]]:
    found = {row[key]: row for row in model.objects.filter(**{f"{key}__in": ids}).values()}
    return [{name: value for name, value in found[each].items() if name not in OWN} for each in ids]


@pytest.mark.parametrize("times", [1, 4])
def test_gives_one_record_and_a_set_the_same_rows(cast: Cast, customers: Entity, times: int) -> None:
    """Once below the size from which a set is copied in, once above it."""
    actor = cast.actor("seller")
    with stopped(NOW):
        alone: list[int | None] = []
        told_alone: list[list[tuple[str, str]]] = []
        for values in ROWS:
            try:
                alone.append(standard.create(customers, actor=actor, values=values).id)
                told_alone.append([])
            except InvalidValues as refusal:
                alone.append(None)
                told_alone.append([(each.field, each.code) for each in refusal.problems])
        made, _operation = standard.create_many(customers, actor=actor, rows=ROWS * times)

    together = [each.id for each in made]
    assert [each is None for each in together] == [each is None for each in alone] * times
    assert [[(each.field, each.code) for each in one.problems] for one in made] == told_alone * times
    one_by_one, as_a_set = ([each for each in ids if each is not None] for ids in (alone, together))
    for model, key in ((Party, "id"), (PartyInRole, "party_id")):
        assert _rows_of(model, as_a_set, key) == _rows_of(model, one_by_one, key) * times
    sealed = Party.objects.filter(pk__in=[one_by_one[3], as_a_set[3]]).values_list("personal_id", flat=True)
    assert [unseal(bytes(each or b"")) for each in sealed] == ["001078012345", "001078012345"]


def test_traces_each_row_of_a_set_as_it_traces_one(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    alone = standard.create(customers, actor=actor, values=ROWS[0]).id
    (made,), _operation = standard.create_many(customers, actor=actor, rows=[ROWS[0]])

    assert made.id is not None
    entries = [
        [
            {name: value for name, value in entry.items() if name not in OWN}
            for entry in History.objects.filter(root_entity="parties", root_id=each).order_by("id").values()
        ]
        for each in (alone, made.id)
    ]

    assert entries[0] == entries[1]
    assert len(entries[0]) == 2


def test_writes_what_stands_beside_a_set_with_it_or_not_at_all(cast: Cast, customers: Entity) -> None:
    before = Party.objects.count(), History.objects.count()

    def fail(made: object) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        standard.create_many(customers, actor=cast.actor("seller"), rows=ROWS, beside=fail)

    assert (Party.objects.count(), History.objects.count()) == before


def test_makes_nobody_a_record_of_her_own_in_a_unit_where_she_does_not_stand(
    cast: Cast, customers: Entity
) -> None:
    """Else a salesperson takes a number of another branch and lies in the lists of its people."""
    seller, person = cast.actor("seller"), {"name": "Nguyễn Văn An", "kind": "INDIVIDUAL"}

    with pytest.raises(InvalidValues) as refusal:
        standard.create(customers, actor=seller, values={**person, "unit": cast.unit("HD1").pk})
    assert [problem.field for problem in refusal.value.problems] == ["unit"]
    assert not Party.objects.exists()

    standard.create(customers, actor=seller, values={**person, "unit": cast.unit("HP1").pk})
    assert Party.objects.get().owner_id == cast.users["seller"].pk
