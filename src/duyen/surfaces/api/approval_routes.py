"""The calls of requests for approval: to list and read them, to grant, refuse and take them back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from duyen.entities.approvals import deciding
from duyen.entities.approvals.asking import withdraw
from duyen.entities.approvals.reading import Which, one, requests
from duyen.entities.approvals.rules import State
from duyen.entities.errors import StaleVersion
from duyen.entities.idempotency import Answer
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.surfaces.api.approval_schemas import (
    ApprovalOut,
    ApprovalsOut,
    GrantBody,
    RefuseBody,
    show_request,
)
from duyen.surfaces.api.calls import actor_of, answer, once, refuse_unknown_arguments
from duyen.surfaces.api.entity_routes import clash
from duyen.surfaces.api.problems import problem
from duyen.surfaces.api.schemas import LARGEST_ID

router = Router()
RequestId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get(
    "/approvals",
    response=ApprovalsOut,
    operation_id="list_approvals",
    summary="List requests for approval: to decide, asked for by oneself, or all within one's rights",
    tags=["approvals"],
)
def list_approvals(
    request: HttpRequest,
    which: Annotated[Which, Query()] = Which.TO_DECIDE,
    state: Annotated[State | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> HttpResponse:
    """Show those to decide with the earliest deadline first, others the newest first."""
    refuse_unknown_arguments(request, frozenset({"which", "state", "limit", "after"}))
    found = requests(actor_of(request), which, state=state, before=after, limit=limit)
    items = [show_request(each) for each in found[:limit]]
    return answer({"items": items, "next": str(items[-1]["id"]) if len(found) > limit else None})


@router.get(
    "/approvals/{int:id}",
    response=ApprovalOut,
    operation_id="read_approval",
    summary="Read one request for approval",
    tags=["approvals"],
)
def read_approval(request: HttpRequest, id: RequestId) -> HttpResponse:
    """Show a request to whoever asked, and to those to whom its record is open."""
    refuse_unknown_arguments(request, frozenset())
    return answer(show_request(one(actor_of(request), id)))


@router.post(
    "/approvals/{int:id}/grant",
    response=ApprovalOut,
    operation_id="grant_approval",
    summary="Grant a request: its step is carried out in the name of the one who asked",
    tags=["approvals"],
)
def grant(request: HttpRequest, id: RequestId, body: GrantBody) -> HttpResponse:
    """Grant it for the record at `version`; 409 where that changed, or where the step cannot be taken."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    told = one(actor, id)
    refused: list[Any] = []

    def give() -> Answer:
        decided = deciding.grant(id, actor=actor, version=body.version, answer=body.answer)
        if decided.problem is not None:
            refused.append(decided.problem)
            return Answer(HTTPStatus.CONFLICT, {"id": id})
        return Answer(HTTPStatus.OK, {"id": id})

    try:
        given = once(request, give)
    except StaleVersion as error:
        return clash(entity_named(told.request.entity), error, actor=actor)
    if refused:
        return problem(HTTPStatus.CONFLICT, refused[0])
    return _shown(given, actor)


@router.post(
    "/approvals/{int:id}/refuse",
    response=ApprovalOut,
    operation_id="refuse_approval",
    summary="Refuse a request, with the reason",
    tags=["approvals"],
)
def refuse(request: HttpRequest, id: RequestId, body: RefuseBody) -> HttpResponse:
    """Refuse it; the one who asked is told why."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    one(actor, id)

    def give() -> Answer:
        deciding.refuse(id, actor=actor, answer=body.answer)
        return Answer(HTTPStatus.OK, {"id": id})

    return _shown(once(request, give), actor)


@router.post(
    "/approvals/{int:id}/withdraw",
    response=ApprovalOut,
    operation_id="withdraw_approval",
    summary="Take back a request of one's own",
    tags=["approvals"],
)
def take_back(request: HttpRequest, id: RequestId) -> HttpResponse:
    """Take it back, as long as nobody decided."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    one(actor, id)

    def give() -> Answer:
        withdraw(id, actor=actor)
        return Answer(HTTPStatus.OK, {"id": id})

    return _shown(once(request, give), actor)


def _shown(given: Answer, actor: Actor) -> HttpResponse:
    """Show the request as it is now; a repeated grant that could not be done is told so again."""
    body = show_request(one(actor, given.body["id"]))
    return answer(body, status=HTTPStatus(given.status))
