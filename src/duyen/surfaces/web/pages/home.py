"""The start page: who you are, what you can do now, your newest records, and what you opened lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities import paging
from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Field, Moment, Phones
from duyen.entities.recent import recent_records
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, FieldLevel
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date
from duyen.kernel.names import given_name
from duyen.surfaces.web.context import creatable, readable
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url, new_url, record_url
from duyen.surfaces.web.pages.found import hit_item
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.shown import badge
from duyen.surfaces.web.shell import Crumb

#: So many kinds of record stand on the page, and so many records of each.
_MOST_CARDS, _MOST_ROWS = 2, 6


@dataclass(frozen=True)
class Newest:
    """One record on the start page."""

    label: str
    text: str
    url: str
    mark: str
    at: Any


@dataclass(frozen=True)
class Card:
    """The newest records of one kind that belong to the reader."""

    title: str
    icon: str
    url: str
    new_url: str
    rows: Sequence[Newest]


@page
def home(request: ActorRequest) -> HttpResponse:
    """Show the start page."""
    actor = request.actor
    user: Any = getattr(request, "viewed", request.user)
    context = {
        "given_name": given_name(actor.name),
        "subtitle": _subtitle(today(), user.job_title),
        "cards": [_card(each, actor) for each in _kept(actor)],
        "recent": [hit_item(hit, "") for hit in recent_records(actor, limit=_MOST_ROWS)],
        "quick": creatable(actor)[:3],
        "crumbs": [Crumb(_("Home"))],
    }
    return render(request, "derived/home.html", context)


def _subtitle(day: dt.date, job_title: str) -> str:
    """Say which day it is, and as what the reader works here."""
    said = f"{_weekday(day.weekday())}, {show_date(day)}"
    return f"{said} · {job_title}" if job_title else said


def _weekday(number: int) -> str:
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return names[number]


def _kept(actor: Actor) -> list[Entity]:
    """List the kinds of record that belong to people and tell when they were made."""
    found = [
        each
        for each in readable(actor)
        if each.has_owner and each.lists[0].sort("created_at") and _tells_age(each, actor)
    ]
    return found[:_MOST_CARDS]


def _tells_age(entity: Entity, actor: Actor) -> bool:
    return "created_at" in {each.name for each in entity.readable(actor)}


def _card(entity: Entity, actor: Actor) -> Card:
    title, address = (
        _("Your newest: %(what)s"),
        f"{list_url(entity)}?owner.in={actor.user_id}&sort=-created_at",
    )
    found: Sequence[Mapping[str, Any]] = ()
    if entity.level(actor, "owner") is not FieldLevel.HIDDEN:
        found = _newest_rows(entity, actor, {"and": [["owner", "eq", actor.user_id]]})
    if not found:  # whoever leads others owns little: she sees what her people made
        title, address = _("Newest: %(what)s"), f"{list_url(entity)}?sort=-created_at"
        found = _newest_rows(entity, actor, None)
    new = new_url(entity) if actor.may(entity.name, CREATE) else ""
    rows = [_newest(entity, entity.readable(actor), row) for row in found]
    return Card(title % {"what": entity.labels}, entity.icon, address, new, rows)


def _newest_rows(entity: Entity, actor: Actor, conditions: object) -> Sequence[Mapping[str, Any]]:
    view = paging.View(filter=conditions, sort="-created_at", limit=_MOST_ROWS)
    return paging.page(entity, entity.lists[0], actor=actor, view=view).rows


def _newest(entity: Entity, fields: Sequence[Field], row: Mapping[str, Any]) -> Newest:
    marks = [each for each in fields if isinstance(each, Choice) and each.badge]
    phones = [each for each in fields if isinstance(each, Phones)]
    words = [row["code"]] if any(each.name == "code" for each in fields) else []
    words += [phones[0].show(phones[0].load(row)[:1])] if phones and phones[0].load(row) else []
    moment = next((each for each in fields if isinstance(each, Moment) and each.name == "created_at"), None)
    return Newest(
        entity.title_of(row),
        " · ".join(words),
        record_url(entity, row["id"]),
        badge(marks[-1], row[marks[-1].columns[0]]) if marks and row[marks[-1].columns[0]] else "",
        moment.load(row) if moment else None,
    )
