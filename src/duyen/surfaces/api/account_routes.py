"""The calls about oneself: one's own tokens and absences."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router

from duyen.entities.absences import record_absence
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.idempotency import Answer
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.absences import AwayTime, NotAway, absences_of, end_absence
from duyen.surfaces.api.account_schemas import (
    AbsenceIn,
    AbsenceOut,
    AbsencesOut,
    MadeTokenOut,
    TokenIn,
    TokensOut,
)
from duyen.surfaces.api.calls import actor_of, answer, once, refuse_unknown_arguments
from duyen.surfaces.api.models import ApiToken
from duyen.surfaces.api.schemas import LARGEST_ID
from duyen.surfaces.api.tokens import create_token, own_tokens, revoke_token

router = Router()
_Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_NOTHING: frozenset[str] = frozenset()


@router.get(
    "/tokens", response=TokensOut, operation_id="list_tokens", summary="List your tokens", tags=["tokens"]
)
def list_tokens(request: HttpRequest) -> HttpResponse:
    """List the caller's own tokens that are not revoked, the newest first, without their secrets."""
    refuse_unknown_arguments(request, _NOTHING)
    items = [_token(each) for each in own_tokens(_person(request))]
    return answer({"items": items})


@router.post(
    "/tokens",
    response={201: MadeTokenOut},
    operation_id="create_token",
    summary="Make a token for yourself; its secret is told this once",
    tags=["tokens"],
)
def make_token(request: HttpRequest, body: TokenIn) -> HttpResponse:
    """Make a token of the caller's own. A token with limited rights makes none."""
    refuse_unknown_arguments(request, _NOTHING)
    actor = _person(request)
    made = create_token(actor=actor, email=actor.email, name=body.name, days=body.days, scopes=body.scopes)
    return answer(_token(made.token) | {"secret": made.secret}, status=HTTPStatus.CREATED)


@router.delete(
    "/tokens/{int:id}",
    response={204: None},
    operation_id="revoke_token",
    summary="Revoke one of your tokens",
    tags=["tokens"],
)
def end_token(request: HttpRequest, id: _Id) -> HttpResponse:
    """Make one of the caller's own tokens worthless."""
    refuse_unknown_arguments(request, _NOTHING)
    actor = _person(request)
    if not any(each.pk == id for each in own_tokens(actor)):
        raise NotFound
    revoke_token(id, actor=actor)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.get(
    "/absences",
    response=AbsencesOut,
    operation_id="list_absences",
    summary="List your absences, now and later",
    tags=["absences"],
)
def list_absences(request: HttpRequest) -> HttpResponse:
    """List when the caller is away, and who stands in."""
    refuse_unknown_arguments(request, _NOTHING)
    return answer({"items": [_absence(each) for each in absences_of(_person(request).user_id or 0)]})


@router.post(
    "/absences",
    response={201: AbsenceOut},
    operation_id="record_own_absence",
    summary="Record that you are away, and who stands in",
    tags=["absences"],
)
def make_absence(request: HttpRequest, body: AbsenceIn) -> HttpResponse:
    """Record an absence of the caller's own."""
    refuse_unknown_arguments(request, _NOTHING)
    actor = _person(request)

    def give() -> Answer:
        made = record_absence(actor.user_id or 0, actor=actor, **body.model_dump())
        found = next(each for each in absences_of(made.user_id) if each.id == made.pk)
        return Answer(HTTPStatus.CREATED, _absence(found))

    given = once(request, give)
    return answer(given.body, status=HTTPStatus(given.status))


@router.delete(
    "/absences/{int:id}",
    response={204: None},
    operation_id="end_own_absence",
    summary="End one of your absences at once",
    tags=["absences"],
)
def finish_absence(request: HttpRequest, id: _Id) -> HttpResponse:
    """End an absence of the caller's own."""
    refuse_unknown_arguments(request, _NOTHING)
    actor = _person(request)
    try:
        end_absence(actor.user_id or 0, id, actor=actor)
    except NotAway as error:
        raise NotFound from error
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _person(request: HttpRequest) -> Actor:
    """Give the caller, who has all her rights. Raises NotAllowed for a token whose rights are cut."""
    actor = actor_of(request)
    if actor.cut is not None:
        raise NotAllowed(why=_("this token is limited to the records that it names."))
    return actor


def _token(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }


def _absence(found: AwayTime) -> dict[str, Any]:
    return {
        "id": found.id,
        "since": found.since,
        "until": found.until,
        "deputy": {"id": found.deputy_id, "code": "", "label": found.deputy},
        "note": found.note,
    }
