"""The calls that belong to no single entity: search, jobs, undo."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from duyen.entities.errors import NotFound
from duyen.entities.search import search_all
from duyen.entities.undo import undo
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job
from duyen.foundation.org.words import RoleCode
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.schemas import LARGEST_ID, JobOut, SearchOut, UndoneOut

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
    "/jobs/{int:id}",
    response=JobOut,
    operation_id="read_job",
    summary="Read how far a piece of background work is",
    tags=["jobs"],
)
def read_job(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Show a job to whoever asked for it, and to administrators."""
    refuse_unknown_arguments(request, frozenset())
    job = Job.objects.filter(pk=id).order_by("pk").first()
    if job is None or not _may_see(actor_of(request), job):
        raise NotFound
    return answer(
        {
            "id": job.pk,
            "state": job.state,
            "done": job.done,
            "total": job.total,
            "rejected": job.rejected,
            "rejected_url": f"/jobs/{job.pk}/rejected" if job.rejected_file else None,
        }
    )


def _may_see(actor: Actor, job: Job) -> bool:
    is_administrator = actor.facts is not None and RoleCode.ADMIN in actor.facts.role_codes
    return job.asked_by_id == actor.user_id or is_administrator


@router.post(
    "/operations/{int:id}/undo",
    response=UndoneOut,
    operation_id="undo_operation",
    summary="Take back one write",
    tags=["operations"],
)
def undo_operation(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Restore each field that still holds what the write set, and name those that do not."""
    refuse_unknown_arguments(request, frozenset())
    undone = undo(id, actor=actor_of(request))
    done = [{"id": each.id, "version": each.version} for each in undone.done]
    return answer({"done": done, "left": list(undone.left)})
