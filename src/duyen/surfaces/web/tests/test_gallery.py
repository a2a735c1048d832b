"""Every component draws in every state; the page is for developers only."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import RequestFactory
from pytest_django import Settings

from duyen.surfaces.web import gallery

pytestmark = pytest.mark.usefixtures("bare_pages")


def test_draws_every_component(settings: Settings) -> None:
    settings.DEBUG = True

    html = gallery.gallery(RequestFactory().get("/_ui/")).content.decode()

    assert html.count("<h1") == 1
    for landmark in ('id="main"', 'class="tbl', 'class="tl"', 'role="combobox"', 'aria-invalid="true"'):
        assert landmark in html


@pytest.mark.parametrize("part", gallery.PARTS)
def test_draws_a_part_alone(part: str, settings: Settings) -> None:
    settings.DEBUG = True

    html = gallery.part(RequestFactory().get(f"/_ui/part/{part}/"), part).content.decode()

    assert html
    assert "<html" not in html


def test_does_not_exist_outside_development(settings: Settings) -> None:
    settings.DEBUG = False

    with pytest.raises(Http404):
        gallery.gallery(RequestFactory().get("/_ui/"))
