"""An empty list teaches what it is for and how one begins, in the words of its guide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/webhooks", ["Webhook gửi tin cho một chương trình khác", "xem nhật ký, rồi mới bật"]),
        ("/special_days", ["khác với lịch thường", "<b>Làm bù</b>"]),
    ],
)
def test_teaches_an_administrator(
    browser_of: Callable[[str], Client], address: str, words: list[str]
) -> None:
    page = browser_of("admin").get(address).content.decode()

    for each in words:
        assert each in page
    assert f'href="{address}/new"' in page


def test_teaches_a_seller_without_customers(browser_of: Callable[[str], Client]) -> None:
    page = browser_of("seller").get("/customers").content.decode()

    assert '<ul class="guide">' in page
    assert 'href="/customers/new"' in page


def test_says_of_a_filter_only_that_nothing_fits(browser_of: Callable[[str], Client]) -> None:
    page = browser_of("seller").get("/customers?q=khong-co-ai").content.decode()

    assert '<ul class="guide">' not in page
