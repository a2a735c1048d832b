"""The files of a record: the list, one file with its versions, its content, and each step it can take."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import trigger_client_event

from duyen.entities.attachments.opening import open_file, open_picture
from duyen.entities.attachments.reading import (
    Attached,
    Version,
    beside,
    file_on,
    refuse_unseen,
    versions_of,
)
from duyen.entities.attachments.writing import (
    Filed,
    add_file,
    add_version,
    delete_file,
    refuse_unchangeable,
    rename_file,
    restore_file,
    restore_version,
)
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.idempotency import Answer, answer_once
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.errors import FileRefused
from duyen.foundation.files.limits import limits
from duyen.foundation.files.words import Preview, Size
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import file_url, files_url, list_url, record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.file_tab import (
    FILES,
    TEMPLATE,
    count_shown,
    may_add,
    scan_mark,
    shown_file,
    shown_files,
    size_in_words,
)
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.received import Received, received
from duyen.surfaces.web.serving import send_content, send_picture
from duyen.surfaces.web.shell import Crumb

PAGE, ONE = "derived/files_page.html", "derived/file.html"
_READS = ("GET", "HEAD")
_CHANGED = "files-changed"


@page
def files(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show the files of a record, or add those that were sent."""
    entity = _with_files(request, entities)
    if request.method == "POST":
        return _add(request, entity, record_id)
    row = row_of(entity, request.actor, record_id, deleted=None)
    before = number_in(request.GET.get("before", ""))
    in_bin = "bin" in request.GET
    content = shown_files(entity, row, actor=request.actor, before=before, in_bin=in_bin)
    if is_fragment(request):
        block = "rows" if before is not None else "files"
        return HttpResponse(render_block(request, TEMPLATE, block, {"content": content}))
    return _list_page(request, entity, row, content)


def _list_page(
    request: ActorRequest,
    entity: Entity,
    row: Mapping[str, Any],
    content: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    title = entity.title_of(row)
    context = {
        "title": title,
        "content": content,
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(title, record_url(entity, row["id"])),
            Crumb(_("Files"), record_url(entity, row["id"], tab=FILES)),
        ],
    }
    return render(request, PAGE, context, status=status)


def _with_files(request: ActorRequest, entities: str) -> Entity:
    entity = opened(request, entities)
    if entity.files is None:
        raise NotFound
    return entity


# --- add -----------------------------------------------------------------------------------------------


def _add(request: ActorRequest, entity: Entity, record_id: int) -> HttpResponse:
    actor = request.actor
    refuse_unchangeable(entity, record_id, actor=actor)
    with received(request, request.FILES.getlist("file"), limits()) as came:
        if not came.kept:
            return _refused(request, entity, record_id, came)
        answer = _once(
            request,
            f"files of {entity.name} {record_id} {came.digest}",
            lambda: [add_file(entity, record_id, each, actor=actor) for each in came.kept],
        )
    made = answer.body["files"]
    text = ngettext("%(count)s file added.", "%(count)s files added.", len(made)) % {"count": len(made)}
    if came.refused:
        text = " ".join([text, *map(str, came.refused)])
    undo = file_url(entity, record_id, made[0], "delete") if len(made) == 1 else ""
    return _done(request, entity, record_id, text, undo, status=HTTPStatus.CREATED)


def _once(request: ActorRequest, about: str, give: Callable[[], list[Filed]]) -> Answer:
    """Write once for each key that a form carries; a form without one writes each time it is sent."""

    def done() -> Answer:
        return Answer(HTTPStatus.CREATED, {"files": [each.id for each in give()]})

    key = request.POST.get("key", "")
    if not key:
        return done()
    told = hashlib.sha256(about.encode()).hexdigest()
    return answer_once(actor=request.actor, key=key, fingerprint=told, give=done)


