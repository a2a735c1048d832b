"""Show the keyboard shortcuts, in a dialog or as a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from duyen.surfaces.web.fragments import page_or_block
from duyen.surfaces.web.shell import Crumb


@dataclass(frozen=True)
class KeyRow:
    """Keys, and what they do."""

    keys: tuple[str, ...]
    text: object


@dataclass(frozen=True)
class KeyGroup:
    """Keys of one place."""

    label: object
    rows: tuple[KeyRow, ...]


GROUPS = (
    KeyGroup(
        _("Everywhere"),
        (
            KeyRow(("Ctrl", "K"), _("Search, jump, give a command")),
            KeyRow(("C",), _("Create; then the letter shown in the menu")),
            KeyRow(("G", "H"), _("Go to the start page")),
            KeyRow(("G", "K"), _("Go to the customers")),
            KeyRow(("Ctrl", "↵"), _("Send the form")),
            KeyRow(("Esc",), _("Close, cancel")),
            KeyRow(("?",), _("Show this list")),
        ),
    ),
    KeyGroup(
        _("In a list"),
        (
            KeyRow(("/",), _("Search in the list")),
            KeyRow(("F",), _("Add a filter")),
            KeyRow(("J", "K"), _("Next row, previous row")),
            KeyRow(("↵",), _("Open the row")),
        ),
    ),
    KeyGroup(_("On a record"), (KeyRow(("E",), _("Edit")),)),
)


def keys(request: HttpRequest) -> HttpResponse:
    """Show the shortcuts."""
    context = {"groups": GROUPS, "crumbs": [Crumb(_("Keyboard shortcuts"))]}
    return page_or_block(request, "help_keys.html", "keys", context)
