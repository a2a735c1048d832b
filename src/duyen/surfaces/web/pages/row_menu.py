"""The menu of one row of a list: what can be done with its record."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse

from duyen.entities.approvals.reading import waiting_on
from duyen.entities.restricted import about_erased
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.records import show
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.row_seen import FROM_ROW
from duyen.surfaces.web.pages.ways import edit_url, offered_on, restore_url, tag_url


@page
def menu(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show what can be done with one row of a list; opened directly, the record itself."""
    if not is_fragment(request):
        return show(request, entities, record_id)
    entity = opened(request, entities)
    actor = request.actor
    row = row_of(entity, actor, record_id, deleted=None)
    is_in_bin = row.get("deleted_at") is not None
    is_gone = bool(about_erased(entity, [record_id]))
    is_shut = is_in_bin or is_gone
    waiting = waiting_on(entity, record_id)
    offered = ([], []) if is_shut else offered_on(entity, row, actor, waiting=waiting)
    ways, commands = ([each for each in some if not each.why] for some in offered)
    restore = restore_url(entity, row, actor) if is_in_bin and not is_gone else ""
    context = {
        "open_url": record_url(entity, record_id),
        "edit_url": "" if is_shut else edit_url(entity, row, actor),
        "tag_url": "" if is_shut else tag_url(entity, row, actor),
        "ways": [replace(each, url=each.url + FROM_ROW) for each in [*commands, *ways]],
        "restore_url": restore + FROM_ROW if restore else "",
        "row_id": f"row-{record_id}",
    }
    return HttpResponse(render_block(request, "derived/row_menu.html", "menu", context))
