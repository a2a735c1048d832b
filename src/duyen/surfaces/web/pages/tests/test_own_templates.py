"""An entity's own template takes the place of the derived one, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.test import Client

from duyen.surfaces.web.fragments import template_of

BrowserOf = Callable[[str], Client]
OWN = '{% extends "derived/list.html" %}{% block title %}Danh bạ riêng{% endblock %}'


@pytest.fixture
def own_list(tmp_path: Path) -> Iterator[None]:
    """Give customers a list template of their own, and let nothing remember it afterwards."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "list.html").write_text(OWN, encoding="utf-8")
    engine: Any = engines.all()[0]
    loader = engine.env.loader
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "searchpath", [*loader.searchpath, str(tmp_path)])
        template_of.cache_clear()
        yield
    template_of.cache_clear()
    engine.env.cache.clear()


def test_fills_its_own_blocks_and_keeps_the_rest(own_list: None, browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    page = client.get("/customers").content.decode()
    part = client.get("/customers", headers={"HX-Request": "true"}).content.decode()

    assert "<title>Danh bạ riêng" in page
    assert 'id="list"' in page
    assert 'id="list"' in part
    assert "<title>" not in part


def test_leaves_other_entities_with_the_derived_page(own_list: None, browser_of: BrowserOf) -> None:
    assert template_of("contacts", "list.html") == "derived/list.html"
    assert "Danh bạ riêng" not in browser_of("seller").get("/contacts").content.decode()


def test_forgets_a_template_that_is_gone(browser_of: BrowserOf) -> None:
    assert template_of("customers", "list.html") == "derived/list.html"
    assert "Danh bạ riêng" not in browser_of("seller").get("/customers").content.decode()
