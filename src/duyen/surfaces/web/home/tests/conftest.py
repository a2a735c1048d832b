"""What the tests of the start page share with those of the derived pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from duyen.kernel import clock
from duyen.surfaces.web.pages.tests.conftest import browser_of, make_customer, make_customers

__all__ = ["browser_of", "make_customer", "make_customers"]

MONDAY = dt.datetime(2026, 11, 23, 8, tzinfo=clock.ZONE)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    """Let it be one Monday morning for all of a test, the stage included."""
    with clock.stopped(MONDAY):
        yield
