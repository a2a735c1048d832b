"""The ways in which the rows of a list may stand, as its page offers them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from duyen.entities.boards.declared import Board
from duyen.entities.dated.declared import Calendar
from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.shapes import Shape, shapes_for
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.state import ListState


@dataclass(frozen=True)
class Way:
    """One way to show the rows of a list."""

    label: Label
    url: str
    is_current: bool
    icon: str = ""


def ways_of(state: ListState, actor: Actor) -> list[Way]:
    """List the ways to show a list, where there are several: as boards, as a table, by day, by month."""
    shapes = [] if state.in_bin else shapes_for(state.entity, actor)
    if not shapes:
        return []
    table = Way(_("List"), state.shaped(None).url(), state.shape is None, icon="list-checks")
    boards = [_way(state, each) for each in shapes if isinstance(each, Board)]
    return [*boards, table, *(_way(state, each) for each in shapes if not isinstance(each, Board))]


def _way(state: ListState, shape: Shape) -> Way:
    url, is_current = state.shaped(shape).url(), state.shape is shape
    if isinstance(shape, Board):
        return Way(shape.label or _("Board"), url, is_current, icon="kanban")
    if isinstance(shape, Calendar):
        return Way(_("Calendar"), url, is_current, icon="calendar")
    return Way(_("By month"), url, is_current, icon="table")


def back_to_list(request: ActorRequest, entity: Entity, shape: Shape) -> str:
    """Give the list to go back to: the one from which the reader came, if it is one of ours."""
    told = request.POST.get("back", "") or request.GET.get("back", "")
    came = told or request.headers.get("Referer", "")
    where = urlsplit(came)
    if where.path == list_url(entity) and (
        not where.netloc or url_has_allowed_host_and_scheme(came, {request.get_host()})
    ):
        return where.path + (f"?{where.query}" if where.query else "")
    return f"{list_url(entity)}?view={shape.name}"