def _refused(request: ActorRequest, entity: Entity, record_id: int, came: Received) -> HttpResponse:
    """Say why nothing of what was sent is taken."""
    said = [str(each) for each in came.refused] or [_("Choose a file first.")]
    if is_fragment(request):
        answer = HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        answer.headers["HX-Reswap"] = "none"
        return trigger_client_event(answer, "toast", {"text": " ".join(said), "tone": "red"})
    row = row_of(entity, request.actor, record_id)
    content = shown_files(entity, row, actor=request.actor, problems=said)
    return _list_page(request, entity, row, content, HTTPStatus.UNPROCESSABLE_ENTITY)


def _done(
    request: ActorRequest,
    entity: Entity,
    record_id: int,
    text: str,
    undo: str = "",
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Say what was done: beside the list as it is now, or on the tab of the record."""
    if not is_fragment(request):
        messages.success(request, text, extra_tags=undo)
        return HttpResponseRedirect(record_url(entity, record_id, tab=FILES))
    answer = HttpResponse(status=status)
    answer.headers["HX-Reswap"] = "none"
    count = count_shown(entity, record_id, request.actor)
    trigger_client_event(answer, _CHANGED, {"count": count, "url": files_url(entity, record_id)})
    trigger_client_event(answer, "close-dialog", {})
    return trigger_client_event(answer, "toast", {"text": text, "undo": undo})


# --- one file ------------------------------------------------------------------------------------------


@page
def file(request: ActorRequest, entities: str, record_id: int, file_id: int) -> HttpResponse:
    """Show one file: its picture, its versions, and what can be done with it."""
    entity = _with_files(request, entities)
    if request.method not in _READS:
        raise NotFound
    row = row_of(entity, request.actor, record_id, deleted=None)
    context = _one(entity, row, file_id, request.actor)
    if is_fragment(request):
        return HttpResponse(render_block(request, ONE, "dialog", context))
    return render(request, ONE, context)


def _one(
    entity: Entity, row: Mapping[str, Any], file_id: int, actor: Actor, problem: str = ""
) -> dict[str, Any]:
    record_id, held = row["id"], limits()
    found = file_on(entity, record_id, file_id, actor=actor, limits=held, in_bin=None)
    earlier, later = beside(entity.family, record_id, file_id)
    versions = versions_of(file_id, limits=held)
    address = file_url(entity, record_id, file_id)
    title = entity.title_of(row)
    return {
        "file": shown_file(entity, record_id, found),
        "picture_url": _picture_url(found, address),
        "waits": _waits(found),
        "versions": [_shown_version(each, address, found) for each in versions],
        "may_change": may_add(entity, row, actor),
        "is_in_bin": found.is_in_bin,
        "threat": found.version.threat,
        "sha256": found.version.sha256,
        "previous_url": file_url(entity, record_id, earlier) if earlier else "",
        "next_url": file_url(entity, record_id, later) if later else "",
        "step_url": address,
        "problem": problem,
        "title": found.name,
        "record": title,
        "back_url": record_url(entity, record_id, tab=FILES),
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(title, record_url(entity, record_id)),
            Crumb(_("Files"), record_url(entity, record_id, tab=FILES)),
            Crumb(found.name),
        ],
    }


def _picture_url(found: Attached, address: str) -> str:
    is_shown = found.version.has_preview and found.version.is_open
    return f"{address}/picture/{Size.LARGE.value}?v={found.version.number}" if is_shown else ""


def _waits(found: Attached) -> bool:
    """Tell whether a picture of the file may still come."""
    return bool(found.version.preview == Preview.WAITING)


def _shown_version(version: Version, address: str, found: Attached) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": version.name if version.name != found.name else "",
        "size": size_in_words(version.size),
        "who": version.who,
        "at": version.created_at,
        "mark": scan_mark(version.scan),
        "is_current": version.number == found.version.number,
        "content_url": f"{address}/content?number={version.number}" if version.is_open else "",
    }


@page
def content(request: ActorRequest, entities: str, record_id: int, file_id: int) -> Any:
    """Give the content of a file, or of one of its versions, as a download."""
    entity = _with_files(request, entities)
    if request.method not in _READS:
        raise NotFound
    found = open_file(
        entity,
        record_id,
        file_id,
        actor=request.actor,
        limits=limits(),
        number=number_in(request.GET.get("number", "")),
        is_given=request.method == "GET",
    )
    return send_content(request, found)


@page
def picture(request: ActorRequest, entities: str, record_id: int, file_id: int, size: str) -> Any:
    """Show the picture that was drawn of a file."""
    entity = _with_files(request, entities)
    if request.method not in _READS or size not in tuple(Size):
        raise NotFound
    found = open_picture(
        entity,
        record_id,
        file_id,
        Size(size),
        actor=request.actor,
        limits=limits(),
        number=number_in(request.GET.get("v", "")),
        is_given=request.method == "GET",
    )
    return send_picture(request, found)


# --- steps ---------------------------------------------------------------------------------------------


@page
def step(request: ActorRequest, entities: str, record_id: int, file_id: int, step: str) -> HttpResponse:
    """Take one step with a file; opened directly, the file itself."""
    entity = _with_files(request, entities)
    if step not in _STEPS:
        raise NotFound
    if request.method != "POST":
        refuse_unseen(entity, record_id, request.actor)
        return HttpResponseRedirect(file_url(entity, record_id, file_id))
    try:
        return _STEPS[step](request, entity, record_id, file_id)
    except FileRefused as error:
        return _step_refused(request, entity, record_id, file_id, str(error))


def _step_refused(
    request: ActorRequest, entity: Entity, record_id: int, file_id: int, problem: str
) -> HttpResponse:
    row = row_of(entity, request.actor, record_id)
    context = _one(entity, row, file_id, request.actor, problem)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if is_fragment(request):
        return HttpResponse(render_block(request, ONE, "dialog", context), status=status)
    return render(request, ONE, context, status=status)


def _delete(request: ActorRequest, entity: Entity, record_id: int, file_id: int) -> HttpResponse:
    delete_file(entity, record_id, file_id, actor=request.actor)
    return _done(
        request, entity, record_id, _("Moved to the bin."), file_url(entity, record_id, file_id, "restore")
    )


def _restore(request: ActorRequest, entity: Entity, record_id: int, file_id: int) -> HttpResponse:
    restore_file(entity, record_id, file_id, actor=request.actor)
    return _done(request, entity, record_id, _("Restored."), file_url(entity, record_id, file_id, "delete"))


def _rename(request: ActorRequest, entity: Entity, record_id: int, file_id: int) -> HttpResponse:
    rename_file(entity, record_id, file_id, request.POST.get("name", ""), actor=request.actor)
    return _done(request, entity, record_id, _("The file is renamed."))


def _new_version(request: ActorRequest, entity: Entity, record_id: int, file_id: int) -> HttpResponse:
    actor = request.actor
    refuse_unchangeable(entity, record_id, actor=actor)
    with received(request, request.FILES.getlist("file")[:1], limits()) as came:
        if came.refused:
            raise came.refused[0]
        if not came.kept:
            return _step_refused(request, entity, record_id, file_id, _("Choose a file first."))
        answer = _once(
            request,
            f"version of {file_id} {came.digest}",
            lambda: [add_version(entity, record_id, file_id, came.kept[0], actor=actor)],
        )
    return _done(
        request, entity, record_id, _("The new version holds now."), status=HTTPStatus(answer.status)
    )


def _restore_version(request: ActorRequest, entity: Entity, record_id: int, file_id: int) -> HttpResponse:
    number = number_in(request.POST.get("number", ""))
    if not number:
        raise NotFound
    restore_version(entity, record_id, file_id, number, actor=request.actor)
    return _done(request, entity, record_id, _("The old version is the newest one now."))


_STEPS: Mapping[str, Callable[[ActorRequest, Entity, int, int], HttpResponse]] = {
    "delete": _delete,
    "restore": _restore,
    "rename": _rename,
    "version": _new_version,
    "restore-version": _restore_version,
}
