"""What stands around the rows of a list: tabs, chips, heads with their orders, and the menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.beside import shown_fields
from duyen.entities.completeness.declaring import COLUMN
from duyen.entities.completeness.missing import is_recounted
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Field, Label
from duyen.entities.sorting import Order, field_sort, indexed, read_orders
from duyen.entities.totals import Totals
from duyen.entities.views.state import Column
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, EXPORT
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.guides.reading import Words, marked, words_of_kind
from duyen.surfaces.web.pages.addresses import import_url, list_url, new_url
from duyen.surfaces.web.pages.conditions import chips
from duyen.surfaces.web.pages.grid import grid_of
from duyen.surfaces.web.pages.list_state import Asked, opens_to
from duyen.surfaces.web.pages.shapes import ways_of
from duyen.surfaces.web.pages.state import VIEW, ListState
from duyen.surfaces.web.shell import Crumb

#: So many kept views stand side by side; the others wait in a menu.
MOST_TABS = 7


@dataclass(frozen=True)
class Head:
    """The head of one column: its word, where a click leads, how it is ordered now, how wide it is.

    `more` is the order to which a click with Shift leads at the same address.
    """

    name: str
    label: Label
    url: str = ""
    more: str = ""
    direction: str = ""
    is_number: bool = False
    is_title: bool = False
    width: str = ""
    place: str = ""


@dataclass(frozen=True)
class Choice:
    """One entry of the order menu or of the tabs."""

    label: Label
    url: str
    is_current: bool
    count_url: str = ""
    icon: str = ""


def columns_of(state: ListState, actor: Actor) -> list[tuple[Field, int]]:
    """List the fields that a list shows to its reader, each with its width; the title comes first."""
    readable = shown_fields(state.entity, actor)
    title = state.entity.title
    chosen = state.shown.columns or [Column(name) for name in state.listing.columns]
    named = {each.name: each.width for each in chosen if each.name in readable}
    order = [title, *(name for name in named if name != title)]
    return [(readable[name], named.get(name, 0)) for name in order if name in readable]


def frame(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Give what stands around the rows."""
    state = asked.state
    entity = state.entity
    columns = columns_of(state, actor)
    shown, more = tabs(asked, actor)
    return {
        "entity": entity,
        "state": state,
        "asked": asked,
        "heads": heads(state, actor, columns),
        "totals_url": state.url("totals") if any(field.total for field, _width in columns) else "",
        "has_old_scores": any(field.name == COLUMN for field, _width in columns) and is_recounted(entity),
        "is_sized": any(width for _field, width in columns),
        "tabs": shown,
        "more_tabs": more,
        "chips": chips(state, actor),
        "clear_url": state.cleared().url(),
        "taught": _taught(entity),
        "new_url": new_url(entity) if actor.may(entity.name, CREATE) else "",
        "import_url": import_url(entity) if actor.may(entity.name, CREATE) else "",
        "bin_url": f"{list_url(entity)}?bin=1" if entity.has_bin else "",
        "may_export": actor.may(entity.name, EXPORT) and not actor.is_looking,
        "list_url": list_url(entity),
        "crumbs": crumbs(state),
        "is_continued": False,
        "shapes": ways_of(state, actor),
        "within": None,
    } | grid_of(state, [field for field, _width in columns], actor)


def _taught(entity: Entity) -> Words:
    """Give what an empty list teaches: what its guide says of these records, where it says something."""
    found = words_of_kind(entity.name)
    return Words("", found.lead, [marked(each) for each in found.points]) if found else Words("", "", ())


def crumbs(state: ListState) -> list[Crumb]:
    """Say where the reader is: the entity, and the kept view or the bin."""
    entity = state.entity
    if state.in_bin:
        return [Crumb(entity.labels, list_url(entity)), Crumb(_("Bin"))]
    if state.base is not None and state.base.name:
        return [Crumb(entity.labels, list_url(entity)), Crumb(state.base.name)]
    return [Crumb(entity.labels)]


def heads(state: ListState, actor: Actor, columns: Sequence[tuple[Field, int]]) -> list[Head]:
    """Make the heads of the columns."""
    current = read_known_orders(state, actor)
    return [_head(state, current, field, width) for field, width in columns]


#: Kinds of control whose values stand under each other by their digits.
_NUMBERS = ("date", "moment", "number", "money", "decimal")


