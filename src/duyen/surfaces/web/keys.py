"""The keyboard shortcuts: one table that help shows, and the single keys that a reader may turn off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from duyen.foundation.org.keyboard import ALL, change_keys
from duyen.surfaces.web.context import creatable, navigation
from duyen.surfaces.web.fragments import page_or_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "help_keys.html"


@dataclass(frozen=True)
class KeyRow:
    """Keys, and what they do.

    `single` holds those among them that work without Ctrl and Alt, one sign each: what a reader can turn
    off. crm.js asks for the same sign before it acts, so a key listed here needs nothing else.
    """

    keys: tuple[str, ...]
    text: object
    single: str = ""


@dataclass(frozen=True)
class KeyGroup:
    """Keys of one place."""

    label: object
    rows: Sequence[KeyRow]


EVERYWHERE = KeyGroup(
    _("Everywhere"),
    (
        KeyRow(("Ctrl", "K"), _("Search, jump, give a command")),
        KeyRow(("C",), _("Create; then the letter shown in the menu"), single="c"),
        KeyRow(("G",), _("Go to a page; then its letter, below"), single="g"),
        KeyRow(("N",), _("Show the newest notices"), single="n"),
        KeyRow(("?",), _("Show this list"), single="?"),
        KeyRow(("Ctrl", "↵"), _("Send the form")),
        KeyRow(("Ctrl", "Z"), _("Undo, as long as the message stands")),
        KeyRow(("Esc",), _("Close, cancel")),
    ),
)
IN_A_LIST = KeyGroup(
    _("In a list"),
    (
        KeyRow(("/",), _("Search in the list"), single="/"),
        KeyRow(("↓",), _("From the search to the rows")),
        KeyRow(("F",), _("Add a filter"), single="f"),
        KeyRow(("J", "K"), _("Next row, previous row"), single="jk"),
        KeyRow(("X",), _("Select the row, or no longer"), single="x"),
        KeyRow(("Shift", "X"), _("Select all rows from the last selected to this one")),
        KeyRow(("↵",), _("Open the row")),
        KeyRow(("E",), _("Edit the first cell that can be edited"), single="e"),
        KeyRow(("L",), _("Log a call with the row"), single="l"),
        KeyRow(("F2",), _("Edit the cell")),
        KeyRow(("↑", "↓", "←", "→"), _("From cell to cell")),
        KeyRow(("Tab",), _("Save the cell and edit the next one")),
        KeyRow(("Esc",), _("Cancel the edit, or select nothing")),
    ),
)
ON_A_BOARD = KeyGroup(
    _("On a board"),
    (
        KeyRow(("↑", "↓", "←", "→"), _("From card to card")),
        KeyRow(("Shift", "→"), _("Move the card into the next lane; with ← into the one before")),
        KeyRow(("M",), _("Choose the lane for the card"), single="m"),
        KeyRow(("Esc",), _("Let go of a card that is being dragged")),
    ),
)
ON_A_RECORD = KeyGroup(
    _("On a record"),
    (
        KeyRow(("E",), _("Edit"), single="e"),
        KeyRow(("L",), _("Log a call: a digit says what came of it, Enter saves"), single="l"),
        KeyRow(("W",), _("Watch it, or no longer"), single="w"),
    ),
)
IN_THE_CALENDAR = KeyGroup(
    _("In the calendar"),
    (
        KeyRow(("K", "J"), _("Earlier, later"), single="jk"),
        KeyRow(("T",), _("Today"), single="t"),
        KeyRow(("Alt", "↑", "↓"), _("Move what has the focus by a quarter of an hour")),
        KeyRow(("Alt", "←", "→"), _("Move it by a day")),
        KeyRow(("Alt", "Shift", "↑", "↓"), _("Make it shorter or longer")),
        KeyRow(("Esc",), _("Give up a drag")),
    ),
)
IN_A_FORM = KeyGroup(
    _("In a form"),
    (
        KeyRow(("Ctrl", "↵"), _("Send the form")),
        KeyRow(("Esc",), _("Close, cancel")),
    ),
)
IN_THE_PALETTE = KeyGroup(
    _("In the search box (Ctrl+K)"),
    (
        KeyRow(("↑", "↓"), _("Choose")),
        KeyRow(("Home", "End"), _("The first, the last")),
        KeyRow(("↵",), _("Open")),
        KeyRow(("Ctrl", "↵"), _("Open in a new tab")),
        KeyRow((">",), _("Commands alone, when it is typed first")),
    ),
)


#: By the names under which guides speak of them.
_NAMED = {
    "everywhere": EVERYWHERE,
    "list": IN_A_LIST,
    "record": ON_A_RECORD,
    "form": IN_A_FORM,
    "calendar": IN_THE_CALENDAR,
    "palette": IN_THE_PALETTE,
}


def groups_called(names: Iterable[str], *, off: str = "") -> list[KeyGroup]:
    """Give groups of keys by name, without the single keys that a reader turned off. Raises KeyError."""
    groups = [_NAMED[name] for name in names]
    if not off:
        return groups
    held = _singles(groups) if off == ALL else set(off.split())
    return [KeyGroup(each.label, [row for row in each.rows if not held & set(row.single)]) for each in groups]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def keys(request: ActorRequest) -> HttpResponse:
    """Show the shortcuts, and keep which single keys the reader turned off."""
    if request.method != "POST":
        return _shown(request, request.user.keys_off)
    user = change_keys(_turned_off(request), actor=request.actor)
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect("/help/keys")
    response = _shown(request, user.keys_off, block="choice")
    trigger_client_event(response, "keys", {"off": user.keys_off})
    said = gettext("Your keys are saved.")
    return trigger_client_event(response, "toast", {"text": said, "tone": "green"})


def _turned_off(request: HttpRequest) -> set[str]:
    """Read the form: a switch that is on is sent, one that is off is not."""
    if "all" not in request.POST:
        return {ALL}
    on = "".join(request.POST.getlist("on"))
    return {sign for sign in _singles(_static()) if sign not in on}


def _shown(request: ActorRequest, off: str, *, block: str = "keys") -> HttpResponse:
    groups = [
        EVERYWHERE,
        *_letters(request),
        IN_A_LIST,
        ON_A_BOARD,
        ON_A_RECORD,
        IN_THE_CALENDAR,
        IN_THE_PALETTE,
    ]
    held = _singles(_static()) if off == ALL else set(off.split())
    context = {
        "groups": groups,
        "switches": _switches(held),
        "is_on": off != ALL,
        "is_chosen": bool(off),
        "off": held,
        "crumbs": [Crumb(_("Keyboard shortcuts"))],
    }
    return page_or_block(request, TEMPLATE, block, context)


def _letters(request: ActorRequest) -> Iterable[KeyGroup]:
    """List where G leads and what C creates, for this reader."""
    to = [item for group in navigation(request.actor, "") for item in group.items if item.key]
    made = [each for each in creatable(request.actor) if each.key]
    yield KeyGroup(_("Go to"), [KeyRow(("G", each.key.upper()), each.label, single="g") for each in to])
    if made:
        rows = [KeyRow(("C", each.key.upper()), each.label, single="c") for each in made]
        yield KeyGroup(_("Create"), rows)


@dataclass(frozen=True)
class Switch:
    """One row of the choice: keys that are turned on and off together."""

    keys: tuple[str, ...]
    text: object
    single: str
    is_on: bool


def _switches(off: set[str]) -> list[Switch]:
    """List every single key once; E does the same in a list and on a record."""
    found: dict[str, Switch] = {}
    for row in (row for group in _static() for row in group.rows if row.single):
        is_on = not off & set(row.single)
        found.setdefault(row.single, Switch(row.keys, row.text, row.single, is_on))
    return list(found.values())


def _static() -> tuple[KeyGroup, ...]:
    return (EVERYWHERE, IN_A_LIST, ON_A_BOARD, ON_A_RECORD, IN_THE_CALENDAR)


def _singles(groups: Iterable[KeyGroup]) -> set[str]:
    return {sign for group in groups for row in group.rows for sign in row.single}
