"""Edit one value where it stands in a list: the editor of a cell, and the row as it is afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.fields import Emails, Field, FieldRefused, Phones
from duyen.entities.labels import link_labels
from duyen.foundation.access.words import CHANGE, HAND_OVER
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import cell_url, step_url, undo_url
from duyen.surfaces.web.pages.editing import THEIRS, Both, change_beside, clash_links, row_of
from duyen.surfaces.web.pages.forms import Control
from duyen.surfaces.web.pages.grid import cell_fields
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.row_seen import answer_with_row
from duyen.surfaces.web.pages.shown import plain
from duyen.surfaces.web.pages.standing import is_open_to
from duyen.surfaces.web.pages.twins import like_record, likely_open
from duyen.surfaces.web.pages.widgets import Place, Typed, widget_of

#: These say to whom a record belongs, and another right than that to change opens them.
_KEEPERS = ("owner", "unit")


@dataclass(frozen=True)
class _Cell:
    """One value of one record, as the reader sees it."""

    entity: Entity
    row: Mapping[str, Any]
    field: Field

    @property
    def value(self) -> Any:
        return self.field.load(self.row)


@page
def cell(request: ActorRequest, entities: str, record_id: int, name: str) -> HttpResponse:
    """Show the editor of one cell, or save what was typed and show the row."""
    entity = opened(request, entities)
    if not is_fragment(request):
        return HttpResponseRedirect(step_url(entity, record_id, "edit") + f"#f-{name}")
    if "read" in request.GET or request.POST.get("choose") == THEIRS:
        return answer_with_row(request, entity, record_id)
    found = _cell(request, entity, record_id, name)
    if request.method != "POST":
        place = Place(request.actor, link_labels(request.actor, [found.field], [found.row]), found.row["id"])
        return _editor(request, found, _typed(found, place), int(found.row["version"]))
    return _save(request, found)


def _cell(request: ActorRequest, entity: Entity, record_id: int, name: str) -> _Cell:
    """Find what is to be edited. Raises NotFound or NotAllowed."""
    row = row_of(entity, request.actor, record_id)
    field = next((each for each in entity.readable(request.actor) if each.name == name), None)
    if field is None:
        raise NotFound
    verb = HAND_OVER if name in _KEEPERS else CHANGE
    if field not in cell_fields(entity, request.actor) or not all(
        is_open_to(entity, request.actor, each, row) for each in (CHANGE, verb)
    ):
        raise NotAllowed(why=_("changing this value here is not among your rights."))
    return _Cell(entity, row, field)


def _typed(found: _Cell, place: Place) -> Typed:
    """Give what the control shows: of several phones or e-mails the first one."""
    if isinstance(found.field, (Phones, Emails)):
        first = found.value[:1]
        return found.field.show(first) if first else ""
    return widget_of(found.field).from_value(found.field, found.value, place)


def _save(request: ActorRequest, found: _Cell) -> HttpResponse:
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    typed, problems = _sent(request, found), list[FieldProblem]()
    entity, field = found.entity, found.field
    try:
        raw = _raw(request, found, typed)
        kept = change_beside(entity, int(found.row["id"]), request.actor, {field.name: raw}, version)
    except FieldRefused as error:
        problems = [FieldProblem(field.name, error.code, str(error))]
    except InvalidValues as error:
        problems = list(error.problems)
    except StaleVersion as error:
        return _editor(request, found, typed, error.current, clash=error)
    if problems:
        return _editor(request, found, typed, version, problems=problems)
    undo = undo_url(kept.done.operation.id) if kept.is_changed else ""
    text = f"{_('Saved.')} {_twins(request, found)}".strip() if kept.is_changed else ""
    return answer_with_row(request, entity, kept.done.id, text=text, undo=undo)


def _twins(request: ActorRequest, found: _Cell) -> str:
    """Say, where the value has a say in it, that the record is like others now."""
    declared = found.entity.duplicates
    if declared is None or found.field.name not in declared.names:
        return ""
    row = row_of(found.entity, request.actor, int(found.row["id"]))
    count = len(likely_open(like_record(found.entity, request.actor, row)))
    sentence = ngettext(
        "%(count)s record may be the same. Open this one to compare.",
        "%(count)s records may be the same. Open this one to compare.",
        count,
    )
    return sentence % {"count": count} if count else ""


def _sent(request: ActorRequest, found: _Cell) -> Typed:
    if isinstance(found.field, (Phones, Emails)):
        return request.POST.get(found.field.name, "").strip()
    return widget_of(found.field).from_post(found.field, request.POST)


def _raw(request: ActorRequest, found: _Cell, typed: Typed) -> object:
    """Turn what was typed into the engine's input; behind a first phone the others stay.

    Raises FieldRefused.
    """
    if not isinstance(found.field, (Phones, Emails)):
        return widget_of(found.field).to_raw(found.field, typed, request.actor)
    first, rest = found.value[:1], found.value[1:]
    label = first[0].label if first else ""
    kept = [{"value": each.value, "label": each.label} for each in rest]
    return [{"value": typed, "label": label}, *kept] if typed else kept


def _editor(
    request: ActorRequest,
    found: _Cell,
    typed: Typed,
    version: int,
    *,
    problems: Sequence[FieldProblem] = (),
    clash: StaleVersion | None = None,
) -> HttpResponse:
    """Draw the editor: with 422 what is wrong stands under it, with 409 both values and a choice."""
    address = cell_url(found.entity, found.row["id"], found.field.name)
    both = _both(request, found, clash) if clash else None
    context = {
        "control": _control(request, found, typed, problems),
        "action": address,
        "read_url": f"{address}?read=1",
        "record_version": version,
        "others": [str(each.message) for each in problems if each.field != found.field.name],
        "both": both,
        "who": str(clash) if clash else "",
    }
    status = 409 if clash else 422 if problems else 200
    answer = HttpResponse(render_block(request, "derived/cell.html", "cell", context), status=status)
    if clash:
        answer.headers["HX-Reswap"] = "outerHTML"
    return answer


def _control(request: ActorRequest, found: _Cell, typed: Typed, problems: Sequence[FieldProblem]) -> Control:
    field = found.field
    if isinstance(field, (Phones, Emails)):
        error = next((str(each.message) for each in problems if each.field == field.name), "")
        kind = "tel" if isinstance(field, Phones) else "email"
        words = {"name": field.name, "label": field.label, "value": typed, "type": kind, "error": error}
        return Control("text", words)
    place = Place(request.actor, forms.links_named(request.actor, [field], {field.name: typed}))
    return forms.controls_of([field], {field.name: typed}, problems, place)[field.name]


def _both(request: ActorRequest, found: _Cell, clash: StaleVersion) -> Both | None:
    linked = clash_links(request.actor, found.entity, clash.clashes)
    field = found.field
    for each in clash.clashes:
        yours, theirs = plain(field, each.yours, linked), plain(field, each.theirs, linked)
        if isinstance(field, Phones):
            yours, theirs = _unbroken(yours), _unbroken(theirs)
        return Both(field.name, field.label, yours, theirs)
    return None


def _unbroken(numbers: str) -> str:
    """Let lines of a small box break between numbers, never inside of one."""
    return " · ".join(each.replace(" ", "\u00a0") for each in numbers.split(" · "))
