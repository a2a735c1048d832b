"""The call that brings a file of records in, as a job."""

from __future__ import annotations

import hashlib
import json
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Router
from ninja.files import UploadedFile as NinjaFile

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues
from duyen.entities.idempotency import Answer
from duyen.entities.importing import Keeping, Plan, Reading, start_import
from duyen.entities.importing.asking import refuse_unless_importable
from duyen.entities.importing.uploads import checked_name, refuse_too_large
from duyen.entities.importing.words import OnDuplicate
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.api.calls import actor_of, answer, keep_once, refuse_unknown_arguments
from duyen.surfaces.api.reading import read_json
from duyen.surfaces.api.records import show_job
from duyen.surfaces.api.schemas import LARGEST_ID, JobOut

_MAPPING = (
    'Where columns lead, as JSON: {"Họ và tên": "name", "SĐT": "phones", "Ghi chú riêng": null}. '
    "Heads that it does not name are guessed."
)
_RULE = "What becomes of a row that is there already: left out, fills empty fields, changes it, or created."
_VALUES = 'Values for every row whose own cell is empty, as JSON: {"kind": "INDIVIDUAL"}.'
_KNOWN = frozenset(
    {"file", "mapping", "dry_run", "on_duplicate", "values", "owner", "unit", "sheet", "encoding"}
)
_A_TABLE = _("Give an object whose keys and values are text.")
_UNKNOWN = _("There is no such argument here.")
_Id = Annotated[int | None, Form(ge=1, le=LARGEST_ID)]


def add_import(entity: Entity, router: Router) -> None:
    """Add the call for an entity that has something to fill."""
    if not any(each.editable for each in entity.fields):
        return

    def view(
        request: HttpRequest,
        file: Annotated[NinjaFile, File(description="A table: CSV in any encoding, or a workbook.")],
        mapping: Annotated[str, Form(description=_MAPPING)] = "",
        dry_run: Annotated[bool, Form(description="Do everything but write.")] = False,
        on_duplicate: Annotated[OnDuplicate, Form(description=_RULE)] = OnDuplicate.CREATE,
        values: Annotated[str, Form(description=_VALUES)] = "",
        owner: _Id = None,
        unit: _Id = None,
        sheet: Annotated[str, Form(max_length=100)] = "",
        encoding: Annotated[str, Form(max_length=40)] = "",
    ) -> HttpResponse:
        refuse_unknown_arguments(request, frozenset())
        _refuse_unknown_parts(request)
        actor = actor_of(request)
        refuse_unless_importable(entity, actor)
        shown = checked_name(file.name or "")
        refuse_too_large(file.size or 0)
        plan = Plan(
            mapping=_table(mapping, "mapping", empty=True),
            keeping=Keeping(owner, unit),
            given=_table(values, "values"),
            on_duplicate=on_duplicate,
            dry_run=dry_run,
            reading=Reading(encoding=encoding or None, sheet=sheet or None),
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"file{Path(shown).suffix if not shown.endswith('.gz') else '.csv.gz'}"
            digest = _write(file, path)

            def give() -> Answer:
                with transaction.atomic():
                    job = start_import(entity, path, actor=actor, plan=plan, shown=shown)
                    leave_to_worker(job)
                return Answer(HTTPStatus.ACCEPTED, {"job": job.pk})

            asked = json.dumps([digest, *sorted(request.POST.items())]).encode()
            given = keep_once(request, give, body=asked)
        job = Job.objects.get(pk=given.body["job"])
        return answer(show_job(job, actor), status=HTTPStatus(given.status))

    router.post(
        f"/{entity.name}/import",
        response={202: JobOut},
        operation_id=f"import_{entity.name}",
        summary=f"Bring a file of {entity.name} in",
        tags=[entity.name],
    )(view)


def _write(file: NinjaFile, path: Path) -> str:
    """Write what came to a file, and give its digest."""
    digest = hashlib.sha256()
    with path.open("wb") as target:
        for part in file.chunks():
            digest.update(part)
            target.write(part)
    return digest.hexdigest()


def _refuse_unknown_parts(request: HttpRequest) -> None:
    unknown = [name for name in (*request.POST, *request.FILES) if name not in _KNOWN]
    if unknown:
        raise InvalidValues([FieldProblem(name[:60], "unknown_argument", _UNKNOWN) for name in unknown])


def _table(text: str, argument: str, *, empty: bool = False) -> dict[str, Any]:
    """Read an object of texts. Raises BadRequest."""
    if not text.strip():
        return {}
    try:
        found = read_json(text.encode())
    except ValueError as error:
        raise BadRequest(argument=argument, what=_A_TABLE) from error
    is_table = isinstance(found, dict) and all(
        isinstance(value, str) or (empty and value is None) for value in found.values()
    )
    if not isinstance(found, dict) or not is_table:
        raise BadRequest(argument=argument, what=_A_TABLE)
    return found
