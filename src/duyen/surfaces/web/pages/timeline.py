"""The timeline of a record on its page: what is pinned, what is to come, what happened, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.timelines import reading
from duyen.entities.timelines.declared import Asked, Entry, Subject
from duyen.entities.timelines.everywhere import StepTold, composer
from duyen.foundation.access.words import CREATE
from duyen.foundation.org.models import User
from duyen.kernel.clock import ZONE, today
from duyen.kernel.dates import show_date
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.shown import Drawn
from duyen.surfaces.web.pages.trail import icon_of, sentences

TIMELINE = "timeline"
TEMPLATE = "derived/timeline.html"
LABEL: Label = gettext_lazy("Timeline")
_ME = "me"


@dataclass(frozen=True)
class Choice:
    """One thing to filter by, with the address that shows it alone."""

    label: Label
    url: str
    is_chosen: bool
    icon: str = ""


@dataclass(frozen=True)
class Day:
    """Entries under one head; none where the page before began it."""

    label: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Filter:
    """What stands in the address of a timeline."""

    kinds: tuple[str, ...] = ()
    who: str = ""

    def query(self, **more: str) -> str:
        """Give the query of the address, with what is asked beside."""
        asked = {"tab": TIMELINE, "kind": ",".join(self.kinds), "who": self.who, **more}
        return urlencode({name: value for name, value in asked.items() if value})


def shown_timeline(request: ActorRequest, entity: Entity, row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the tab shows: a whole timeline, or the next page of one. Raises BadRequest."""
    actor = request.actor
    chosen = _filter(request, entity)
    asked = _asked(chosen, request)
    after = request.GET.get("after", "")
    subject = reading.subject_of(entity, row, actor=actor)
    if after:
        page = reading.timeline(subject, actor=actor, asked=asked, after=after)
    else:
        whole = reading.beginning(subject, actor=actor, asked=asked)
        page, top = whole.page, (whole.pinned, whole.ahead)
    here = record_url(entity, row["id"])
    content: dict[str, Any] = {
        "entity": entity,
        "row": row,
        "days": list(_days(page.entries, request.GET.get("day", ""))),
        "more_url": _more_url(here, chosen, page),
        "is_first": not after,
        "here": f"{here}?{chosen.query()}",
    }
    if after:
        return content
    is_filtered = bool(chosen.kinds or chosen.who)
    return content | {
        "pinned": drawn(top[0]),
        "ahead": drawn(top[1]),
        "kinds": _kind_choices(here, chosen, entity),
        "people": _people_choices(here, chosen, request, (*top[0], *top[1], *page.entries)),
        "is_filtered": is_filtered,
        "clear_url": f"{here}?{Filter().query()}" if is_filtered else "",
        "composer": _drawn_composer(request, subject),
    }


def _drawn_composer(request: ActorRequest, subject: Subject) -> Drawn | None:
    """Give the form above the timeline; none for whoever may not write, or for what lies in the bin."""
    form = composer()
    if form is None or request.actor.is_looking or subject.row.get("deleted_at") is not None:
        return None
    content = form.content(request.actor, subject.entity, subject.row, subject.around)
    return None if content is None else Drawn(LABEL, form.template, content)


def _filter(request: ActorRequest, entity: Entity) -> Filter:
    known = {kind.code for kind in reading.kinds_of(entity)}
    kinds = tuple(code for code in request.GET.get("kind", "").split(",") if code in known)
    who = request.GET.get("who", "")
    return Filter(kinds, who if who == _ME or number_in(who) else "")


def _asked(chosen: Filter, request: ActorRequest) -> Asked:
    person = request.actor.user_id if chosen.who == _ME else number_in(chosen.who)
    return Asked(frozenset(chosen.kinds), frozenset([person] if person else []))


def _more_url(here: str, chosen: Filter, page: reading.TimelinePage) -> str:
    if not page.next:
        return ""
    last = _day_of(page.entries[-1].at).isoformat() if page.entries else ""
    return f"{here}?{chosen.query(after=page.next, day=last)}"


def _kind_choices(here: str, chosen: Filter, entity: Entity) -> list[Choice]:
    """Offer all kinds, then each one; kinds that several sources tell stand once."""
    everything = Choice(_("All kinds"), f"{here}?{Filter(who=chosen.who).query()}", not chosen.kinds)
    found = {kind.code: kind for kind in reading.kinds_of(entity)}
    each = [
        Choice(
            kind.label,
            f"{here}?{Filter((kind.code,), chosen.who).query()}",
            kind.code in chosen.kinds,
            kind.icon,
        )
        for kind in found.values()
    ]
    return [everything, *each]


def _people_choices(
    here: str, chosen: Filter, request: ActorRequest, entries: Iterable[Entry]
) -> list[Choice]:
    """Offer everybody, oneself, the one who is chosen, and those whom the page names."""
    me = str(request.actor.user_id or "")
    named = {str(each.told.user_id): each.told.who for each in entries if each.told.user_id}
    if chosen.who.isdigit() and chosen.who not in named:
        found = User.objects.filter(pk=int(chosen.who)).order_by("pk").values_list("full_name", flat=True)
        named |= dict.fromkeys([chosen.who] if found else [], next(iter(found), ""))
    named.pop(me, None)
    options = [("", _("Everybody")), (_ME, _("Me"))]
    options += sorted(named.items(), key=lambda pair: pair[1])
    return [
        Choice(label, f"{here}?{Filter(chosen.kinds, who).query()}", chosen.who == who)
        for who, label in options
    ]


def _days(entries: Sequence[Entry], told: str) -> Iterable[Day]:
    """Part the entries by their day; the day `told` has its head on the page before."""
    days: dict[dt.date, list[Entry]] = {}
    for entry in drawn(entries):
        days.setdefault(_day_of(entry.at), []).append(entry)
    for day, found in days.items():
        yield Day("" if day.isoformat() == told else _head(day), found)


def _day_of(at: dt.datetime) -> dt.date:
    return at.astimezone(ZONE).date()


def _head(day: dt.date) -> str:
    distance = (today() - day).days
    words = {0: _("Today"), 1: _("Yesterday"), -1: _("Tomorrow")}
    return words.get(distance, show_date(day))


@dataclass(frozen=True)
class DrawnStep:
    """A step of the trail as the timeline says it."""

    head: Markup
    lines: Sequence[Markup]
    icon: str
    tone: str


def drawn(entries: Iterable[Entry]) -> list[Entry]:
    """Give entries ready for their templates: steps of the trail are put into sentences here."""
    return [each if not isinstance(each.told.more, StepTold) else _drawn_step(each) for each in entries]


def _drawn_step(entry: Entry) -> Entry:
    told: StepTold = entry.told.more
    step = told.step
    icon, tone = (entry.told.icon, entry.told.tone) if entry.told.icon else icon_of(step.verb)
    head, lines = sentences(step, step.changes if step.verb != CREATE else (), told.linked)
    return replace(entry, told=replace(entry.told, more=DrawnStep(head, lines, icon, tone)))
