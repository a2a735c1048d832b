"""The calls around a webhook that its entity does not give: its secret, and its log."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field as Described

from duyen.foundation.access.words import READ
from duyen.foundation.webhooks.models import DeliveryState
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.hooks.keeping import (
    deliveries_of,
    delivery_of,
    hook_in_sight,
    make_secret,
    replay_one,
    show_delivery,
)
from duyen.surfaces.api.schemas import LARGEST_ID

router = Router()
HookId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_STATES = "|".join(DeliveryState.values)


class SecretOut(Schema):
    """A new secret; it can be read only now."""

    secret: Annotated[str, Described(description="whsec_… as Standard Webhooks writes it.")]


class DeliveryOut(Schema):
    """One delivery: what it tells, where it stands, and the status that came back last."""

    id: int
    message: str
    entity: str | None
    record: int | None
    event: str
    verb: str
    at: str
    state: str
    attempts: int
    next_at: str | None
    replays: int | None
    status: int | None


class TryOut(Schema):
    """One try: when, what came back and how long it took, or what went wrong."""

    at: str
    status: int | None
    took_ms: int
    problem: str
    response: str


class WholeDeliveryOut(DeliveryOut):
    """A delivery with its tries and the body that was sent, as far as the caller may read it."""

    tries: list[TryOut]
    request: str


class DeliveriesOut(Schema):
    """One page of a log, the newest first."""

    items: list[DeliveryOut]
    next: str | None


@router.post(
    "/webhooks/{int:id}/secret",
    response={201: SecretOut},
    operation_id="make_webhook_secret",
    summary="Make a new secret; the one before stays valid for a day",
    tags=["webhooks"],
)
def new_secret(request: HttpRequest, id: HookId) -> HttpResponse:
    """Give the webhook a secret, shown this once."""
    refuse_unknown_arguments(request, frozenset())
    secret = make_secret(id, actor=actor_of(request))
    response = answer({"secret": secret}, status=HTTPStatus.CREATED)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get(
    "/webhooks/{int:id}/deliveries",
    response=DeliveriesOut,
    operation_id="list_webhook_deliveries",
    summary="Read the log of a webhook",
    tags=["webhooks"],
)
def deliveries(
    request: HttpRequest,
    id: HookId,
    state: Annotated[str, Query(pattern=f"^({_STATES})?$")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> HttpResponse:
    """List deliveries, the newest first."""
    refuse_unknown_arguments(request, frozenset({"state", "limit", "after"}))
    hook_in_sight(id, actor_of(request), READ)
    found, following = deliveries_of(id, state=state, before=after, limit=limit)
    told: dict[str, Any] = {"items": [show_delivery(each) for each in found]}
    return answer({**told, "next": None if following is None else str(following)})


@router.get(
    "/webhooks/{int:id}/deliveries/{int:delivery_id}",
    response=WholeDeliveryOut,
    operation_id="read_webhook_delivery",
    summary="Read one delivery with its tries",
    tags=["webhooks"],
)
def delivery(request: HttpRequest, id: HookId, delivery_id: HookId) -> HttpResponse:
    """Show one delivery."""
    refuse_unknown_arguments(request, frozenset())
    actor = actor_of(request)
    hook_in_sight(id, actor, READ)
    return answer(show_delivery(delivery_of(id, delivery_id), reader=actor))


@router.post(
    "/webhooks/{int:id}/deliveries/{int:delivery_id}/replay",
    response={201: DeliveryOut},
    operation_id="replay_webhook_delivery",
    summary="Send one delivery once more, under the id of its message",
    tags=["webhooks"],
)
def replay(request: HttpRequest, id: HookId, delivery_id: HookId) -> HttpResponse:
    """Put one delivery down once more."""
    refuse_unknown_arguments(request, frozenset())
    made = replay_one(id, delivery_id, actor=actor_of(request))
    return answer(show_delivery(made), status=HTTPStatus.CREATED)
