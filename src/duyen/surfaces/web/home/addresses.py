"""Where the start page, its parts and the suggestions stand."""

from __future__ import annotations

from urllib.parse import urlencode

from duyen.entities.home.declared import Whose
from duyen.surfaces.web.pages.addresses import HOME

FIGURES, ARRANGE, SUGGESTIONS = "/home/figures", "/home/arrange", "/suggestions"


def home_url(whose: Whose) -> str:
    """Give the address of the start page, for one's own work or the team's."""
    return f"{HOME}?whose={whose}"


def figures_url(whose: Whose) -> str:
    """Give the address of the strip of figures."""
    return f"{FIGURES}?whose={whose}"


def tile_url(name: str, whose: Whose) -> str:
    """Give the address of one tile."""
    return f"/home/tiles/{name}?whose={whose}"


def menu_url(name: str, whose: Whose) -> str:
    """Give the address of the menu that moves one tile."""
    return f"/home/tiles/{name}/menu?whose={whose}"


def arrange_url(*, role: str = "") -> str:
    """Give the address on which the page is arranged, for oneself or for a role."""
    return f"{ARRANGE}?{urlencode({'role': role})}" if role else ARRANGE


def answer_url(rule: str, record_id: int, step: str) -> str:
    """Give the address that takes, puts off or dismisses one suggestion."""
    return f"{SUGGESTIONS}/{rule}/{record_id}/{step}"
