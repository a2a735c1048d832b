"""The calls that make one record of several, and tell of a merge what undoing it would give back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound, StaleVersion
from duyen.entities.idempotency import Answer
from duyen.entities.merging.hangings import mergeable
from duyen.entities.merging.merging import MergeDoubtful, merge
from duyen.entities.merging.sides import family_of, opened_to
from duyen.entities.merging.undoing import account_of
from duyen.entities.words import MERGE
from duyen.foundation.access.words import READ
from duyen.surfaces.api.approval_schemas import ApprovalOut
from duyen.surfaces.api.calls import (
    actor_of,
    answer,
    name_operation,
    needed_version,
    once,
    refuse_unknown_arguments,
)
from duyen.surfaces.api.entity_routes import RecordId, asked_for, clash, reference_to, shown_or_asked
from duyen.surfaces.api.merge_schemas import MergeBody, MergeOut
from duyen.surfaces.api.own_fields import flat, inward
from duyen.surfaces.api.problems import problem
from duyen.surfaces.api.records import show_account
from duyen.surfaces.api.schemas import LARGEST_ID, EntitySchemas

router = Router()


def add_merge(entity: Entity, to: Router) -> None:
    """Add the call for an entity whose records a bin keeps."""
    if not mergeable(entity):
        return

    def view(request: HttpRequest, id: RecordId, body: MergeBody) -> HttpResponse:
        refuse_unknown_arguments(request, frozenset())
        actor = actor_of(request)
        # A record that the caller may not see is not there, whatever else is wrong with the call.
        rows = entity.model._default_manager.filter(
            opened_to(family_of(entity), actor, READ), deleted_at=None
        )
        if not rows.filter(pk=id).exists():
            raise NotFound
        version = needed_version(request, body.model_dump(include={"version"}, exclude_none=True))
        operations = []

        def give() -> Answer:
            told: dict[str, Any] = {
                "versions": {id: version, **{each.id: each.version for each in body.others}},
                "take": {inward(name): whose for name, whose in (body.take or {}).items()},
                "values": flat(body.values or {}),
                "confirmed": body.confirm or (),
            }
            others = [each.id for each in body.others]
            try:
                done = merge(entity, id, others, actor=actor, **told)
            except NeedsApproval:
                told |= {"others": others, "count": 1 + len(others)}
                return Answer(HTTPStatus.ACCEPTED, asked_for(entity, MERGE, id, actor, told))
            operations.append(done.operation)
            return Answer(HTTPStatus.OK, reference_to(done))

        try:
            given = once(request, give, lambda kept: shown_or_asked(entity, kept, actor=actor))
        except StaleVersion as error:
            return clash(entity, error, actor=actor)
        except MergeDoubtful as error:
            doubts = [
                {"field": each.field, "code": each.code, "message": str(each.sentence)}
                for each in error.remarks
            ]
            return problem(HTTPStatus.CONFLICT, error, doubts)
        response = answer(given.body, status=HTTPStatus(given.status))
        return name_operation(response, operations[0]) if operations else response

    one = entity.name.removesuffix("s")
    to.post(
        f"/{entity.name}/{{int:id}}/merge",
        response={200: EntitySchemas(entity).out, 202: ApprovalOut}
        if MERGE in entity.approval_limits
        else EntitySchemas(entity).out,
        operation_id=f"merge_{one}",
        summary=f"Let others of {entity.name} go into this one",
        tags=[entity.name],
    )(view)


@router.get(
    "/merges/{int:id}",
    response=MergeOut,
    operation_id="read_merge",
    summary="Read what undoing a merge would give back; after the undo, what it did",
    tags=["operations"],
)
def read_merge(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Tell of a merge to whoever may see the record that stayed; `id` is the operation that did it."""
    refuse_unknown_arguments(request, frozenset())
    return answer(show_account(account_of(id, actor=actor_of(request))))
