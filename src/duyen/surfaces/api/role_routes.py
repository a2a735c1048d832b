"""What a role may do, right by right; a right is given by POST /roles/{id}/give_right."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema

from duyen.entities.errors import NotFound
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.schemas import LARGEST_ID

router = Router()


class RightOut(Schema):
    """One right: what may be done with which records, and how far it reaches."""

    entity: str
    verb: str
    reach: str


class LimitOut(Schema):
    """One field that is hidden or only read."""

    entity: str
    field: str
    level: str


class RightsOut(Schema):
    """Everything that a role may do."""

    version: int
    rights: list[RightOut]
    limits: list[LimitOut]


@router.get(
    "/roles/{int:id}/rights",
    response=RightsOut,
    operation_id="read_role_rights",
    summary="Read what a role may do, right by right",
    tags=["roles"],
)
def read_rights(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Show the rights and the limits of a role to those who may read it."""
    refuse_unknown_arguments(request, frozenset())
    role = entity_named("roles").rows(actor_of(request)).filter(pk=id).order_by("pk").first()
    if role is None:
        raise NotFound
    rights = RoleRight.objects.filter(role_id=id).order_by("entity", "verb")
    limits = FieldRight.objects.filter(role_id=id).order_by("entity", "field")
    body = {
        "version": role.version,
        "rights": list(rights.values("entity", "verb", "reach")),
        "limits": list(limits.values("entity", "field", "level")),
    }
    return answer(body)
