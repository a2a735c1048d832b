"""What COPY is given reads as the value that an INSERT writes."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from duyen.entities import writing
from duyen.entities.copying import NotPlain, lines_of
from duyen.entities.registry import entity_named
from duyen.entities.standard import create_many
from duyen.kernel.clock import ZONE
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


class _Word(enum.StrEnum):
    ONE = "một\t\\"


class _Number(enum.IntEnum):
    SEVEN = 7


_TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
_TRICKY = st.sampled_from(["", "\\N", "\\.", "a\tb", "\r\n", "\\", _Word.ONE])
_FORMS = (bytes, bytearray, memoryview)
_SINCE = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - the strategy adds the zone
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.one_of(st.none(), _TEXTS, _TRICKY),
    "bigint": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.just(_Number.SEVEN)),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(1, 1, 1)),
    "timestamptz": st.datetimes(_SINCE, timezones=st.sampled_from([dt.UTC, ZONE])),
    "time": st.times(),
    "bytea": st.binary(max_size=20).map(lambda value: _FORMS[len(value) % 3](value)),
    "numeric": st.decimals(-(10**9), 10**9, places=3),
    "float8": st.floats(allow_nan=False),
    "uuid": st.uuids(),
}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.fixed_dictionaries(_KINDS), min_size=1, max_size=6))
def test_any_value_comes_in_as_by_insert(rows: list[dict[str, Any]]) -> None:
    columns = list(_KINDS)
    names = ", ".join(f'"{kind}" {kind}' for kind in columns)
    quoted = ", ".join(f'"{kind}"' for kind in columns)
    with connection.cursor() as cursor:
        for table in ("copied", "put"):
            cursor.execute(f"CREATE TEMP TABLE {table} ({names}) ON COMMIT DROP")
        raw = cursor.cursor
        with raw.copy(f"COPY copied ({quoted}) FROM STDIN") as copy:
            for piece in lines_of(rows, columns, [None] * len(columns), {}):
                copy.write(piece)
        for row in rows:
            places = ", ".join(["%s"] * len(columns))
            raw.execute(f"INSERT INTO put ({quoted}) VALUES ({places})", [row[kind] for kind in columns])
        cursor.execute(f"SELECT {quoted} FROM copied ORDER BY ctid")
        copied = cursor.fetchall()
        cursor.execute(f"SELECT {quoted} FROM put ORDER BY ctid")
        put = cursor.fetchall()
        cursor.execute("DROP TABLE copied, put")

    assert _plain(copied) == _plain(put)


def _plain(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows]


def test_a_value_of_another_kind_is_left_to_the_driver() -> None:
    with pytest.raises(NotPlain):
        list(lines_of([{"a": dt.timedelta(days=1)}], ["a"], [None], {}))

    assert list(lines_of([{"a": UUID(int=0), "b": Decimal("1.50")}], ["b", "a"], [None, None], {})) == [
        "1.50\t00000000-0000-0000-0000-000000000000\n"
    ]


@pytest.mark.parametrize("copies_from", [1, 1_000])
def test_many_records_are_the_same_by_either_way(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, copies_from: int
) -> None:
    monkeypatch.setattr(writing, "COPY_FROM", copies_from)
    rows: list[dict[str, object]] = [
        {
            "name": "Trà \\ N",
            "kind": "INDIVIDUAL",
            "phones": [{"value": "0912 345 678", "label": 'mẹ "Hoa" \\ {}'}],
            "tags": ['a"b', "c\\d", "{e}"],
            "note": "một\nhai\\n",
            "tax_code": "031090001234",
        },
        {"name": "Phú Quý", "kind": "ORGANISATION", "addresses": [{"line": '1 "Lê Lợi" \\ 2'}]},
    ]

    made, _operation = create_many(entity_named("customers"), actor=cast.actor("seller"), rows=rows)

    first, second = (Party.objects.get(pk=each.id or 0) for each in made)
    assert (first.name, first.phones, first.note) == ("Trà \\ N", ["+84912345678"], "một\nhai\\n")
    assert first.phone_notes == {"+84912345678": {"label": 'mẹ "Hoa" \\ {}', "entered": "0912 345 678"}}
    assert (first.tags, bool(first.personal_id)) == (['a"b', "c\\d", "{e}"], True)
    assert second.addresses[0]["line"] == '1 "Lê Lợi" \\ 2'
