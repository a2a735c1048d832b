"""An address that leads nowhere says so, and leads on to where its reader may go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("/settings/nothing", "/settings/fields"),
        ("/help/nothing", "/help"),
        ("/help/list/nothing", "/help"),
        ("/nowhere", "/help"),
        ("/nowhere/at/all", "/help"),
    ],
)
def test_leads_on_from_an_address_that_leads_nowhere(
    browser_of: Callable[[str], Client], address: str, way: str
) -> None:
    answer = browser_of("admin").get(address)

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Địa chỉ không dẫn tới đâu" in page
    main = page[page.index("<main") :]
    assert f'href="{way}"' in main
    assert "<nav" in page


def test_offers_no_page_that_its_reader_may_not_open(browser_of: Callable[[str], Client]) -> None:
    page = browser_of("seller").get("/settings/nothing").content.decode()

    assert "/settings/fields" not in page
    assert 'href="/help"' in page
