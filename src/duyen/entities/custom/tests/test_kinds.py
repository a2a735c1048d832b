"""What is entered is kept, shown, and can be entered again as it is shown: for every kind of field."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.custom import kinds
from duyen.entities.custom.contributing import field_of
from duyen.entities.custom.rules import KEY, codes_from, key_from
from duyen.entities.fields import Field, FieldRefused
from duyen.entities.indexes.plans import Purpose, plan_for
from duyen.entities.registry import entity_named
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import FieldKind

OPTIONS = [{"code": "a", "label": "Lụa"}, {"code": "b", "label": "Lanh"}, {"code": "c", "label": "Đũi"}]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=60)


def made(kind: FieldKind, **limits: Any) -> Field:
    held = CustomField(
        entity="customers", pk=7, key="x", label="X", kind=kind.value, options=OPTIONS, limits=limits
    )
    field = field_of(held)
    assert field is not None
    return field


def comes_back(field: Field, raw: object) -> Any:
    """Take a value the whole way: entered, kept as JSON, read, shown in a control, entered again."""
    value = field.read(raw)
    kept = json.loads(json.dumps(field.store(value)))
    loaded = field.load(kept)
    assert loaded == value
    again = list(loaded) if isinstance(loaded, tuple) else field.entered(loaded)
    if not isinstance(loaded, bool):
        assert field.read(again) == value
    assert isinstance(field.show(loaded), str)
    return value


@given(TEXTS)
def test_text(raw: str) -> None:
    comes_back(made(FieldKind.TEXT), raw)
    comes_back(made(FieldKind.LONG_TEXT), f"{raw}\n{raw}")


@given(st.integers(-kinds.LARGEST, kinds.LARGEST))
def test_whole(raw: int) -> None:
    assert comes_back(made(FieldKind.WHOLE), raw) == raw
    assert comes_back(made(FieldKind.WHOLE), f"{raw:,}".replace(",", ".")) == raw


@given(st.integers(0, kinds.LARGEST))
def test_amount(raw: int) -> None:
    field = made(FieldKind.AMOUNT)
    assert comes_back(field, {"amount": raw, "currency": "VND"}) == raw
    assert field.read(field.show(raw)) == raw


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_decimal(digits: int, places: int) -> None:
    raw = Decimal(digits).scaleb(-places)
    field = made(FieldKind.DECIMAL, digits=3)
    assert comes_back(field, str(raw).replace(".", ",")) == raw
    assert field.read(float(raw)) == raw


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_day(raw: dt.date) -> None:
    assert comes_back(made(FieldKind.DAY), raw.isoformat()) == raw


@given(st.dates(dt.date(1950, 1, 1), dt.date(2199, 12, 30)), st.times())
def test_moment(day: dt.date, time: dt.time) -> None:
    minute = dt.datetime.combine(day, time.replace(second=0, microsecond=0), tzinfo=dt.UTC)
    assert comes_back(made(FieldKind.MOMENT), minute.isoformat()) == minute


@given(st.lists(st.sampled_from(["a", "b", "c", "Lụa", "lanh", "ĐŨI"])))
def test_choices(raw: list[str]) -> None:
    comes_back(made(FieldKind.CHOICES), raw)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldKind.FLAG, True),
        (FieldKind.CHOICE, "b"),
        (FieldKind.PHONE, "0912 345 678"),
        (FieldKind.EMAIL, "lan@example.com"),
        (FieldKind.WEB, "duyen.vn/gia?x=1"),
    ],
)
def test_others(kind: FieldKind, raw: object) -> None:
    comes_back(made(kind), raw)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldKind.WHOLE, "1,5"),
        (FieldKind.WHOLE, "12.5"),
        (FieldKind.WHOLE, "1250.00.0"),
        (FieldKind.AMOUNT, "12,5"),
        (FieldKind.AMOUNT, "1.250.000,50"),
        (FieldKind.DECIMAL, "1,234.56"),
        (FieldKind.WHOLE, True),
        (FieldKind.WHOLE, "9" * 400),
        (FieldKind.DECIMAL, "NaN"),
        (FieldKind.DECIMAL, "1e999999"),
        (FieldKind.DECIMAL, "0,1234"),
        (FieldKind.DECIMAL, True),
        (FieldKind.AMOUNT, "-5"),
        (FieldKind.AMOUNT, {"amount": 5, "currency": "USD"}),
        (FieldKind.DAY, "31/02/2024"),
        (FieldKind.MOMENT, "31/12/2024 25:00"),
        (FieldKind.CHOICE, "Nhung"),
        (FieldKind.CHOICES, ["a", "Nhung"]),
        (FieldKind.LINK, "-1"),
        (FieldKind.PHONE, "12"),
        (FieldKind.EMAIL, "lan@"),
        (FieldKind.WEB, "javascript:alert(1)"),
        (FieldKind.WEB, "ftp://duyen.vn"),
        (FieldKind.WEB, "một trang"),
        (FieldKind.TEXT, "x" * 201),
    ],
)
def test_refuses_what_is_no_value(kind: FieldKind, raw: object) -> None:
    limits = {"to": "customers"} if kind is FieldKind.LINK else {}
    with pytest.raises(FieldRefused):
        made(kind, **limits).read(raw)


@given(TEXTS, st.sets(st.sampled_from(["so_may", "f", "o", "so_may_2"])))
def test_keys_are_keys_and_new(words: str, taken: set[str]) -> None:
    key = key_from(words, taken)
    assert KEY.fullmatch(key)
    assert key not in taken
    codes = codes_from([words, words, "Số máy"], taken)
    assert len({*codes, *taken}) == len(codes) + len(taken)


@pytest.mark.parametrize(
    "raw", ["1250000", "1.250.000", "1,250,000", "1.250.000,00", "1250000.00", "1 250 000 đ", "1.250.000 VNĐ"]
)
def test_an_amount_is_never_another_one_for_how_it_is_written(raw: str) -> None:
    assert made(FieldKind.AMOUNT).read(raw) == 1_250_000


@pytest.mark.parametrize("kind", ["whole", "decimal", "amount", "day", "moment", "flag"])
def test_one_index_serves_order_and_conditions(kind: str) -> None:
    """An index is found again by what it is over: two ways to write it would be two indexes."""
    customers, field = entity_named("customers"), made(FieldKind(kind))
    order, condition = (plan_for(customers, field, each) for each in (Purpose.SORT, Purpose.FILTER))

    assert order is not None
    assert condition is not None
    assert order.name == condition.name
