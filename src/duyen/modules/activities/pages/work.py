"""The work of each day: overdue, today, tomorrow, this week, later, on no day; mine or the team's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.fields import Option
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named, known_names
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.foundation.org.calendars import working_times_of_units
from duyen.kernel.clock import ZONE, now
from duyen.kernel.dates import show_date
from duyen.kernel.day_grid import days_from, monday_of
from duyen.modules.activities import agenda, worklist
from duyen.modules.activities.agenda import Colleague
from duyen.modules.activities.choices import KINDS, PRIORITIES
from duyen.modules.activities.pages.looks import ICONS, fullness, label_of
from duyen.modules.activities.words import Priority
from duyen.modules.activities.worklist import WORK, Asked, Group, Load, Work
from duyen.surfaces.web import calendars
from duyen.surfaces.web.fragments import page_or_block, render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "activities/work.html"
ADDRESS = "/tasks/days"
TEAM = "team"
#: The part of the page that the last row asks for.
_NEXT = "work-more"
_WORKED = frozenset(each.value for each in WORK)


@dataclass(frozen=True)
class Shown:
    """Which work the page shows."""

    who: str = ""
    person: int | None = None
    kind: str = ""
    priority: str = ""
    about: str = ""
    after: str = ""
    last: str = ""

    @property
    def is_team(self) -> bool:
        return self.who == TEAM

    def url(self, **other: object) -> str:
        told = {**self.__dict__, "after": "", "last": "", **other}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"{ADDRESS}?{query}" if query else ADDRESS


@dataclass(frozen=True)
class Line:
    """One thing to do as a row."""

    id: int
    subject: str
    text: str
    url: str
    icon: str
    due: str
    is_late: bool
    is_high: bool
    owner: str
    finish_url: str
    menu_url: str
    drag: str
    version: int


@dataclass(frozen=True)
class Day:
    """One group of rows; a page that goes on inside a group repeats no head."""

    label: str
    count: int
    is_late: bool
    lines: Sequence[Line]


@dataclass(frozen=True)
class Member:
    """Somebody of the team with how much she has."""

    id: int
    name: str
    note: str
    url: str
    is_current: bool
    load: object
    late: str


def asked(query: Mapping[str, str]) -> Shown:
    """Read what an address asks for; what it does not say right is left out."""
    kind, priority, about = query.get("kind", ""), query.get("priority", ""), query.get("about", "")
    name, _colon, number = about.partition(":")
    return Shown(
        who=TEAM if query.get("who") == TEAM else "",
        person=number_in(query.get("person", "")),
        kind=kind if kind in _WORKED else "",
        priority=priority if priority in {each.value for each in Priority} else "",
        about=about if name in known_names() and number_in(number) is not None else "",
        after=query.get("after", "")[:60],
        last=query.get("last", "")[:12],
    )


def asked_back(address: str) -> Shown:
    """Read which list stood behind an address that was sent along."""
    path, _mark, query = address.partition("?")
    return asked(QueryDict(query).dict() if path == ADDRESS else {})


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the work day by day."""
    if not request.actor.may("activities", READ):
        raise NotAllowed(why=_("your role gives no right to activities."))
    shown = asked(request.GET.dict())
    htmx: Any = getattr(request, "htmx", None)
    if is_fragment(request) and htmx.target == _NEXT:
        return HttpResponse(render_block(request, TEMPLATE, "rows", context_of(request, shown)))
    return page_or_block(request, TEMPLATE, "work", context_of(request, shown))


def drawn(request: ActorRequest, shown: Shown) -> str:
    """Draw the list alone, as it stands now."""
    return render_block(request, TEMPLATE, "work", context_of(request, shown))


def context_of(request: ActorRequest, shown: Shown) -> dict[str, Any]:
    """Gather what the page shows."""
    actor, moment = request.actor, now()
    team = _team(actor, shown)
    people = [each.id for each in team] if shown.is_team else [actor.user_id or 0]
    if shown.is_team and shown.person is not None:
        if shown.person not in people:
            raise NotFound
        people = [shown.person]
    what = Asked(
        people,
        kinds=[shown.kind] if shown.kind else (),
        priority=shown.priority,
        about=_ref(shown.about),
    )
    found = worklist.page_of(actor, what, now=moment, after=shown.after)
    counts = worklist.count_of(actor, what, now=moment)
    names = {each.id: each.name for each in team}
    last = found.work[-1].group if found.work else ""
    return {
        "days": _days(actor, shown, found.work, counts, names, moment),
        "next_url": shown.url(after=found.after, last=last) if found.after else "",
        "total": sum(counts.values()),
        "late": counts[Group.OVERDUE],
        "today": counts[Group.TODAY],
        "is_narrowed": bool(shown.kind or shown.priority or shown.about),
        "views": [
            {"label": _("Mine"), "url": shown.url(who="", person=None), "is_pressed": not shown.is_team},
            {"label": pgettext("calendar", "Team"), "url": shown.url(who=TEAM), "is_pressed": shown.is_team},
        ],
        "kinds": _choices(_("All kinds"), "kind", shown, [each for each in KINDS if each.code in _WORKED]),
        "kind_label": next((each.label for each in KINDS if each.code == shown.kind), _("All kinds")),
        "priorities": _choices(_("All priorities"), "priority", shown, list(PRIORITIES)),
        "priority_label": next(
            (each.label for each in PRIORITIES if each.code == shown.priority), _("All priorities")
        ),
        "about": _about(actor, shown),
        "clear_url": shown.url(kind="", priority="", about=""),
        "members": _members(actor, shown, team, moment) if shown.is_team else [],
        "everybody_url": shown.url(person=None) if shown.person is not None else "",
        "is_team": shown.is_team,
        "here": shown.url(),
        "may_create": actor.may("tasks", CREATE),
        "add_url": f"{ADDRESS}/add",
        "move_url": ADDRESS,
        "crumbs": [Crumb(_("Work to do"))],
    }