def read_known_orders(state: ListState, actor: Actor) -> list[Order]:
    """Read the orders of a state; those that are not known are the usual one."""
    try:
        return read_orders(state.entity, state.listing, actor, state.order)
    except BadRequest:
        return read_orders(state.entity, state.listing, actor, "")


def _head(state: ListState, current: Sequence[Order], field: Field, width: int) -> Head:
    """Make a head that orders by its column, and turns the order round when it does so already.

    With Shift its order is added to those that stand.
    """
    sort = field_sort(state.entity, state.listing, field)
    is_title, is_number = field.name == state.entity.title, field.widget in _NUMBERS
    wide = f"{width}px" if width else ""
    if sort is None:
        return Head(field.name, field.label, is_number=is_number, is_title=is_title, width=wide)
    stands = next((each for each in current if each.sort.name == sort.name), None)
    descending = not stands.descending if stands else sort.descending
    word = f"-{sort.name}" if descending else sort.name
    others = [_word(each) for each in current if each.sort.name != sort.name]
    added = [_word(each) if each is not stands else word for each in current]
    return Head(
        field.name,
        field.label,
        state.ordered(word).url(),
        ",".join(added if stands else [*others[:2], word]),
        _direction(stands),
        is_number,
        is_title,
        wide,
        str(current.index(stands) + 1) if stands and len(current) > 1 else "",
    )


def _word(order: Order) -> str:
    return f"-{order.sort.name}" if order.descending else order.sort.name


def _direction(order: Order | None) -> str:
    if order is None:
        return ""
    return "descending" if order.descending else "ascending"


def tabs(asked: Asked, actor: Actor) -> tuple[list[Choice], list[Choice]]:
    """Make the tabs: every declared list, the kept views, and the bin while one looks into it."""
    state = asked.state
    is_plain = not (state.base and state.base.name) and not state.in_bin
    found = []
    for listing in state.entity.lists:
        if not opens_to(listing, state.entity, actor):
            continue
        is_current = is_plain and listing is state.listing
        counted = state if is_current else state.of_list(listing)
        found.append(Choice(listing.label, state.of_list(listing).url(), is_current, counted.url("count")))
    views = [_tab_of_view(asked, each.id, each.name) for each in asked.views]
    if state.in_bin:
        found.append(Choice(_("Bin"), state.cleared().url(), is_current=True, count_url=state.url("count")))
    hidden = [each for each in views[MOST_TABS:] if not each.is_current]
    return [*found, *(each for each in views if each not in hidden)], hidden


def _tab_of_view(asked: Asked, view_id: int, name: str) -> Choice:
    state = asked.state
    is_current = bool(state.base and state.base.token == str(view_id))
    url = list_url(state.entity) + f"?{VIEW}={view_id}"
    count = state.url("count") if is_current else list_url(state.entity) + f"/count?{VIEW}={view_id}"
    return Choice(name, url, is_current, count)


def orders(state: ListState, actor: Actor) -> list[Choice]:
    """List the orders with an index behind them, in both directions."""
    current = read_known_orders(state, actor)
    found = []
    for sort in indexed(state.entity, state.listing, actor):
        for descending in (False, True):
            is_current = [(each.sort, each.descending) for each in current] == [(sort, descending)]
            arrow = "arrow-down" if descending else "arrow-up"
            url = state.ordered(f"-{sort.name}" if descending else sort.name).url()
            found.append(Choice(sort.label, url, is_current, icon=arrow))
    return found


@dataclass(frozen=True)
class TotalCell:
    """One cell of a list's last line; `span` is the number of columns below which it stands, if not one."""

    text: str
    is_number: bool = False
    span: int | None = None


def total_cells(columns: Sequence[Field], found: Totals, *, selects: bool) -> list[TotalCell]:
    """Make the last line of a list: the number of rows under the names, totals under what can be added up.

    Where one selects, the first cell stands under the boxes too.
    """
    words = so(found.number) + ("+" if found.is_more else "")
    cells = [TotalCell(_("%(number)s in all") % {"number": words}, span=2 if selects else None)]
    for field in columns[1:]:
        value = found.by_field.get(field.name)
        if value is None:
            cells.append(TotalCell(""))
        elif field.total == "average":
            shown = so(round(value))
            cells.append(TotalCell(_("Average %(value)s") % {"value": shown}, is_number=True))
        else:
            cells.append(TotalCell(field.show(value), is_number=True))
    return cells
