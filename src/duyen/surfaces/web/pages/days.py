"""Move a record to another day of its calendar: by drag, by keys, by a dialog, by a page without a script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from duyen.entities.dated.declared import Calendar
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.fields import Field
from duyen.entities.labels import link_labels
from duyen.entities.marking import marks_of
from duyen.entities.shapes import shape_named
from duyen.foundation.access.words import CHANGE
from duyen.kernel.day_grid import MINUTES_OF_DAY
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import list_url, record_url, undo_url
from duyen.surfaces.web.pages.calendar import TONES, draw_calendar, may_be_moved
from duyen.surfaces.web.pages.editing import Kept, change_beside, row_of
from duyen.surfaces.web.pages.list_state import Asked
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.row_seen import looked_at
from duyen.surfaces.web.pages.shapes import back_to_list
from duyen.surfaces.web.pages.standing import is_open_to
from duyen.surfaces.web.pages.state import ListState
from duyen.surfaces.web.pages.widgets import Place, Typed
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/day.html"


@dataclass(frozen=True)
class BothDays:
    """A clash: who changed the record meanwhile, the day that the reader wanted and the one that stands."""

    who: str
    yours: str
    theirs: str


@dataclass(frozen=True)
class _Moving:
    """One record of a calendar, as its reader sees it."""

    request: ActorRequest
    entity: Entity
    calendar: Calendar
    row: Mapping[str, Any]

    @property
    def field(self) -> Field:
        return self.entity.field(self.calendar.by)

    @property
    def may(self) -> bool:
        """Whether the reader may set the day of this record."""
        actor = self.request.actor
        return may_be_moved(ListState(self.entity), self.calendar, actor) and is_open_to(
            self.entity, actor, CHANGE, self.row
        )

    @property
    def place(self) -> Place:
        return Place(self.request.actor, link_labels(self.request.actor, [], []), self.row["id"])


@page
def move(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show on which day a record stands, or bring it to another one."""
    entity = opened(request, entities)
    calendar = shape_named(entity, entity.calendar.name, request.actor) if entity.calendar else None
    if not isinstance(calendar, Calendar):
        raise NotFound
    moving = _Moving(request, entity, calendar, row_of(entity, request.actor, record_id))
    if request.method != "POST":
        typed = forms.typed_from_values([moving.field], entity.values(moving.row), moving.place)
        return _dialog(moving, typed)
    if not moving.may:
        raise NotAllowed(why=_("changing this day is not among your rights."))
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    day = _dragged(request)
    sent = forms.read_post([] if day else [moving.field], request.POST, request.actor)
    if sent.problems:
        return _dialog(moving, sent.typed, sent.problems)
    try:
        values = {moving.field.name: day} if day else sent.raw
        kept = change_beside(entity, record_id, request.actor, values, version)
    except InvalidValues as error:
        if day:
            raise
        return _dialog(moving, sent.typed, error.problems)
    except StaleVersion as error:
        return _clash(moving, error)
    return _answer(moving, kept)


def _dragged(request: ActorRequest) -> dt.date | None:
    """Give the day to which a drag or the keys brought a record; nothing where a form was sent.

    Keys say by how many minutes it goes from its day. Raises BadRequest.
    """
    if "day" not in request.POST:
        return None
    try:
        day = dt.date.fromisoformat(request.POST["day"])
        return day + dt.timedelta(days=int(request.POST.get("shift", "0")) // MINUTES_OF_DAY)
    except (ValueError, OverflowError) as error:
        raise BadRequest(what=_("this day cannot be read. Reload the calendar.")) from error


def _answer(moving: _Moving, kept: Kept) -> HttpResponse:
    """Show the calendar as it stands now, and say where the record went."""
    request, entity = moving.request, moving.entity
    undo = undo_url(kept.done.operation.id) if kept.is_changed else ""
    text = _("Nothing changed.")
    if kept.is_changed:
        row = row_of(entity, request.actor, moving.row["id"])
        text = _("%(field)s: %(day)s.") % {
            "field": moving.field.label,
            "day": moving.field.show(moving.field.load(row)),
        }
    if not is_fragment(request):
        messages.success(request, text)
        return HttpResponseRedirect(back_to_list(request, entity, moving.calendar))
    asked = looked_at(request, entity)
    if asked.state.calendar is None:
        asked = Asked(asked.state.shaped(moving.calendar))
    answer = HttpResponse(draw_calendar(request, asked))
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#calendar", "outerHTML"
    for event, told in (("toast", {"text": text, "undo": undo}), ("close-dialog", {}), ("recount", {})):
        trigger_client_event(answer, event, told)
    return answer


def _clash(moving: _Moving, error: StaleVersion) -> HttpResponse:
    """Show to which day somebody else moved the record meanwhile, and let the reader decide anew."""
    field = moving.field
    clash = next(each for each in error.clashes if each.field == field.name)
    both = BothDays(str(error), field.show(clash.yours), field.show(clash.theirs))
    fresh = _Moving(
        moving.request,
        moving.entity,
        moving.calendar,
        row_of(moving.entity, moving.request.actor, moving.row["id"]),
    )
    values = {**fresh.entity.values(fresh.row), field.name: clash.yours}
    return _dialog(fresh, forms.typed_from_values([field], values, moving.place), both=both)


def _dialog(
    moving: _Moving,
    typed: Mapping[str, Typed],
    problems: Sequence[FieldProblem] = (),
    *,
    both: BothDays | None = None,
) -> HttpResponse:
    request, entity, row = moving.request, moving.entity, moving.row
    controls = forms.controls_of([moving.field], typed, problems, moving.place)
    readable = {each.name: each for each in entity.readable(request.actor)}
    added = readable.get(moving.calendar.total)
    told = [added] if moving.may else [moving.field, added]
    name = entity.title_of(row)
    context = {
        "title": name or "—",
        "shown": [(each.label, each.show(each.load(row))) for each in told if each],
        "warned": [
            (each, TONES[each.kind]) for each in marks_of(entity, request.actor, [row]).get(row["id"], ())
        ],
        "control": controls[moving.field.name],
        "others": [{"message": each.message} for each in problems if each.field != moving.field.name],
        "both": both,
        "may": moving.may,
        "action": f"{list_url(entity)}/calendar/{row['id']}/move",
        "version": row["version"],
        "back": back_to_list(request, entity, moving.calendar),
        "record_url": record_url(entity, row["id"]),
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(name, record_url(entity, row["id"]))],
    }
    status = 409 if both else 422 if problems else 200
    if not is_fragment(request):
        return render(request, TEMPLATE, context, status=status)
    answer = HttpResponse(render_block(request, TEMPLATE, "dialog", context), status=status)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dlg", "innerHTML"
    return answer
