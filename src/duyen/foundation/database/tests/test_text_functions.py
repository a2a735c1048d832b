"""The database folds and orders names exactly as the kernel does, whatever the server's locale."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from duyen.kernel.tests.name_samples import ALL_NAMES
from duyen.kernel.text import fold, given_sort_key, sort_key

pytestmark = pytest.mark.django_db

_LETTERS = st.characters(max_codepoint=0x24FF, exclude_characters="\x00", exclude_categories=["Cs", "Cn"])


def _by_database(texts: list[str]) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT duyen_fold(t), duyen_sort_key(t), duyen_given_key(t)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, place) ORDER BY place",
            [texts],
        )
        return list(cursor.fetchall())


def _by_kernel(texts: list[str]) -> list[tuple[str, str, str]]:
    return [(fold(text), sort_key(text), given_sort_key(text)) for text in texts]


def test_agrees_with_the_kernel_on_tricky_names() -> None:
    assert _by_database(list(ALL_NAMES)) == _by_kernel(list(ALL_NAMES))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(_LETTERS, max_size=40), min_size=1, max_size=30))
def test_agrees_with_the_kernel_on_any_text(texts: list[str]) -> None:
    assert _by_database(texts) == _by_kernel(texts)


_CODES = st.text(st.one_of(st.characters(min_codepoint=32, max_codepoint=126), _LETTERS), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(_CODES, min_size=1, max_size=30))
def test_folds_what_is_plain_as_it_folds_anything(texts: list[str]) -> None:
    texts += [f" {text} " for text in texts] + [text.replace(" ", "  ") for text in texts]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT duyen_fold_codes(t) FROM unnest(%s::text[]) WITH ORDINALITY u(t, n) ORDER BY n", [texts]
        )
        folded = [row[0] for row in cursor.fetchall()]

    assert folded == [fold(text) for text in texts]


def test_orders_in_the_database_as_in_the_kernel() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT t FROM unnest(%s::text[]) AS u(t) ORDER BY duyen_sort_key(t) COLLATE "C", t COLLATE "C"',
            [list(ALL_NAMES)],
        )
        ordered = [row[0] for row in cursor.fetchall()]

    assert ordered == sorted(ALL_NAMES, key=lambda text: (sort_key(text), text.encode()))
