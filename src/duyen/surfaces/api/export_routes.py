"""The calls that give records out as a file: an entity's list, and what a job wrote."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from ninja import Path, Router

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.exporting.asking import CSV, Asked, judge
from duyen.entities.exporting.fetching import fetch
from duyen.entities.exporting.running import name_of, stream, take
from duyen.entities.paging import View
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.queries import job_in_sight
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.own_fields import inward
from duyen.surfaces.api.records import show_job
from duyen.surfaces.api.schemas import LARGEST_ID, ExportBody, JobOut

_CSV = "text/csv; charset=utf-8"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {CSV: _CSV, "zip": "application/zip"}
_FILE: dict[str, Any] = {
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        _SHEET: {"schema": {"type": "string", "format": "binary"}},
    }
}


def add_export(entity: Entity, router: Router) -> None:
    """Add the call that gives an entity's records out."""

    def view(request: HttpRequest, body: ExportBody) -> Any:
        refuse_unknown_arguments(request, frozenset())
        actor = actor_of(request)
        asked = _asked(entity, body)
        if asked.format == CSV:
            name = name_of(judge(asked, actor=actor))
            response = StreamingHttpResponse(stream(asked, actor=actor), content_type=_CSV)
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            response.headers["Cache-Control"] = "no-store"
            return response
        taken = take(asked, actor=actor)
        if isinstance(taken, Job):
            return answer(show_job(taken, actor), status=HTTPStatus.ACCEPTED)
        file, done = taken
        return _file(file, name_of(done))

    router.post(
        f"/{entity.name}/export",
        response={200: None, 202: JobOut},
        operation_id=f"export_{entity.name}",
        summary=f"Give {entity.name} out as a file",
        tags=[entity.name],
        openapi_extra={"responses": {200: _FILE}},
    )(view)


def _asked(entity: Entity, body: ExportBody) -> Asked:
    return Asked(
        entity=entity.name,
        view=View(q=body.q, filter=body.filter, sort=body.sort, deleted=body.deleted),
        columns=tuple(inward(each) for each in body.columns or ()),
        ids=None if body.ids is None else tuple(body.ids),
        format=body.format,
        purpose=body.purpose,
    )


def add_job_file(router: Router) -> None:
    """Add the call that fetches what an export wrote in the background."""

    def view(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> Any:
        refuse_unknown_arguments(request, frozenset())
        actor = actor_of(request)
        job = job_in_sight(id, actor)
        if job is None:
            raise NotFound
        return _file(*fetch(job, actor=actor))

    router.get(
        "/jobs/{int:id}/file",
        response={200: None},
        operation_id="read_job_file",
        summary="Fetch the file that an export wrote in the background",
        tags=["jobs"],
        openapi_extra={"responses": {200: _FILE}},
    )(view)


def _file(file: Any, name: str) -> FileResponse:
    kind = _TYPES.get(name.rpartition(".")[2], _SHEET)
    answered = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    answered.headers["Cache-Control"] = "no-store"
    return answered
