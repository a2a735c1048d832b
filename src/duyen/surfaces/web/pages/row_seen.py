"""Draw one row again as its reader's list shows it: after an edit in a cell, after a step."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django_htmx.http import trigger_client_event
from markupsafe import Markup

from duyen.entities.beside import load_beside
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.labels import link_labels
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.grid import grid_for
from duyen.surfaces.web.pages.list_frame import columns_of
from duyen.surfaces.web.pages.list_state import Asked, read_asked
from duyen.surfaces.web.pages.rows import draw_rows

#: What the address of a step carries that is taken from the menu of a row.
FROM_ROW = "?from=row"


def looked_at(request: ActorRequest, entity: Entity) -> Asked:
    """Read what the list shows on which htmx was used: its address comes with the request."""
    htmx: Any = getattr(request, "htmx", None)
    address = urlsplit(htmx.current_url or "") if htmx else None
    is_list = address is not None and address.path == list_url(entity)
    return read_asked(request, entity, QueryDict(address.query if address and is_list else ""))


def row_looked_at(request: ActorRequest, entity: Entity, record_id: int) -> Markup | None:
    """Draw one row as that list shows it, or nothing when it has left the reader's sight."""
    state = looked_at(request, entity).state
    try:
        found = row_of(entity, request.actor, record_id, deleted=state.in_bin if entity.has_bin else None)
    except NotFound:
        return None
    row = dict(found)
    columns = [field for field, _width in columns_of(state, request.actor)]
    load_beside(entity, columns, [row])
    linked = link_labels(request.actor, columns, [row])
    selects = grid_for(state, columns, request.actor).selects
    ticks = not state.in_bin
    return draw_rows(entity, columns, [row], linked=linked, actor=request.actor, selects=selects, ticks=ticks)


def is_from_a_row(request: HttpRequest) -> bool:
    """Tell whether a step was taken from the menu of a row, so that the row is what changes."""
    return request.GET.get("from") == "row"


def answer_with_row(
    request: ActorRequest, entity: Entity, record_id: int, *, text: str = "", undo: str = ""
) -> HttpResponse:
    """Answer with the row in its place, or without it where it is gone, and say what was done."""
    drawn = row_looked_at(request, entity, record_id)
    answer = HttpResponse(drawn or "")
    answer.headers["HX-Retarget"] = f"#row-{record_id}"
    answer.headers["HX-Reswap"] = "outerHTML" if drawn else "delete"
    if text:
        trigger_client_event(answer, "toast", {"text": text, "undo": undo})
    return answer
