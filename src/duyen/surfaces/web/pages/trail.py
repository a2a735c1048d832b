"""The history of a record in sentences: who changed what, from what to what, when, through which door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markupsafe import Markup

from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.history import Change, HistoryPage, Step, history
from duyen.entities.labels import Linked
from duyen.entities.trail_lines import Said
from duyen.entities.undo import UNDO_DAYS, undo_right
from duyen.entities.words import MERGE, UNMERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, HAND_OVER, Door
from duyen.kernel.clock import ZONE, now
from duyen.surfaces.web.pages.addresses import account_url, record_url, undo_url
from duyen.surfaces.web.pages.shown import plain
from duyen.surfaces.web.pages.standing import is_open_to

DOORS: Mapping[str, Label] = {
    Door.WEB: gettext_lazy("on the web"),
    Door.API: gettext_lazy("through the API"),
    Door.IMPORT: gettext_lazy("by an import"),
    Door.JOB: gettext_lazy("in the background"),
    Door.CLI: gettext_lazy("on the command line"),
}
_ICONS: Mapping[str, tuple[str, str]] = {
    CREATE: ("plus", "green"),
    CHANGE: ("pencil", "blue"),
    DELETE: ("trash-2", "red"),
    HAND_OVER: ("user", "violet"),
    "restore": ("undo-2", "green"),
    "undo": ("undo-2", "amber"),
    MERGE: ("combine", "violet"),
    UNMERGE: ("undo-2", "amber"),
    "add_file": ("paperclip", "green"),
    "add_version": ("paperclip", "blue"),
    "rename_file": ("pencil", "blue"),
    "restore_version": ("undo-2", "amber"),
    "restore_file": ("undo-2", "green"),
    "delete_file": ("trash-2", "red"),
    "open_file": ("eye", "gray"),
    "scan_file": ("shield-alert", "red"),
}
_OTHER_ICON = ("arrow-right", "teal")
#: A long value is cut: the whole one stands in the record or in the next entry.
_LONGEST = 160


@dataclass(frozen=True)
class Entry:
    """One step, ready for the page."""

    id: int
    at: dt.datetime
    head: Markup
    lines: list[Markup]
    note: str
    door: Label
    icon: str
    tone: str
    undo_url: str
    more_url: str = ""


@dataclass(frozen=True)
class Day:
    """The steps of one day."""

    day: dt.date
    entries: list[Entry]


@dataclass(frozen=True)
class Told:
    """One page of a history, and the address of the next."""

    days: list[Day]
    next_url: str


def tell(
    entity: Entity, row: Mapping[str, Any], *, actor: Actor, before: int | None, limit: int = 30
) -> Told:
    """Tell one page of a record's history. Raises NotFound."""
    found = history(entity, row["id"], actor=actor, before=before, limit=limit)
    days: list[Day] = []
    for step in found.steps:
        day = step.at.astimezone(ZONE).date()
        if not days or days[-1].day != day:
            days.append(Day(day, []))
        days[-1].entries.append(_entry(entity, row, step, found, actor))
    following = record_url(entity, row["id"], tab="history") + f"&before={found.next}" if found.next else ""
    return Told(days, following)


def _entry(entity: Entity, row: Mapping[str, Any], step: Step, found: HistoryPage, actor: Actor) -> Entry:
    icon, tone = icon_of(step.verb)
    # What a new record was born with stands on the record itself.
    changes = step.changes if step.verb != CREATE else ()
    head, lines = sentences(step, changes, found.linked)
    if step.former:
        head += Markup(' <span class="mute">· {}</span>').format(step.former)
    return Entry(
        id=step.operation,
        at=step.at,
        head=head,
        lines=lines,
        note=step.note,
        door=_behalf(step, found.linked) or DOORS.get(step.door, step.door),
        icon=icon,
        tone=tone,
        undo_url="" if step.former else _undo(entity, row, step, actor),
        more_url=account_url(step.operation) if step.verb == MERGE else "",
    )


def icon_of(verb: str) -> tuple[str, str]:
    """Give the icon of a step, and its tone."""
    return _ICONS.get(verb, _OTHER_ICON)


