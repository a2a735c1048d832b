"""The calls by which administrators let people in: who is waiting, and a link to hand over."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router, Schema

from duyen.entities.errors import NotAllowed
from duyen.entities.locking import lock
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import CHANGE
from duyen.foundation.org.invitations import SentLink, latest_link, new_link, waiting_invitations
from duyen.foundation.org.models import User
from duyen.foundation.org.tasks import LINK_PATH
from duyen.foundation.settings.company import setting
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.schemas import LARGEST_ID, LinkedOut

router = Router()


class InvitationOut(Schema):
    """One person who was invited and has set no password yet, with her latest link."""

    user: LinkedOut
    email: str
    made_at: dt.datetime
    sent_at: dt.datetime | None
    until: dt.datetime
    is_open: bool


class InvitationsOut(Schema):
    """Who is waiting, the latest first."""

    items: list[InvitationOut]


class PasswordLinkOut(Schema):
    """A link that sets a password once; it cannot be read again."""

    link: str
    until: dt.datetime


@router.get(
    "/invitations",
    response=InvitationsOut,
    operation_id="list_invitations",
    summary="List who was invited and has set no password yet",
    tags=["invitations"],
)
def list_invitations(request: HttpRequest) -> HttpResponse:
    """List the invitations that are waiting, for those who may change users."""
    refuse_unknown_arguments(request, frozenset())
    if not actor_of(request).may("users", CHANGE):
        raise NotAllowed(why=_("letting people in is for administrators."))
    return answer({"items": [_invitation(each) for each in waiting_invitations()]})


@router.post(
    "/users/{int:id}/password_link",
    response={201: PasswordLinkOut},
    operation_id="make_password_link",
    summary="Make a link by which a person sets a password once, within 24 hours; told this once",
    tags=["users"],
)
def make_password_link(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> HttpResponse:
    """Make a link to hand over; an older one stops working."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    with transaction.atomic():
        row = lock(entity_named("users"), id, actor=actor, verb=CHANGE)
        if not row["is_active"]:
            raise NotAllowed(why=_("this person is locked. Unlock the account first."))
        token = new_link(User.objects.get(pk=id), actor=actor)
    made = latest_link(id)
    kept = str(setting("company.public_url")).rstrip("/") or f"{request.scheme}://{request.get_host()}"
    body = {"link": f"{kept}{LINK_PATH}{token}", "until": made.until if made else None}
    return answer(body, status=HTTPStatus.CREATED)


def _invitation(found: SentLink) -> dict[str, Any]:
    return {
        "user": {"id": found.user_id, "code": "", "label": found.name},
        "email": found.email,
        "made_at": found.made_at,
        "sent_at": found.sent_at,
        "until": found.until,
        "is_open": found.is_open,
    }
