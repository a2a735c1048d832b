"""The calls that belong to no single entity: search, jobs, undo."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router

from duyen.entities.bulk.running import start_undo
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.explaining import explain_record, place_of, refuse_the_curious
from duyen.entities.idempotency import Answer
from duyen.entities.importing import rejected_path
from duyen.entities.importing.undoing import start_undo_of_import
from duyen.entities.registry import entity_named
from duyen.entities.search import search_all
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.queries import (
    Asked,
    is_askers,
    job_in_sight,
    jobs_asked,
    left_behind,
    sees_all_jobs,
)
from duyen.foundation.jobs.running import stop
from duyen.surfaces.api.calls import actor_of, answer, once, refuse_unknown_arguments
from duyen.surfaces.api.records import (
    Json,
    show_explained,
    show_job,
    show_job_line,
    show_left,
    show_refused,
    show_refused_again,
    without_values,
)
from duyen.surfaces.api.schemas import LARGEST_ID, ExplainedOut, JobOut, JobsOut, SearchOut, UndoneOut

router = Router()


@router.get(
    "/search",
    response=SearchOut,
    operation_id="search",
    summary="Find records by any part of a name, phone, e-mail, tax code or code",
    tags=["search"],
)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> HttpResponse:
    """Search all that the caller may read; the best come first."""
    refuse_unknown_arguments(request, frozenset({"q", "limit"}))
    hits = search_all(q, actor=actor_of(request), limit=limit)
    items = [{"entity": hit.entity, "id": hit.id, "code": hit.code, "label": hit.label} for hit in hits]
    return answer({"items": items})


@router.get(
    "/access/{entity}/{int:id}",
    response=ExplainedOut,
    operation_id="explain_access",
    summary="Explain what one person may do with a record, and why",
    tags=["access"],
)
def explain_access(
    request: HttpRequest,
    entity: Annotated[str, Path(max_length=60)],
    id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    user: Annotated[int, Query(ge=1, le=LARGEST_ID)],
) -> HttpResponse:
    """Explain to whoever may: with the right to explain, who may share the record, anybody about herself."""
    refuse_unknown_arguments(request, frozenset({"user"}))
    try:
        place = place_of(entity_named(entity), id)
    except KeyError as error:
        raise NotFound from error
    refuse_the_curious(actor_of(request), place, user)
    return answer(show_explained(explain_record(place, user)))


@router.get(
    "/jobs",
    response=JobsOut,
    operation_id="list_jobs",
    summary="List background work, the newest first",
    tags=["jobs"],
)
def list_jobs(
    request: HttpRequest,
    state: Annotated[JobState | None, Query()] = None,
    kind: Annotated[str, Query(max_length=60)] = "",
    everybody: Annotated[bool, Query(description="Everybody's, for administrators; else one's own.")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> HttpResponse:
    """Show one's own jobs; an administrator may ask for everybody's."""
    refuse_unknown_arguments(request, frozenset({"state", "kind", "everybody", "limit", "after"}))
    actor = actor_of(request)
    if everybody and not sees_all_jobs(actor):
        raise NotAllowed(why=_("the work of others is for administrators to see."))
    asked = Asked(everybody=everybody, state=state or "", kind=kind, before=after, limit=limit)
    found = jobs_asked(actor, asked)
    left = left_behind(found)
    items = [show_job_line(each, actor, is_stuck=each.pk in left) for each in found[:limit]]
    return answer({"items": items, "next": str(found[limit - 1].pk) if len(found) > limit else None})


@router.get(
    "/jobs/{int:id}",
    response=JobOut,
    operation_id="read_job",
    summary="Read how far a piece of background work is",
    tags=["jobs"],
)
def read_job(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Show a job to whoever asked for it, and to administrators."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    return answer(show_job(_job_in_sight(id, actor), actor))


@router.get(
    "/jobs/{int:id}/rejected",
    response={200: None},
    operation_id="read_rejected_rows",
    summary="Read the rows that a job refused, each with the reason, as CSV",
    tags=["jobs"],
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def read_rejected_rows(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> FileResponse:
    """Give the file to whoever asked for the job; an administrator's right ends at its progress."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    job = _job_in_sight(id, actor)
    path = rejected_path(job)
    if not is_askers(job, actor) or not path.is_file():
        raise NotFound
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv")


@router.post(
    "/jobs/{int:id}/undo",
    response={202: JobOut},
    operation_id="undo_import",
    summary="Take a whole import back, as a job",
    tags=["jobs"],
)
def undo_import(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Take back what an import made and changed; the same call again gives the same job."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    job = _job_in_sight(id, actor)
    if not is_askers(job, actor):
        raise NotFound
    return answer(show_job(start_undo_of_import(job, actor=actor), actor), status=HTTPStatus.ACCEPTED)


@router.post(
    "/jobs/{int:id}/cancel",
    response={202: JobOut},
    operation_id="cancel_job",
    summary="Ask a piece of background work to stop; what it has done stays",
    tags=["jobs"],
)
def cancel_job(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Stop a job before its next chunk, for whoever asked for it and for administrators."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    stop(_job_in_sight(id, actor))
    return answer(show_job(_job_in_sight(id, actor), actor), status=HTTPStatus.ACCEPTED)


def _job_in_sight(job_id: int, actor: Actor) -> Job:
    job = job_in_sight(job_id, actor)
    if job is None:
        raise NotFound
    return job


@router.post(
    "/operations/{int:id}/undo",
    response={200: UndoneOut, 202: JobOut},
    operation_id="undo_operation",
    summary="Take back one write",
    tags=["operations"],
)
def undo_operation(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Restore each field that still holds what the write set, and name those that do not.

    A write on more than 200 records is taken back by a job.
    """
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)

    first: list[Json] = []

    def give() -> Answer:
        undone = start_undo(id, actor=actor)
        if isinstance(undone, Job):
            return Answer(HTTPStatus.ACCEPTED, {"job": undone.pk})
        done = [{"id": each.id, "version": each.version} for each in undone.done]
        shown: Json = {"done": done, **show_left(undone.entity, undone.left, actor)}
        if undone.refused:
            shown["refused"] = [show_refused(undone.entity, each, actor=actor) for each in undone.refused]
        first.append(shown)
        refused = {"refused": without_values(shown["refused"])} if undone.refused else {}
        kept = {"done": done, "left": list(undone.left), "entity": undone.entity.name}
        return Answer(HTTPStatus.OK, kept | refused)

    def show(kept: Json) -> Json:
        if "job" in kept:
            return show_job(_job_in_sight(kept["job"], actor), actor)
        return first[0] if first else _undone_again(kept, actor)

    given = once(request, give, show)
    return answer(given.body, status=HTTPStatus(given.status))


def _undone_again(kept: Json, actor: Actor) -> Json:
    """Tell a repeated call what an undo did, without the columns of fields that are hidden by now."""
    entity = entity_named(kept["entity"])
    shown: Json = {"done": kept["done"], **show_left(entity, kept["left"], actor)}
    if "refused" in kept:
        shown["refused"] = show_refused_again(entity, kept["refused"], actor=actor)
    return shown
