"""A setting is declared in one place: read, bounded, kept with its history, and given back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from duyen.foundation.settings import declaring
from duyen.foundation.settings.company import SettingMoved, keep_setting, setting
from duyen.foundation.settings.declaring import (
    BadSetting,
    Declared,
    Kind,
    TwiceDeclared,
    UnknownSetting,
    declare_setting,
)
from duyen.foundation.settings.past import DEFAULT, changes_of, restore_value, undo_together
from duyen.foundation.settings.reading import read_value, shown_value
from duyen.testing.cast import Cast

KEY = "tests.most_rows"


@pytest.fixture
def told() -> Iterator[Declared]:
    yield declare_setting(KEY, 25, kind=Kind.WHOLE, area="tests", label="Rows", least=1, most=500)
    del declaring._book.settings[KEY]


def test_a_setting_that_nobody_decided_has_its_default(told: Declared, cast: Cast) -> None:
    assert setting(KEY) == 25


def test_an_unknown_key_is_an_error_of_the_code(db: None) -> None:
    with pytest.raises(UnknownSetting):
        setting("tests.no_such_thing")


def test_the_same_key_is_not_declared_twice_otherwise(told: Declared) -> None:
    assert declare_setting(KEY, 25, kind=Kind.WHOLE, area="tests", label="Rows") is not None
    with pytest.raises(TwiceDeclared):
        declare_setting(KEY, 26, kind=Kind.WHOLE, area="tests", label="Rows")


def test_a_setting_that_is_shown_has_a_label() -> None:
    with pytest.raises(ValueError, match="label"):
        declare_setting("tests.without_words", "", kind=Kind.TEXT)


@pytest.mark.parametrize(("typed", "read"), [("1", 1), ("500", 500), (" 12 ", 12)])
def test_reads_a_whole_number_within_its_bounds(told: Declared, typed: str, read: int) -> None:
    assert read_value(told, typed) == read


@pytest.mark.parametrize("typed", ["", "0", "501", "-1", "abc", "1e3", "9" * 40, "١٢"])
def test_refuses_a_number_out_of_bounds_with_a_sentence(told: Declared, typed: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_value(told, typed)
    assert "500" in str(refused.value)


def test_words_stand_one_a_line_and_once() -> None:
    told = Declared("tests.words", [], Kind.WORDS, "Words")
    assert read_value(told, "zip\r\n\r\nexe\nzip ") == ["zip", "exe"]
    assert shown_value(told, ["zip", "exe"]) == "zip\nexe"


@pytest.mark.parametrize("typed", ["crm", "ftp://a", "https://a/b?c", "https://a/b"])
def test_an_origin_is_a_bare_address(typed: str) -> None:
    with pytest.raises(BadSetting):
        read_value(Declared("tests.origin", "", Kind.ORIGIN, "Address"), typed)


def test_tells_its_past_and_goes_back_to_any_value(told: Declared, cast: Cast) -> None:
    admin = cast.actor("admin")
    for value in (30, 40):
        with transaction.atomic():
            keep_setting(KEY, value, actor=admin)

    past = changes_of(told)
    assert [(each.value, each.who) for each in past] == [(40, "Bùi Anh Tú"), (30, "Bùi Anh Tú")]

    with transaction.atomic():
        restore_value(told, past[1].entry, actor=admin, version=2)
    assert setting(KEY) == 30
    with transaction.atomic():
        restore_value(told, DEFAULT, actor=admin, version=3)
    assert setting(KEY) == 25


def test_a_stale_version_changes_nothing(told: Declared, cast: Cast) -> None:
    admin = cast.actor("admin")
    with transaction.atomic():
        keep_setting(KEY, 30, actor=admin, version=0)

    with pytest.raises(SettingMoved), transaction.atomic():
        keep_setting(KEY, 99, actor=admin, version=0)

    assert setting(KEY) == 30
    assert len(changes_of(told)) == 1


def test_what_was_saved_together_is_taken_back_together(told: Declared, cast: Cast) -> None:
    admin = cast.actor("admin")
    with transaction.atomic():
        keep_setting(KEY, 30, actor=admin, operation_id=7_000_000)
        keep_setting("company.name", "Công ty Một", actor=admin, operation_id=7_000_000)

    with transaction.atomic():
        keys = undo_together(7_000_000, actor=admin)

    assert set(keys) == {KEY, "company.name"}
    assert (setting(KEY), setting("company.name")) == (25, "")
