"""Django's own Vietnamese formats read dates the American way and do not group thousands; ours do neither."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.utils import formats, translation


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["05/01/2027", "5/1/2027", "05/01/27", "05-01-2027", "2027-01-05"])
def test_reads_the_day_before_the_month(language: str, typed: str) -> None:
    with translation.override(language):
        day = forms.DateField().clean(typed)

    assert day == dt.date(2027, 1, 5)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_reads_day_and_time(language: str) -> None:
    with translation.override(language):
        moment = forms.DateTimeField().clean("05/01/2027 09:30")

    assert moment.replace(tzinfo=None) == dt.datetime(2027, 1, 5, 9, 30)  # noqa: DTZ001  as the form shows it


@pytest.mark.parametrize("language", ["vi", "en"])
def test_refuses_the_month_before_the_day(language: str) -> None:
    with translation.override(language), pytest.raises(forms.ValidationError):
        forms.DateField().clean("12/31/2027")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_writes_dates_with_strokes(language: str) -> None:
    with translation.override(language):
        written = [
            formats.date_format(dt.date(2026, 11, 3), name) for name in ("DATE_FORMAT", "SHORT_DATE_FORMAT")
        ]
        moment = formats.date_format(dt.datetime(2026, 11, 3, 9, 5, tzinfo=dt.UTC), "DATETIME_FORMAT")

    assert written == ["03/11/2026", "03/11/2026"]
    assert moment == "03/11/2026 09:05"


@pytest.mark.parametrize(("language", "written"), [("vi", "1.234.567,50"), ("en", "1,234,567.50")])
def test_groups_thousands_by_the_readers_language(language: str, written: str) -> None:
    with translation.override(language):
        text = formats.number_format(Decimal("1234567.5"), decimal_pos=2, use_l10n=True, force_grouping=True)

    assert text == written


def test_starts_the_week_on_monday() -> None:
    with translation.override("vi"):
        first = formats.get_format("FIRST_DAY_OF_WEEK")

    assert first == 1
