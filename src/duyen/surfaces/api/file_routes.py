"""The calls of the files of one entity's records: list, send, fetch, new versions, the bin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router

from duyen.entities.attachments.opening import open_file
from duyen.entities.attachments.reading import Attached, Version, file_on, files_on, versions_of
from duyen.entities.attachments.writing import (
    Filed,
    Stored,
    add_file,
    add_version,
    delete_file,
    refuse_unchangeable,
    rename_file,
    restore_file,
    restore_version,
)
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.entities.idempotency import Answer
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.limits import limits
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.api.calls import actor_of, answer, keep_once, name_operation, refuse_unknown_arguments
from duyen.surfaces.api.entity_routes import RecordId, taking
from duyen.surfaces.api.file_schemas import FileBody, FileOut, FilePageOut, FileVersionsOut, VersionBody
from duyen.surfaces.api.schemas import LARGEST_ID
from duyen.surfaces.web.received import received
from duyen.surfaces.web.serving import send_content

FileId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_Limit = Annotated[int, Query(ge=1, le=200)]
_After = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="The `next` of the page before.")]
_Bin = Annotated[bool, Query(description="List those in the bin instead.")]
_Number = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="An earlier version, by its number.")]
_NOTHING: frozenset[str] = frozenset()
_UNKNOWN = _("There is no such argument here.")
_ONE_FILE = _("Send one file in the part called file.")
_BYTES: dict[str, Any] = {
    "responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}
}
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
View = Callable[..., Any]


def add_files(entity: Entity, to: Router) -> None:
    """Add the calls for an entity whose records have files."""
    if entity.files is not None:
        _Routes(entity, to).add()


class _Routes:
    def __init__(self, entity: Entity, router: Router) -> None:
        self.entity, self.router = entity, router
        self.at = f"/{entity.name}/{{int:id}}/files"
        self.file = f"{self.at}/{{int:file_id}}"
        self.one = entity.name.removesuffix("s")

    def add(self) -> None:
        get, post, word = self.router.get, self.router.post, f"a file of one of {self.entity.name}"
        one, told = self.one, self._told
        get(self.at, response=FilePageOut, **told("list_files_of", f"List the files of one of {one}s"))(
            self._list()
        )
        post(self.at, response={201: FileOut}, openapi_extra=_UPLOAD, **told("add_file_to", "Add a file"))(
            self._add()
        )
        get(self.file, response=FileVersionsOut, **told("read_file_of", f"Read {word} and its versions"))(
            self._read()
        )
        self.router.patch(self.file, response=FileOut, **told("rename_file_of", f"Rename {word}"))(
            self._rename()
        )
        self.router.delete(
            self.file, response={204: None}, **told("delete_file_of", f"Move {word} to the bin")
        )(self._delete())
        post(f"{self.file}/restore", response=FileOut, **told("restore_file_of", f"Restore {word}"))(
            self._restore()
        )
        get(
            f"{self.file}/content",
            openapi_extra=_BYTES,
            **told("fetch_file_of", f"Fetch the content of {word}; ranges work"),
        )(self._content())
        post(
            f"{self.file}/versions",
            response={201: FileOut},
            openapi_extra=_UPLOAD,
            **told("add_version_to_file_of", f"Send a new version of {word}"),
        )(self._version())
        post(
            f"{self.file}/restore_version",
            response=FileOut,
            **told("restore_version_of_file_of", f"Let an old version of {word} be the newest"),
        )(self._restore_version())

    def _told(self, operation: str, summary: str) -> dict[str, Any]:
        return {"operation_id": f"{operation}_{self.one}", "summary": summary, "tags": [self.entity.name]}

    def _list(self) -> View:
        entity = self.entity

        def view(
            request: HttpRequest, id: RecordId, limit: _Limit = 50, after: _After = None, bin: _Bin = False
        ) -> HttpResponse:
            refuse_unknown_arguments(request, frozenset({"limit", "after", "bin"}))
            found = files_on(
                entity,
                id,
                actor=actor_of(request),
                limits=limits(),
                before=after,
                in_bin=bin,
                limit=limit,
            )
            return answer({"items": [show_file(each) for each in found.files], "next": found.next})

        return view

    def _read(self) -> View:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId, file_id: FileId) -> HttpResponse:
            refuse_unknown_arguments(request, _NOTHING)
            held = limits()
            found = file_on(entity, id, file_id, actor=actor_of(request), limits=held, in_bin=None)
            versions = [show_version(each) for each in versions_of(file_id, limits=held)]
            return answer({**show_file(found), "versions": versions})

        return view

    def _content(self) -> View:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId, file_id: FileId, number: _Number = None) -> Any:
            refuse_unknown_arguments(request, frozenset({"number"}))
            found = open_file(entity, id, file_id, actor=actor_of(request), limits=limits(), number=number)
            return send_content(request, found)

        return view

    def _add(self) -> View:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId) -> HttpResponse:
            def give(kept: Stored, actor: Actor) -> Filed:
                return add_file(entity, id, kept, actor=actor)

            return self._sent(request, id, give)

        return view

    def _version(self) -> View:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId, file_id: FileId) -> HttpResponse:
            def give(kept: Stored, actor: Actor) -> Filed:
                return add_version(entity, id, file_id, kept, actor=actor)

            return self._sent(request, id, give)

        return view

    def _sent(self, request: HttpRequest, id: int, give: Callable[[Stored, Actor], Filed]) -> HttpResponse:
        """Take the one file of a call. Raises FileRefused, InvalidValues and what writing raises."""
        refuse_unknown_arguments(request, _NOTHING)
        actor = actor_of(request)
        refuse_unchangeable(self.entity, id, actor=actor)
        _refuse_unknown_parts(request)
        operations = []

        def once(kept: Stored) -> Answer:
            filed = give(kept, actor)
            operations.append(filed.operation)
            return Answer(HTTPStatus.CREATED, {"file": filed.id})

        with received(request, request.FILES.getlist("file"), limits()) as came:
            if came.refused:
                raise came.refused[0]
            if len(came.kept) != 1:
                raise InvalidValues([FieldProblem("file", "required", _ONE_FILE)])
            given = keep_once(request, lambda: once(came.kept[0]), body=came.digest.encode())
        response = answer(self._shown(id, given.body["file"], actor), status=HTTPStatus(given.status))
        response.headers["Location"] = f"/api/v1/{self.entity.name}/{id}/files/{given.body['file']}"
        return name_operation(response, operations[0]) if operations else response

    def _rename(self) -> View:
        def view(request: HttpRequest, id: RecordId, file_id: FileId, body: Any) -> HttpResponse:
            refuse_unknown_arguments(request, _NOTHING)
            actor = actor_of(request)
            done = rename_file(self.entity, id, file_id, body.name, actor=actor)
            return name_operation(answer(self._shown(id, file_id, actor)), done.operation)

        return taking(view, FileBody)

    def _delete(self) -> View:
        def view(request: HttpRequest, id: RecordId, file_id: FileId) -> HttpResponse:
            refuse_unknown_arguments(request, _NOTHING)
            done = delete_file(self.entity, id, file_id, actor=actor_of(request))
            return name_operation(HttpResponse(status=HTTPStatus.NO_CONTENT), done.operation)

        return view

    def _restore(self) -> View:
        def view(request: HttpRequest, id: RecordId, file_id: FileId) -> HttpResponse:
            refuse_unknown_arguments(request, _NOTHING)
            actor = actor_of(request)
            return self._once(
                request, id, file_id, lambda: restore_file(self.entity, id, file_id, actor=actor)
            )

        return view

    def _restore_version(self) -> View:
        def view(request: HttpRequest, id: RecordId, file_id: FileId, body: Any) -> HttpResponse:
            refuse_unknown_arguments(request, _NOTHING)
            actor = actor_of(request)
            return self._once(
                request,
                id,
                file_id,
                lambda: restore_version(self.entity, id, file_id, body.number, actor=actor),
            )

        return taking(view, VersionBody)

    def _once(self, request: HttpRequest, id: int, file_id: int, give: Callable[[], Filed]) -> HttpResponse:
        operations = []

        def done() -> Answer:
            operations.append(give().operation)
            return Answer(HTTPStatus.OK, {"file": file_id})

        keep_once(request, done)
        response = answer(self._shown(id, file_id, actor_of(request)))
        return name_operation(response, operations[0]) if operations else response

    def _shown(self, id: int, file_id: int, actor: Actor) -> dict[str, Any]:
        return show_file(file_on(self.entity, id, file_id, actor=actor, limits=limits(), in_bin=None))


def _refuse_unknown_parts(request: HttpRequest) -> None:
    unknown = [name for name in (*request.POST, *request.FILES) if name != "file"]
    if unknown:
        raise InvalidValues([FieldProblem(name[:60], "unknown_argument", _UNKNOWN) for name in unknown])


def show_file(file: Attached) -> dict[str, Any]:
    """Show a file by the version that holds."""
    shown = show_version(file.version)
    return {**shown, "id": file.id, "name": file.name, "in_bin": file.is_in_bin}


def show_version(version: Version) -> dict[str, Any]:
    """Show one version."""
    who: Mapping[str, Any] | None = (
        {"id": version.created_by, "code": "", "label": version.who} if version.created_by else None
    )
    return {
        "number": version.number,
        "name": version.name,
        "size": version.size,
        "type": version.kind.mime if version.kind else "application/octet-stream",
        "sha256": version.sha256,
        "scan": version.scan,
        "is_open": version.is_open,
        "created_at": version.created_at.isoformat().replace("+00:00", "Z"),
        "created_by": who,
    }
