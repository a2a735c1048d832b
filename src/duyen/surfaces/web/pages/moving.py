"""Move a card of a board into another lane: by drag, by a dialog, by a page without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from duyen.entities.boards.declared import Board, Lane
from duyen.entities.boards.moving import (
    NoBoard,
    asked_besides,
    check_move,
    choices_for,
    move,
    present_lane,
)
from duyen.entities.boards.reading import board_named, boards_for, lanes_of
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.fields import Label
from duyen.entities.guards import as_sentence
from duyen.entities.performing import NotNow, reasons_now, step_called
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms, steps
from duyen.surfaces.web.pages.addresses import list_url, record_url, step_url
from duyen.surfaces.web.pages.boards import draw_moved, is_closed_board
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.reasons import against
from duyen.surfaces.web.pages.refusals import is_fragment, page, refusal
from duyen.surfaces.web.pages.row_seen import looked_at
from duyen.surfaces.web.pages.shapes import back_to_list
from duyen.surfaces.web.pages.standing import is_open_to
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/move.html"


@dataclass(frozen=True)
class WayShown:
    """One lane into which a record might go: the word on its button, or the reasons that stand against it."""

    lane: Lane
    word: Label
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class BothLanes:
    """A clash: where the reader wanted the card, and where somebody else put it; empty where it stayed."""

    yours: Label
    theirs: Label = ""


@dataclass(frozen=True)
class _Moving:
    """One move as it is asked for: of a record on a board into a lane, in the version that was seen."""

    request: ActorRequest
    entity: Entity
    board: Board
    row: Mapping[str, Any]
    lanes: Sequence[Lane]
    to: str = ""
    version: int | None = None
    is_answered: bool = False

    @property
    def label(self) -> Label:
        return next((each.label for each in self.lanes if each.key == self.to), self.to)

    @property
    def action(self) -> str:
        is_first = self.board is self.entity.boards[0]
        return step_url(self.entity, self.row["id"], "lane") + (
            "" if is_first else f"?board={self.board.name}"
        )


@page
def lane(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show into which lanes a record may go, or bring it into one."""
    entity = opened(request, entities)
    asked = {**request.GET.dict(), **request.POST.dict()}
    name = asked.get("board", "")
    found = boards_for(entity, request.actor)
    board = board_named(entity, name, request.actor) if name else next(iter(found), None)
    row = row_of(entity, request.actor, record_id)
    if board is None:
        raise NoBoard if is_closed_board(entity, name) else NotFound
    moving = _Moving(
        request,
        entity,
        board,
        row,
        _lanes(entity, board, row, request),
        asked.get("lane", ""),
        number_in(asked.get("v", "")),
        asked.get("asked") == "1",
    )
    if request.method != "POST":
        return _dialog(moving, _("Move to another lane"), with_choices=True)
    try:
        return _moved(moving)
    except StaleVersion as error:
        return _clash(moving, error)
    except (NotFound, NotAllowed, InvalidValues):
        raise
    except DomainError as error:
        return _refused(moving, error)


def _lanes(entity: Entity, board: Board, row: Mapping[str, Any], request: ActorRequest) -> list[Lane]:
    within = entity.field(board.within.field).columns[0] if board.within else ""
    return lanes_of(entity, board, request.actor, row.get(within) if within else None)


def _moved(moving: _Moving) -> HttpResponse:
    """Take the step of a move; where it asks for something, ask first."""
    request, entity, row = moving.request, moving.entity, moving.row
    way = check_move(entity, moving.board, moving.lanes, row, moving.to, version=moving.version)
    step = step_called(entity, way.verb)
    if not is_open_to(entity, request.actor, step.needs, row):
        raise NotAllowed(why=_("this step is not among your rights for this record."))
    asks = asked_besides(entity, way)
    shown = steps.of_action(step).asking(asks)
    raw: Mapping[str, object] = {}
    if asks:
        if not moving.is_answered:
            reasons = reasons_now(entity, step, [row], actor=request.actor, asked=way.arguments)[row["id"]]
            if reasons:
                raise NotNow(reasons)
            return _asking(moving, shown, steps.started(shown, request), [], status=200)
        sent = forms.read_post(asks, request.POST, request.actor)
        if sent.problems:
            return _asking(moving, shown, sent.typed, sent.problems)
        raw = sent.raw
    try:
        move(
            entity,
            moving.board,
            moving.lanes,
            row["id"],
            moving.to,
            actor=request.actor,
            version=moving.version,
            arguments=raw,
        )
    except InvalidValues as error:
        if not asks:
            raise
        return _asking(moving, shown, sent.typed, error.problems)
    except NotNow as error:
        if not asks:
            raise
        return _asking(moving, shown, sent.typed, against(error))
    return _answer(moving)