def sentences(step: Step, changes: Sequence[Change], linked: Linked) -> tuple[Markup, list[Markup]]:
    """Say a step in a sentence, and what it changed in a line each; one changed field needs no line."""
    if len(changes) == 1 and step.verb == CHANGE:
        return _one(step, changes[0], linked), []
    return _head(step, len(changes)), [_line(change, linked) for change in changes]


def things_said(said: Sequence[Said]) -> list[Markup]:
    """Say what a step changed on something that is no record, in a line each."""
    return [_thing(each) for each in said]


def _thing(said: Said) -> Markup:
    parts: dict[str, object] = {"field": _bold(said.label), "was": _cut(said.was), "now": _cut(said.now)}
    if said.is_secret:
        return _said(_("%(field)s was changed"), parts)
    if said.was == "—":
        return _said(_("%(field)s: set to %(now)s"), parts)
    if said.now == "—":
        return _said(_("%(field)s: cleared, was %(was)s"), parts)
    return _said(_("%(field)s: from %(was)s to %(now)s"), parts)


def _behalf(step: Step, linked: Linked) -> str:
    """Say for whom a deputy acted, and through which door."""
    absent = linked.get("users", {}).get(step.on_behalf_of or 0)
    if absent is None:
        return ""
    words = {"name": absent.label, "door": DOORS.get(step.door, step.door)}
    return _("on behalf of %(name)s, %(door)s") % words


def _head(step: Step, count: int) -> Markup:
    if step.verb == CHANGE and count:
        words = ngettext("%(who)s changed %(count)s field", "%(who)s changed %(count)s fields", count)
        return _said(words, {"who": _bold(step.who), "count": count})
    return Markup("{} · {}").format(_bold(step.who), step.label)


def _one(step: Step, change: Change, linked: Linked) -> Markup:
    """Say a change of one field as one sentence."""
    parts = _parts(change, linked) | {"who": _bold(step.who)}
    if change.is_secret:
        return _said(_("%(who)s changed %(field)s"), parts)
    if parts["was"] == "—":
        return _said(_("%(who)s set %(field)s to %(now)s"), parts)
    if parts["now"] == "—":
        return _said(_("%(who)s cleared %(field)s, which was %(was)s"), parts)
    return _said(_("%(who)s changed %(field)s from %(was)s to %(now)s"), parts)


def _line(change: Change, linked: Linked) -> Markup:
    parts = _parts(change, linked)
    if change.is_secret:
        return _said(_("%(field)s was changed"), parts)
    if parts["was"] == "—":
        return _said(_("%(field)s: set to %(now)s"), parts)
    if parts["now"] == "—":
        return _said(_("%(field)s: cleared, was %(was)s"), parts)
    return _said(_("%(field)s: from %(was)s to %(now)s"), parts)


def _parts(change: Change, linked: Linked) -> dict[str, object]:
    if change.is_secret:
        return {"field": _bold(change.field.label)}
    was, now_ = (_value(change, value, linked) for value in (change.was, change.now))
    return {"field": _bold(change.field.label), "was": was, "now": now_}


def _value(change: Change, value: Any, linked: Linked) -> str | Markup:
    return _cut(plain(change.field, value, linked))


def _cut(words: str) -> str | Markup:
    if words == "—":
        return words
    cut = words if len(words) <= _LONGEST else words[:_LONGEST] + "…"
    return Markup('<span class="said">{}</span>').format(cut)


def _said(sentence: str, parts: Mapping[str, object]) -> Markup:
    """Fill a sentence of the catalogue; what is filled in is escaped unless it is markup itself."""
    return Markup(sentence) % parts  # noqa: S704


def _bold(words: object) -> Markup:
    return Markup("<b>{}</b>").format(words)


def _undo(entity: Entity, row: Mapping[str, Any], step: Step, actor: Actor) -> str:
    # A record is taken back by deleting it, which says what it does.
    right = undo_right(step.verb) if step.verb != CREATE else None
    is_young = step.at >= now() - dt.timedelta(days=UNDO_DAYS)
    is_gone = row.get("deleted_at") is not None
    if right is None or not is_young or (is_gone and step.verb != DELETE):
        return ""
    return undo_url(step.operation, row["id"]) if is_open_to(entity, actor, right, row) else ""
