"""Draw the rows of a list in one pass outside the template: fifty rows are drawn on every page.

Each column is given its drawing function once per page; functions keep what repeats (badges, people).
Attributes of one plain word stand without quotes, and end tags of cells and rows go without saying, as HTML
allows: either makes two kilobytes of the sixty of a page of fifty rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from duyen.entities.custom.kinds import OwnDecimal
from duyen.entities.derived.pending import Pending, pending_of
from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Addresses,
    Amount,
    Choice,
    Day,
    Emails,
    Field,
    Flag,
    Link,
    Moment,
    Percent,
    Phones,
    Records,
    Whole,
    show_address,
)
from duyen.entities.labels import Linked
from duyen.entities.marking import marks_of, warned_for
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, HAND_OVER, FieldLevel
from duyen.kernel import dates
from duyen.kernel.clock import ZONE
from duyen.surfaces.web.pages.shown import NOTHING, badge, mark_of, plain, recomputing, shown_link

Row = Mapping[str, Any]
#: So many letters fit into every column; longer words are cut by the style sheet and shown whole on pointing.
_FIT = 18
#: What stands under each other by its digits.
_FIGURES = (Day, Moment, Whole, OwnDecimal, Amount, Percent)
#: Gives the inside of one cell.
Draw = Callable[[Row], str]
#: Gives the circle of a row, which has a name.
Circle = Callable[[Row, str], str]


def places_on_phone(entity: Entity, columns: Sequence[Field]) -> dict[str, str]:
    """Say which columns stand on the two lines of a phone.

    Beside the name stands a badge or words; below them the phone numbers, other words or whom the record
    belongs to, and at the end what comes last.
    """
    rest = [each for each in columns if each.name != entity.title]
    marks = [each for each in rest if isinstance(each, Choice) and each.badge]
    words = [each for each in rest if each not in marks and not isinstance(each, (Link, Flag))]
    ties = [each for each in rest if isinstance(each, Link) and each.columns[0] not in _keepers(entity)]
    short = [each for each in words if not isinstance(each, Addresses)]
    beside = (marks or short or words)[:1]
    below = [each for each in ((words[:-1] or ties) if marks else [*ties, *words[:-1]]) if each not in beside]
    below.sort(key=lambda each: not isinstance(each, Phones))
    places = {each.name: "m-3" for each in words[-1:]}
    places |= {each.name: "m-2" for each in (below or words)[:1]}
    return places | {each.name: "m-1" for each in beside}


def _keepers(entity: Entity) -> tuple[str, str]:
    """Name the columns of those who keep a record: on a phone other links tell more."""
    return (entity.scope.owner, entity.scope.unit)


def draw_rows(
    entity: Entity,
    columns: Sequence[Field],
    rows: Iterable[Row],
    *,
    linked: Linked,
    actor: Actor,
    selects: bool = False,
    ticks: bool = False,
) -> Markup:
    """Draw the rows of a list under each other, as `draw_each` draws them."""
    drawn = draw_each(entity, columns, rows, linked=linked, actor=actor, selects=selects, ticks=ticks)
    return Markup("").join(drawn)


def draw_each(
    entity: Entity,
    columns: Sequence[Field],
    rows: Iterable[Row],
    *,
    linked: Linked,
    actor: Actor,
    selects: bool = False,
    ticks: bool = False,
) -> list[Markup]:
    """Draw each row of a list with its name, its columns and its menu.

    Where one selects they have a box; `ticks` gives a circle by which work is ticked off, where the kind
    has one.
    """
    places = places_on_phone(entity, columns)
    rows = list(rows)
    pending = pending_of(columns, [row["id"] for row in rows])
    title = entity.field(entity.title).columns[0]
    cells: list[tuple[str, Draw]] = [
        (_opening(places.get(each.name, ""), each), _marked(each, drawing(each, linked, actor), pending))
        for each in columns
        if each.name != entity.title
    ]
    base = f"/{entity.name}/"
    # grid.js puts the button in, which is nothing without a script.
    menu = "<td class=acts>\n"
    shut, box = _shut(entity, actor), _box() if selects else _no_box
    circle = _circle(entity, actor) if ticks else None
    warn = _warnings(entity, actor, rows)
    return [
        Markup(  # noqa: S704  every part is escaped where it is drawn
            f'<tr id="row-{row["id"]}"{shut(row)}>{box(row, title)}'
            f"{_name(base, row, str(row[title] or '—'), circle, warn(row))}"
            + "".join([f"{opening}{draw(row)}" for opening, draw in cells])
            + menu
        )
        for row in rows
    ]


def _shut(entity: Entity, actor: Actor) -> Draw:
    """Mark the rows that the reader may not change or not give away: grid.js opens no editor there."""
    change, move = (actor.scope(entity.name, verb) for verb in (CHANGE, HAND_OVER))
    is_never_moved = move.everything or move.is_empty  # without the right to move, no such column is open
    if entity.scope.is_company_wide or change.is_empty or (change.everything and is_never_moved):
        return lambda _row: ""
    owner, unit = entity.scope.owner, entity.scope.unit

    def shut(row: Row) -> str:
        place = {
            "record_id": row["id"],
            "owner_id": row.get(owner) if owner else None,
            "unit_id": row.get(unit) if unit else None,
        }
        if not change.covers(**place):
            return " data-shut"
        return "" if is_never_moved or move.covers(**place) else ' data-shut="owner unit"'

    return shut


def _box() -> Callable[[Row, str], str]:
    """Draw the box by which a row is selected; it sends the version that the reader sees."""
    start, end = (escape(part) for part in _("Select %(name)s").split("%(name)s"))

    def box(row: Row, title: str) -> str:
        value, name = f"{row['id']}.{row['version']}", escape(row[title] or "—")
        return (
            f"<td class=pin><input type=checkbox class=check name=ids value={value} form=bulk "
            f'aria-label="{start}{name}{end}"></td>'
        )

    return box


def _no_box(_row: Row, _title: str) -> str:
    return ""


def _opening(place: str, field: Field) -> str:
    classes = f"{place} num".strip() if isinstance(field, _FIGURES) else place
    return f'<td class="{classes}">' if " " in classes else f"<td class={classes}>" if classes else "<td>"


def _warnings(entity: Entity, actor: Actor, rows: Sequence[Row]) -> Draw:
    """Draw the short words of what warns of a row; cards and record pages say more."""
    words = {
        each.code: f"<span class=badge data-tone={each.tone}>{escape(each.word)}</span>"
        for each in warned_for(entity, actor)
    }
    marks = marks_of(entity, actor, rows) if words else {}

    def warnings(row: Row) -> str:
        codes = dict.fromkeys(each.code for each in marks.get(row["id"], ()))
        return "".join(words.get(code, "") for code in codes)

    return warnings


def _name(base: str, row: Row, name: str, circle: Circle | None, warnings: str) -> str:
    mark = "" if circle else f'<span class="avatar sm sq" {mark_of(name)}</span>'
    named = f"{mark}<span class=ell>{escape(name)}</span>{warnings}"
    return (
        f"<td class=name><a class=row href={base}{row['id']}>{named}</a>"
        f"{circle(row, name) if circle else ''}</td>"
    )


def _circle(entity: Entity, actor: Actor) -> Circle | None:
    """Draw the circle by which a row is ticked off; grid.js opens what it asks in the dialog."""
    life = entity.lifecycle
    command = life.tick if life else None
    if life is None or command is None or entity.level(actor, life.column) is FieldLevel.HIDDEN:
        return None
    scope, owner, unit = actor.scope(entity.name, command.needs), entity.scope.owner, entity.scope.unit
    said = f"{command.label} “%s”"

    def circle(row: Row, name: str) -> str:
        state = row[life.column]
        if state == command.to:
            return '<span class="tick done"></span>'
        place = {"owner_id": row.get(owner) if owner else None, "unit_id": row.get(unit) if unit else None}
        if state not in command.from_ or not scope.covers(record_id=row["id"], **place):
            return '<span class="tick off"></span>'
        label, address = escape(said % name), f"/{entity.name}/{row['id']}/{command.verb}"
        return f'<a class=tick href={address} aria-label="{label}"></a>'

    return circle


def drawing(field: Field, linked: Linked, actor: Actor) -> Draw:
    """Give the function that draws one field of a row, kept short for a list or a card."""
    if isinstance(field, Choice):
        return _choice(field)
    if isinstance(field, Link):
        return _link(field, linked, actor)
    if isinstance(field, Records):
        return _records(field, linked)
    if isinstance(field, (Phones, Emails)):
        return _points(field)
    if isinstance(field, Addresses):
        return lambda row: _cut(show_address(field.load(row)[0]) if field.load(row) else "")
    if isinstance(field, Moment) and not field.is_own:
        nothing = escape(field.nothing or NOTHING)
        return lambda row: _day(field.load(row)) or nothing
    if isinstance(field, Flag):
        yes = escape(_("Yes"))
        return lambda row: yes if field.load(row) else NOTHING
    return lambda row: _cut(field.show(field.load(row)))


def _marked(field: Field, draw: Draw, pending: Pending) -> Draw:
    """Say beside values that are being worked out again that they may be earlier ones."""
    if field.name not in pending.everywhere and field.name not in pending.records:
        return draw
    mark = recomputing()
    return lambda row: f"{draw(row)} {mark}" if pending.has(field.name, row["id"]) else draw(row)


def _cut(text: str) -> str:
    if not text or text == "—":
        return NOTHING
    return f"<span class=ell>{escape(text)}</span>" if len(text) > _FIT else escape(text)


def _day(moment: dt.datetime | None) -> str:
    return dates.show_date(moment.astimezone(ZONE).date()) if moment else ""


def _choice(field: Choice) -> Draw:
    column = field.columns[0]
    words: dict[str, str] = {"": NOTHING}
    for code, option in field.held.by_code.items():
        words[code] = badge(field, code) if field.badge else _cut(str(option.label))
    return lambda row: words.get(row[column] or "", NOTHING)


def _link(field: Link, linked: Linked, actor: Actor) -> Draw:
    column = field.columns[0]
    drawn: dict[int | None, str] = {}

    def draw(row: Row) -> str:
        value = row[column]
        if value not in drawn:
            drawn[value] = shown_link(field, value, linked, actor, kind="quiet")
        return drawn[value]

    return draw


def _records(field: Records, linked: Linked) -> Draw:
    """Name the first of several records, and tell how many more there are."""

    def draw(row: Row) -> str:
        values = field.load(row)
        if not values:
            return NOTHING
        more = f" <span class=mute>+{len(values) - 1}</span>" if len(values) > 1 else ""
        return f"{_cut(plain(field, values[:1], linked))}{more}"

    return draw


def _points(field: Phones | Emails) -> Draw:
    def draw(row: Row) -> str:
        values = row[field.columns[0]]
        if not values:
            return NOTHING
        first = escape(field.show_one(values[0]))
        to = f"tel:{escape(values[0])}" if isinstance(field, Phones) else f'"mailto:{escape(values[0])}"'
        more = f" <span class=mute>+{len(values) - 1}</span>" if len(values) > 1 else ""
        return f"<a href={to}>{first}</a>{more}"

    return draw
