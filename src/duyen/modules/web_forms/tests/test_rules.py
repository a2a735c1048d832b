"""What a form may be, and what is taken for that of a machine."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.web_forms import rules
from duyen.modules.web_forms.words import Robot

WHOLE: dict[str, Any] = {
    "asked": ["PHONE", "NEED"],
    "needed": ["PHONE"],
    "has_products": False,
    "next_url": "",
    "sites": "",
}
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def _fields(**values: Any) -> list[str]:
    return [each.field for each in rules.problems_of(**{**WHOLE, **values})]


def test_a_form_that_asks_for_a_phone_is_whole() -> None:
    assert _fields() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"asked": ["NEED"], "needed": []}, "asked"),
        ({"needed": ["EMAIL"]}, "needed"),
        ({"asked": ["PHONE", "PRODUCTS"]}, "products"),
        ({"next_url": "http://example.vn"}, "next_url"),
        ({"next_url": "javascript:alert(1)"}, "next_url"),
        ({"next_url": "https://ai@example.vn"}, "next_url"),
        ({"sites": "https://example.vn\nexample.com"}, "sites"),
        ({"sites": "https://example.vn;script-src *"}, "sites"),
    ],
)
def test_says_what_does_not_fit(values: dict[str, Any], field: str) -> None:
    assert _fields(**values) == [field]


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("https://www.example.vn", "https://www.example.vn"),
        ("https://www.example.vn/lien-he?a=1", "https://www.example.vn"),
        ("https://Example.vn:8443/", "https://example.vn:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://example.vn", None),
        ("https://", None),
        ("https://example.vn:80000", None),
        ("'self'", None),
    ],
)
def test_reads_a_website_as_a_browser_does(site: str, origin: str | None) -> None:
    assert rules.origin_of(site) == origin


@given(st.text(max_size=60))
def test_an_origin_never_adds_a_rule_to_the_policy(site: str) -> None:
    origin = rules.origin_of(site)
    assert origin is None or not set(origin) & set(" ;,'\"\n*")


@given(st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(hours=1)))
def test_who_fills_the_trap_or_has_no_time_is_a_machine(waited: dt.timedelta) -> None:
    assert rules.robot(trap="x", opened_at=NOON, sent_at=NOON + waited) is Robot.TRAP
    quick = Robot.TOO_QUICK if waited < rules.QUICKEST else None
    assert rules.robot(trap="", opened_at=NOON, sent_at=NOON + waited) is quick


def test_writes_down_where_a_visitor_comes_from() -> None:
    told = {"utm_campaign": " Khai giảng ", "utm_source": "facebook", "fbclid": "x", "utm_term": "a" * 500}
    assert rules.where_from(told) == f"facebook · Khai giảng · {'a' * 100}"
    assert rules.where_from({}) == ""