def _choices(every: str, name: str, shown: Shown, options: Sequence[Option]) -> list[dict[str, object]]:
    """List what one can choose of, with the choice of all first."""
    chosen = getattr(shown, name)
    offered: list[tuple[str, object]] = [("", every), *((each.code, each.label) for each in options)]
    return [
        {"label": label, "url": shown.url(**{name: code}), "is_current": code == chosen}
        for code, label in offered
    ]


def _team(actor: Actor, shown: Shown) -> list[Colleague]:
    if not shown.is_team:
        return []
    return [each for each, _place in agenda.colleagues(actor)[: agenda.MOST_PEOPLE]]


def _ref(text: str) -> tuple[str, int] | None:
    name, _colon, number = text.partition(":")
    return (name, int(number)) if name and number else None


def _about(actor: Actor, shown: Shown) -> dict[str, str] | None:
    """Name the record about which work is asked for, as far as the reader may know it."""
    ref = _ref(shown.about)
    if ref is None:
        return None
    entity = entity_named(ref[0])
    found = labels(actor, entity, [ref[1]]).get(ref[1])
    return {
        "label": str(entity.label),
        "name": found.label if found and found.is_open else _("a record that is not open to you"),
        "remove_url": shown.url(about=""),
    }


def _days(
    actor: Actor,
    shown: Shown,
    work: Sequence[Work],
    counts: Mapping[Group, int],
    names: Mapping[int, str],
    moment: dt.datetime,
) -> list[Day]:
    parties = {each.party_id for each in work if each.party_id is not None}
    # Never an empty list: an empty page asks as often as a full one.
    found = labels(actor, entity_named("customers"), parties or {0})
    known = {number: each.label for number, each in found.items() if each.is_open}
    days = []
    for group, rows in groupby(work, key=lambda each: each.group):
        is_new = group != shown.last
        days.append(
            Day(
                label=group_label(group) if is_new else "",
                count=counts[group],
                is_late=group is Group.OVERDUE,
                lines=[_line(each, shown, known, names, moment) for each in rows],
            )
        )
    return days


def _line(
    each: Work, shown: Shown, parties: Mapping[int, str], names: Mapping[int, str], moment: dt.datetime
) -> Line:
    told = [parties.get(each.party_id or 0, ""), each.place]
    return Line(
        id=each.id,
        subject=each.subject or label_of(each.kind),
        text=" · ".join(part for part in told if part),
        url=record_url(entity_named("activities"), each.id),
        icon=ICONS[each.kind],
        due=due_in_words(each.due, now=moment),
        is_late=each.group is Group.OVERDUE,
        is_high=each.priority is Priority.HIGH,
        owner=names.get(each.owner_id or 0, "") if shown.is_team else "",
        finish_url=f"{ADDRESS}/{each.id}/finish" if each.may_change else "",
        menu_url=f"{ADDRESS}/{each.id}/menu" if each.may_change or each.may_hand_over else "",
        drag="task" if shown.is_team and each.may_hand_over else "",
        version=each.version,
    )


def group_label(group: Group) -> str:
    """Name a group."""
    return {
        Group.OVERDUE: _("Overdue"),
        Group.TODAY: _("Today"),
        Group.TOMORROW: _("Tomorrow"),
        Group.THIS_WEEK: _("This week"),
        Group.LATER: pgettext("due", "Later"),
        Group.NONE: _("No due date"),
    }[group]


def due_in_words(due: dt.datetime | None, *, now: dt.datetime) -> str:
    """Say when something is due: 09:30 today, with its weekday this week, by its distance when it is late."""
    if due is None:
        return ""
    local, here = due.astimezone(ZONE), now.astimezone(ZONE)
    days = (local.date() - here.date()).days
    if days < 0:
        return ngettext("%(count)s day overdue", "%(count)s days overdue", -days) % {"count": -days}
    if days in (0, 1):
        return f"{local:%H:%M}"
    if days < 7:
        return f"{calendars.short_weekdays()[local.weekday()]} {local:%d/%m %H:%M}"
    return show_date(local.date())


def _members(actor: Actor, shown: Shown, team: Sequence[Colleague], moment: dt.datetime) -> list[Member]:
    loads = worklist.load_of(actor, [each.id for each in team], now=moment)
    hours = working_times_of_units(sorted({each.unit_id or 0 for each in team}))
    week = days_from(monday_of(moment.astimezone(ZONE).date()), 7)
    found = []
    for each in team:
        load = loads.get(each.id, Load())
        late = ngettext("%(count)s overdue", "%(count)s overdue", load.overdue) % {"count": load.overdue}
        found.append(
            Member(
                id=each.id,
                name=each.name,
                note=ngettext("%(count)s open", "%(count)s open", load.open) % {"count": load.open},
                url=shown.url(person=each.id),
                is_current=each.id == shown.person,
                load=fullness(load, week, hours[each.unit_id or 0]),
                late=late if load.overdue else "",
            )
        )
    return found
