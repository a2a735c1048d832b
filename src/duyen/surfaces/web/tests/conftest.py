"""Fixtures of the page kit's tests."""

from __future__ import annotations

import pytest
from django.template import engines
from django.template.backends.jinja2 import Jinja2


@pytest.fixture
def bare_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw pages from their own context alone: the frame around them asks the database."""
    bare(monkeypatch)


def bare(patch: pytest.MonkeyPatch) -> None:
    """Take the frame away, from the engine that is there and from those that changed settings make anew."""
    patch.setattr(engines.all()[0], "template_context_processors", [])
    patch.setattr(Jinja2, "template_context_processors", [])
