"""Fixtures of the page kit's tests."""

from __future__ import annotations

import pytest
from django.template.backends.jinja2 import Jinja2


@pytest.fixture
def bare_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw pages from their own context alone: the frame around them asks the database."""
    monkeypatch.setattr(Jinja2, "template_context_processors", [])