def _asking(
    moving: _Moving,
    shown: steps.Step,
    typed: Mapping[str, Any],
    problems: Sequence[FieldProblem],
    *,
    status: int = 422,
) -> HttpResponse:
    """Ask what the step asks for; its answer comes back to this move."""
    back = back_to_list(moving.request, moving.entity, moving.board)
    told = {"lane": moving.to, "v": str(moving.version or ""), "asked": "1", "back": back}
    joint = "&" if "?" in moving.action else "?"
    answer = steps.draw_form(
        moving.request,
        moving.entity,
        moving.row,
        shown,
        typed,
        problems,
        status=status,
        action=f"{moving.action}{joint}{urlencode(told)}",
        cancel_url=back,
    )
    return _into_dialog(moving, answer)


def _answer(moving: _Moving) -> HttpResponse:
    """Answer with the card as it stands now, or without it where it has left the reader's sight."""
    request, entity = moving.request, moving.entity
    text = _("Moved to %(lane)s.") % {"lane": moving.label}
    if not is_fragment(request):
        messages.success(request, text)
        return HttpResponseRedirect(back_to_list(moving.request, moving.entity, moving.board))
    try:
        row = dict(row_of(entity, request.actor, moving.row["id"]))
        drawn = draw_moved(request.actor, looked_at(request, entity).state, moving.board, row)
    except NotFound:
        drawn = None
    answer = HttpResponse(drawn or "")
    answer.headers["HX-Retarget"] = f"#card-{moving.row['id']}"
    answer.headers["HX-Reswap"] = "outerHTML" if drawn else "delete"
    for event, told in (("toast", {"text": text}), ("close-dialog", {}), ("recount", {})):
        trigger_client_event(answer, event, told)
    return answer


def _refused(moving: _Moving, error: DomainError) -> HttpResponse:
    """Say why a card stays: one reason beside the board, several each in a line of a dialog."""
    if not is_fragment(moving.request) or not (isinstance(error, NotNow) and len(error.reasons) > 1):
        return refusal(moving.request, error)
    title = _("Not moved to %(lane)s") % {"lane": moving.label}
    return _dialog(moving, title, reasons=[as_sentence(str(each.message)) for each in error.reasons])


def _clash(moving: _Moving, error: StaleVersion) -> HttpResponse:
    """Show where somebody else put the card meanwhile, and let the reader decide anew."""
    here = present_lane(moving.entity, moving.board, moving.row)
    is_elsewhere = any(each.field == moving.board.by for each in error.clashes)
    known = next((each.label for each in moving.lanes if each.key == here), here)
    both = BothLanes(moving.label, known if is_elsewhere else "")
    who = _("%(who)s changed this record while you were working.") % {"who": error.params["who"]}
    return _dialog(moving, _("Changed meanwhile"), both=both, who=who, with_choices=True)


def _dialog(
    moving: _Moving,
    title: str,
    *,
    reasons: Sequence[str] = (),
    both: BothLanes | None = None,
    who: str = "",
    with_choices: bool = False,
) -> HttpResponse:
    entity, row, request = moving.entity, moving.row, moving.request
    name = entity.title_of(row)
    context = {
        "title": title,
        "name": name,
        "who": who,
        "both": both,
        "reasons": [{"message": each} for each in reasons],
        "reasons_title": _("Settle this first:") if reasons else "",
        "choices": _choices(moving) if with_choices else [],
        "action": moving.action,
        "version": row["version"],
        "back": back_to_list(moving.request, moving.entity, moving.board),
        "record_url": record_url(entity, row["id"]),
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(name, record_url(entity, row["id"]))],
    }
    status = 409 if reasons or both else 200
    if not is_fragment(request):
        return render(request, TEMPLATE, context, status=status)
    return _into_dialog(
        moving, HttpResponse(render_block(request, TEMPLATE, "dialog", context), status=status)
    )


def _into_dialog(moving: _Moving, answer: HttpResponse) -> HttpResponse:
    if is_fragment(moving.request):
        answer.headers["HX-Retarget"] = "#dlg"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _choices(moving: _Moving) -> list[WayShown]:
    """List the other lanes: those into which the reader may bring the record, and why not into the others."""
    entity, actor = moving.entity, moving.request.actor
    found = []
    for each in choices_for(entity, moving.board, moving.lanes, moving.row, actor=actor):
        why = [as_sentence(str(reason.message)) for reason in each.reasons]
        if each.step is not None and not is_open_to(entity, actor, each.step.needs, moving.row):
            why = [_("This step is not among your rights for this record.")]
        found.append(WayShown(each.lane, each.step.label if each.step else "", why))
    return found
